"""Calls of a real Asterisk, recorded in tests/calls: who spoke, who keeps the case, where the time went."""

import pytest

from cases.intake import decide
from cases.parties import keeper
from tests.unit.cases.conftest import PHONES
from tests.unit.telephony_calls.test_recorded_calls import SCENARIOS, by_call, facts_of, recorded

OUTSIDE, DUTY = "+541140001234", "+541140009999"
SPOKE = {
    "answered-caller-hangs-up": (["101"], "101"),
    "attended": (["101", "102"], "102"),
    "attended-abandoned": (["101"], "101"),
    "attended-not-answered": (["101"], "101"),
    "attended-ringing-answered": (["101", "102"], "102"),
    "attended-ringing-refused": (["101", "101"], "101"),
    "attended-to-outside": (["101", OUTSIDE], "101"),
    "attended-to-queue": (["101", "102"], "102"),
    "blind-coordinator-hangs-up": (["101", "102"], "102"),
    "blind-hung-up-ringing": (["101"], "101"),
    "blind-not-answered": (["101", "101"], "101"),
    "blind-to-coordinator": (["101", "102"], "102"),
    "blind-to-outside": (["101", OUTSIDE], "101"),
    "blind-to-queue": (["101", "102"], "102"),
    "conference-of-the-phone": (["101", OUTSIDE], "101"),
    "duty-answers": ([DUTY], None),
    "hung-up-while-held": (["101"], "101"),
    "overflow": (["102"], "102"),
    "picked-up": (["102"], "102"),
    "two-devices-blind": (["101", "103"], "103"),
}
"""Of the first call: the parties in order, and the phone whose person has the case at the end."""


def records(scenario: str):
    for facts in by_call(facts_of([recorded(scenario)])).values():
        known = None
        for fact in facts:
            known = decide(fact, known, None, PHONES.get) or known
        yield known.record


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_parts_of_a_real_call_add_up_to_its_length(scenario):
    for record in records(scenario):
        parts = record.ivr + record.waiting + record.talking + record.held
        assert parts == record.ended - record.started


@pytest.mark.parametrize("scenario", SPOKE)
def test_a_real_call_that_twists_has_its_parties_and_its_keeper(scenario):
    record = next(records(scenario))
    parties, keeps = SPOKE[scenario]
    assert [each.party for each in record.parties] == parties
    assert keeper(record.parties) == keeps


def test_two_callers_joined_are_two_records_that_name_one_another():
    first, second = records("two-callers-bridged")
    assert first.parties[-1].party == second.id
    assert second.parties[-1].party == first.id


def test_time_on_hold_is_counted_as_such():
    (record,) = records("held-and-resumed")
    assert 0.4 < record.held.total_seconds() < 0.7


@pytest.mark.parametrize(("scenario", "spoke"), [("outgoing-answered", True), ("outgoing-given-up", False)])
def test_a_call_of_ours_waits_and_then_talks(scenario, spoke):
    (record,) = records(scenario)
    assert (record.direction, record.extension, record.coordinator) == ("out", "101", "ana")
    assert (record.talking.total_seconds() > 0) is spoke
    assert record.waiting.total_seconds() > 0 and record.ivr.total_seconds() == 0


@pytest.mark.parametrize("scenario", sorted(SPOKE))
async def test_a_real_call_becomes_one_record_with_one_case(sqlite_house, scenario):
    told = by_call(facts_of([recorded(scenario)]))
    await sqlite_house.feed(*(fact for facts in told.values() for fact in facts))
    call = await sqlite_house.store.call(next(iter(told)))
    case = await sqlite_house.store.case(call.case)
    assert case.owner == PHONES.get(SPOKE[scenario][1])
    assert len((await sqlite_house.store.cases()).items) == 1
