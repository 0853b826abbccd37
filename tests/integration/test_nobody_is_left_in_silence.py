"""A caller never meets silence: what is heard while a duty number that does not respond is dialled."""

import os
import socket
import struct
import time
from collections import Counter

import pytest

from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]

TELECOM = "127.0.0.11"


def _packets_a_second(ports: range, seconds: float) -> Counter[int]:
    """RTP packets to these ports of loopback, counted by the second."""
    counted: Counter[int] = Counter()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(0x0800)) as listening:
        listening.bind(("lo", 0))
        listening.settimeout(0.5)
        start = time.monotonic()
        while (now := time.monotonic() - start) < seconds:
            try:
                packet, address = listening.recvfrom(2048)
            except TimeoutError:
                continue
            if address[2] == socket.PACKET_OUTGOING or packet[23] != socket.IPPROTO_UDP:
                continue
            if struct.unpack("!H", packet[36:38])[0] in ports:
                counted[int(now)] += 1
    return counted


@pytest.mark.skipif(os.geteuid() != 0, reason="listening to what goes over loopback takes root")
def test_a_duty_number_that_does_not_respond_is_heard_ringing(altavoz: Instance, sip: SipLab) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind((TELECOM, 5060))
        sip.call(TELECOM, "1143218765", "1155559999", keys=[(1.0, "1")], talk=28)
        eventually(lambda: [c for c in altavoz.json("call", "list") if c["caller"] == "+541155559999"], 20)
        time.sleep(16)  # greeting, notice and the sentence before the queue
        counted = _packets_a_second(range(sip.media, sip.media + 20), 8)
    assert all(counted[second] > 30 for second in range(1, 7)), counted
