"""How sound came, as a real Asterisk counts it: by a carrier whose line is bad."""

import pytest

from telephony.testcall_values import Press, TestCall, Way, new_id
from tests.support.bad_line import bad_line

pytestmark = [pytest.mark.pbx, pytest.mark.long]


async def test_a_bad_line_is_known_by_what_it_loses_and_by_its_jitter(caller):
    with bad_line("127.0.0.16", ("127.0.0.1", 15260)):
        call = TestCall(
            new_id(), "+541143218765", "vuelta-ar", (Press("1", 0.5),), seconds=60, way=Way.TRUNK, live=True
        )
        came = (await caller.place(call)).reception
    assert came.packets > 100 and 0.02 <= came.loss <= 0.08 and came.bad
    assert 10 <= came.jitter_ms <= 60
