"""Any calls, interleaved anyhow, with facts fed again and processes that start anew: the sums are right."""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.cases.conftest import Story


def answered(call: str) -> Story:
    return Story(call).served()


def moved_on(call: str) -> Story:
    story = Story(call).arrives().presses("principal", "3").presses("consultas", "1").waits("sac", 0).rings()
    return story.waits("cat", 0).rings("102").is_answered("102").ends()


def owed(call: str) -> Story:
    from telephony.facts import CallbackOwed

    return (
        Story(call, caller=None)
        .arrives()
        .waits()
        .tell(CallbackOwed, queue="cat")
        .ends("callback", "callback")
    )


def abandoned(call: str) -> Story:
    return Story(call).arrives().presses("principal", "1").waits().rings().ends("abandoned", "ringing")


def closed(call: str) -> Story:
    return Story(call).arrives().ends("closed", "greeting")


def passed(call: str) -> Story:
    story = Story(call).arrives().waits().rings("101").is_answered("101").is_held("101")
    return story.is_passed("101", "102").rings("102", queue="").is_answered("102", queue=None).ends()


def placed(call: str) -> Story:
    return Story(call).is_placed("101", "+5491199999999").ends("unanswered", "ringing")


KINDS = (answered, moved_on, owed, abandoned, closed, passed, placed)
OUTCOME = {
    answered: "answered",
    moved_on: "answered",
    owed: "callback",
    abandoned: "abandoned",
    closed: "closed",
    passed: "answered",
    placed: "unanswered",
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6),
    seed=st.integers(0, 10_000),
    in_order=st.booleans(),
    restarts=st.integers(0, 3),
)
async def test_one_record_a_call_and_one_case_an_answered_call(new_house, kinds, seed, in_order, restarts):
    random = Random(seed)
    stories = {f"pbx1-{n}": kind(f"pbx1-{n}") for n, kind in enumerate(kinds)}
    fed = interleaved([story.facts for story in stories.values()], random, in_order)
    fed += random.sample(fed, len(fed) // 2)
    cuts = sorted(random.randrange(len(fed) + 1) for _ in range(restarts))
    with tempfile.TemporaryDirectory() as folder:
        house = await new_house(Path(folder))
        for start, end in zip([0, *cuts], [*cuts, len(fed)], strict=True):
            await house.feed(*fed[start:end])
        calls = {call.id: call for call in (await house.store.calls()).items}
        found = {case.id: case for case in (await house.store.cases()).items}
        await house.engine.dispose()
    assert {id: call.outcome for id, call in calls.items()} == {
        f"pbx1-{n}": OUTCOME[kind] for n, kind in enumerate(kinds)
    }
    served = [id for id, call in calls.items() if call.outcome in ("answered", "callback")]
    assert sorted(call for case in found.values() for call in case.calls) == sorted(served)
    assert len(found) == len(served)
    assert all(found[calls[id].case].owner == calls[id].coordinator for id in served)


def interleaved(told, random, in_order):
    """All facts in an order that keeps each call's own, or in any order at all."""
    if not in_order:
        facts = [fact for one in told for fact in one]
        random.shuffle(facts)
        return facts
    rest, mixed = [list(one) for one in told], []
    while any(rest):
        mixed.append(random.choice([one for one in rest if one]).pop(0))
    return mixed
