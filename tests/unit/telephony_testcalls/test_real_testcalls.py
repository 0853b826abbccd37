"""Test calls on a real Asterisk: what they prove is what happens to a stranger."""

import pytest

from telephony.testcall_values import Press, TestCall, new_id

pytestmark = pytest.mark.pbx


async def test_try(stage, caller):
    call = TestCall(new_id(), "+525541239876", "telmex", seconds=20)
    seen = await caller.place(call, print)
    print(seen)
    for f in seen.facts: print(f)
    print(await stage.channels())
    assert 0
