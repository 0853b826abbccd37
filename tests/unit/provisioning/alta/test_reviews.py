"""Closed gates whose evidence is gone open again by themselves, with their reason, until the release."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from provisioning.alta.events import Happened
from provisioning.alta.evidence import EVIDENCE, Found
from provisioning.alta.ledger import Doing
from provisioning.alta.lists import AltaFilter
from provisioning.alta.reviews import EVERY, SETTLING
from provisioning.alta.views import AltaState, AltaView, StepState
from tests.support.databases import BACKENDS, fresh_engine
from tests.unit.provisioning.alta.conftest import REQUEST, Bench, metadata

FREE = ("observaciones",)


@pytest.fixture
async def engine(tmp_path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(BACKENDS[0], tmp_path, metadata) as opened:
        yield opened


async def advanced(bench: Bench, last: str) -> AltaView:
    """An alta with every step closed up to `last` and all evidence there."""
    altas, ada = bench.office.altas, bench.people["ada"]
    alta = await altas.start(REQUEST, bench.people["clara"])
    bench.true = set(EVIDENCE) - {"released"}
    while (step := first_open(alta)) is not None:
        for paper in step.step.documents:
            await altas.documents.attach(alta.id, step.id, paper.name, "x.pdf", b"%PDF-1.7 x", ada)
        if step.id in FREE:
            await altas.skip(alta.id, step.id, ada, "Ninguna.")
        elif step.step.closes == "by-evidence":
            await signed(bench, alta)
            await altas.by_itself.look()
        else:
            answers = {question.name: "Ninguna." for question in step.step.questions}
            await altas.finish(alta.id, step.id, ada, answers)
        alta = await found(bench, alta)
        if alta.step(last).state.over:
            break
    return alta


def first_open(alta: AltaView):
    return next((step for step in alta.open if step.id != "liberado"), None)


async def signed(bench: Bench, alta: AltaView) -> None:
    """Whatever wants signatures has them, as far as the alta knows."""
    for step in alta.open:
        form, told = step.step.form, {"form": step.step.form or step.id, "version": step.round}
        missing = set(step.step.signatures) - {each.area for each in step.signatures}
        if form and missing:
            await happens(bench, alta, Happened.FORM_CHANGED, step.id, told)
        for area in sorted(missing):
            by = {"commercial": "clara", "operations": "olga"}[area]
            word = told | {"area": area, "decision": "approved"}
            await happens(bench, alta, Happened.SIGNED, step.id, word, by)


async def happens(bench: Bench, alta: AltaView, kind: Happened, step: str, data, by: str = "ada") -> None:
    async def work(_connection, _alta) -> Doing:
        return Doing(kind, step, "", data)

    await bench.office.altas.record(alta.id, bench.people[by], work)


async def found(bench: Bench, alta: AltaView) -> AltaView:
    now = await bench.office.altas.find(alta.id)
    assert now is not None
    return now


async def settles(bench: Bench) -> None:
    """Time enough passes, and the loop looks."""
    by_itself = bench.office.altas.by_itself
    bench.clock.now += EVERY
    await by_itself.look()
    bench.clock.now += SETTLING
    await by_itself.look()


async def test_a_closed_gate_whose_evidence_is_gone_is_its_areas_turn_again(bench: Bench) -> None:
    alta = await advanced(bench, "probado-operaciones")
    assert [step.id for step in alta.open if step.id == "liberado"] == ["liberado"]
    bench.true -= {"tested-it", "tested-operations"}
    await settles(bench)
    after = await found(bench, alta)
    assert [step.id for step in after.open] == ["probado-sistemas"]
    assert after.step("probado-sistemas").round == 2
    assert after.step("probado-operaciones").waits_for == ("probado-sistemas",)
    assert set(after.step("liberado").waits_for) == {"probado-operaciones", "probado-sistemas"}
    assert after.step("cuenta-y-plan").state is StepState.DONE, "what is proved stays"
    events = (await bench.office.altas.events(alta.id))[:2]
    assert [(event.kind, event.by, event.step) for event in events] == [
        (Happened.REOPENED, "altavoz", "probado-operaciones"),
        (Happened.REOPENED, "altavoz", "probado-sistemas"),
    ]
    assert events[1].reason == f"{EVIDENCE['tested-it']}: todavía no."
    mine = await bench.office.altas.mine(bench.people["ivan"])
    [summary] = (await bench.office.altas.page(AltaFilter(mine=mine))).items
    assert [(turn.step, turn.round) for turn in summary.turns] == [("probado-sistemas", 2)]


async def test_it_closes_again_once_its_evidence_is_back_and_its_time_is_counted(bench: Bench) -> None:
    alta = await advanced(bench, "probado-operaciones")
    bench.true -= {"tested-it", "tested-operations"}
    await settles(bench)
    bench.true |= {"tested-it", "tested-operations"}
    await bench.office.altas.by_itself.look()
    after = await found(bench, alta)
    assert "liberado" in [step.id for step in after.open] and after.step("probado-sistemas").back == ""
    since, until = bench.clock.now - timedelta(days=1), bench.clock.now + timedelta(days=1)
    rounds = [s.round for s in await bench.office.altas.spans(since, until) if s.step == "probado-sistemas"]
    assert rounds == [1, 2]


async def test_what_comes_and_goes_within_a_settling_troubles_nobody(bench: Bench) -> None:
    alta, by_itself = await advanced(bench, "probado-operaciones"), bench.office.altas.by_itself
    before = alta.revision
    for _ in range(4):
        for there in (False, True):
            bench.true = bench.true | {"tested-it"} if there else bench.true - {"tested-it"}
            bench.clock.now += SETTLING / 2
            await by_itself.look()
    assert (await found(bench, alta)).revision == before


async def test_a_step_closed_by_hand_opens_too_and_stands_alone(bench: Bench) -> None:
    alta = await advanced(bench, "probado-operaciones")
    bench.true -= {"providers-sufficient"}
    await settles(bench)
    after = await found(bench, alta)
    assert {step.id for step in after.open} == {"prestadores"}
    assert after.step("prestadores").back == f"{EVIDENCE['providers-sufficient']}: todavía no."
    assert after.step("liberado").waits_for == ("prestadores",)


async def test_what_could_not_be_looked_at_is_not_gone(bench: Bench) -> None:
    alta = await advanced(bench, "probado-operaciones")

    async def fails(_alta: AltaView) -> Found:
        raise OSError("the database is away")

    bench.office.evidence["tested-it"] = fails
    await settles(bench)
    assert (await found(bench, alta)).revision == alta.revision


async def test_optional_steps_and_those_that_are_no_gates_stay_as_they_are(bench: Bench) -> None:
    alta = await advanced(bench, "archivado")
    assert alta.step("observaciones").state is StepState.SKIPPED
    bench.true = {"coverages", "number-request", "plan-written"}
    await settles(bench)
    assert (await found(bench, alta)).step("observaciones").state is StepState.SKIPPED


async def test_coverages_that_are_being_adjusted_open_no_earlier_step(bench: Bench) -> None:
    alta = await advanced(bench, "observaciones")
    bench.true -= {"coverages"}
    await settles(bench)
    assert [step.id for step in (await found(bench, alta)).open] == ["ajustadas"]


@pytest.mark.parametrize("over", ["released", "suspended"])
async def test_after_the_release_or_while_suspended_nothing_opens(bench: Bench, over: str) -> None:
    alta, altas = await advanced(bench, "probado-operaciones"), bench.office.altas
    if over == "released":
        bench.true |= {"released"}
        bench.true -= {"announced"}
        await altas.by_itself.look()
        assert (await found(bench, alta)).step("liberado").state is StepState.DONE
    else:
        await altas.suspend(alta.id, bench.people["clara"], "El cliente pidió esperar.")
    before = (await found(bench, alta)).revision
    bench.true -= {"tested-it", "header-number", "providers-sufficient"}
    await settles(bench)
    assert (await found(bench, alta)).revision == before
    if over == "suspended":
        await altas.resume(alta.id, bench.people["clara"])
        await settles(bench)
        assert (await found(bench, alta)).step("prestadores").open
        assert (await found(bench, alta)).state is AltaState.RUNNING
