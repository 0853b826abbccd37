"""What a telephone of the tests says, and hears: it says nothing, in RTP."""

import asyncio
import itertools

_SILENCE = b"\xd5" * 160


class Silence(asyncio.DatagramProtocol):
    """Silence in A-law, a packet every 20 ms: the PBX does with a silent line what it does with any other.

    `heard` is what came: the loop's time, and a packet's sound.
    """

    def __init__(self) -> None:
        self.port = 0
        self.heard: list[tuple[float, bytes]] = []
        self.sending: asyncio.Task[None] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str) -> "Silence":
        audio = cls()
        loop = asyncio.get_running_loop()
        audio._transport, _ = await loop.create_datagram_endpoint(lambda: audio, local_addr=(host, 0))
        audio.port = audio._transport.get_extra_info("sockname")[1]
        return audio

    def send_to(self, place: tuple[str, int]) -> None:
        self.sending = asyncio.create_task(self._send(place))

    async def _send(self, place: tuple[str, int]) -> None:
        for packet in itertools.count(1):
            numbers = (packet & 0xFFFF).to_bytes(2, "big") + (packet * 160 & 0xFFFFFFFF).to_bytes(4, "big")
            assert self._transport is not None
            self._transport.sendto(b"\x80\x08" + numbers + b"\x00\x00\x00\x01" + _SILENCE, place)
            await asyncio.sleep(0.02)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.append((asyncio.get_running_loop().time(), data[12:]))

    def close(self) -> None:
        if self.sending is not None:
            self.sending.cancel()
        if self._transport is not None:
            self._transport.close()
