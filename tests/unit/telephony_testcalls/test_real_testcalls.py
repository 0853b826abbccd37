"""Test calls on a real Asterisk: what they prove is what happens to a stranger."""

import pytest

from telephony.facts import CallAnswered, CallRinging
from telephony.testcall_values import Moment, TestCall, new_id

pytestmark = pytest.mark.pbx

AJOLOTE = ("+525541239876", "telmex")


async def test_a_call_is_answered_by_its_plan_at_once_and_comes_to_the_desk(stage, caller):
    moments = []
    seen = await caller.place(TestCall(new_id(), *AJOLOTE, seconds=20), moments.append)
    assert moments == list(Moment)
    assert seen.problems == ()
    assert (seen.arrived.plan, seen.arrived.line, seen.arrived.carrier) == ("mascotas-ajolote", *AJOLOTE)
    assert seen.plan_ms < 500
    assert seen.answered_ms < 1000
    rang, answered = (
        next(each.fact for each in seen.facts if isinstance(each.fact, kind))
        for kind in (CallRinging, CallAnswered)
    )
    assert (rang.queue, rang.extension, answered.queue, answered.extension) == ("sac", "desk") * 2
    assert (seen.ended.outcome, seen.ended.by) == ("answered", "coordinator")
    assert await stage.channels() == []
