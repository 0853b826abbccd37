"""An alta from its request to its end: who may move it, what closes it, what never does."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from plans.book import StoredPlan
from plans.load import load_files
from plans.model import Account, PlanVersion
from provisioning.alta.lists import AltaFilter
from provisioning.alta.refusals import AltaRefused, NoSuchAlta, NotYours, StaleStep
from provisioning.alta.views import AltaState, AltaView, StepState
from staff.audit_trail import AuditFilter, AuditTrail
from staff.scope import Scope
from tests.unit.provisioning.alta.conftest import MONDAY, REQUEST, SITE, Bench

EXAMPLES = Path(__file__).parents[4] / "plans/examples"


async def begun(bench: Bench) -> AltaView:
    return await bench.office.altas.start(REQUEST, bench.people["clara"])


async def closed(bench: Bench, id: int, *steps: str, by: str = "ada") -> AltaView:
    for step in steps:
        alta = await bench.office.altas.finish(id, step, bench.people[by])
    return alta


async def test_an_alta_begins_with_the_step_that_needs_nothing(bench: Bench) -> None:
    alta = await begun(bench)
    assert [step.id for step in alta.open] == ["prospecto"]
    assert alta.step("tmk").state is StepState.NOT_NEEDED
    assert alta.asked_by == "clara"
    assert alta.open[0].due.isoformat() == "2026-03-10T02:59:59+00:00"  # five business days, in Buenos Aires


async def test_a_plan_has_one_alta_under_way(bench: Bench) -> None:
    first = await begun(bench)
    with pytest.raises(AltaRefused, match=f"ya tiene un alta en curso: {first.number}"):
        await begun(bench)


async def test_only_the_area_that_begins_asks_for_an_alta_and_the_refusal_says_who(bench: Bench) -> None:
    with pytest.raises(NotYours, match="Comercial: Carlos, Clara"):
        await bench.office.altas.start(REQUEST, bench.people["olga"])


async def test_a_step_is_closed_by_its_area_only(bench: Bench) -> None:
    alta = await begun(bench)
    with pytest.raises(NotYours, match="Le corresponde a Comercial"):
        await bench.office.altas.finish(alta.id, "prospecto", bench.people["olga"])
    moved = await bench.office.altas.finish(alta.id, "prospecto", bench.people["carlos"])
    assert moved.step("prospecto").by == "carlos"
    assert [step.id for step in moved.open] == ["coberturas"]


async def test_a_gate_does_not_close_without_its_evidence_for_anybody(bench: Bench) -> None:
    alta = await closed(bench, (await begun(bench)).id, "prospecto")
    with pytest.raises(AltaRefused, match="Coberturas consolidadas: todavía no"):
        await bench.office.altas.finish(alta.id, "coberturas", bench.people["ada"], reason="porque sí")
    bench.true.add("coverages")
    moved = await bench.office.altas.finish(alta.id, "coberturas", bench.people["clara"])
    assert moved.step("coberturas").found["coverages"].said == "Coberturas consolidadas."


async def test_of_two_people_at_once_one_closes_the_step(bench: Bench) -> None:
    alta = await begun(bench)
    done = await asyncio.gather(
        *(
            bench.office.altas.finish(alta.id, "prospecto", bench.people[name])
            for name in ("clara", "carlos")
        ),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["AltaRefused", "AltaView"]


async def test_who_looked_at_an_older_state_is_told_so(bench: Bench) -> None:
    alta = await begun(bench)
    seen = alta.step("prospecto").revision
    await bench.office.altas.assign(alta.id, "prospecto", "carlos", bench.people["clara"])
    with pytest.raises(StaleStep):
        await bench.office.altas.finish(alta.id, "prospecto", bench.people["clara"], revision=seen)
    await bench.office.altas.comment(alta.id, bench.people["olga"], "¿Cómo vamos?")
    fresh = (await bench.office.altas.find(alta.id)).step("prospecto").revision
    await bench.office.altas.finish(alta.id, "prospecto", bench.people["clara"], revision=fresh)


async def test_observations_close_by_themselves_once_their_days_are_over(bench: Bench) -> None:
    bench.true.add("coverages")
    alta = await closed(bench, (await begun(bench)).id, "prospecto", "coberturas", "enviadas")
    altas = bench.office.altas
    assert await altas.by_itself.look() == 0
    bench.clock.pass_days(3.5)
    assert await altas.by_itself.look() == 1
    after = await altas.find(alta.id)
    assert after.step("observaciones").by == "altavoz"
    assert [step.id for step in after.open] == ["ajustadas"]


async def test_days_do_not_run_while_an_alta_is_suspended(bench: Bench) -> None:
    bench.true.add("coverages")
    alta = await closed(bench, (await begun(bench)).id, "prospecto", "coberturas", "enviadas")
    altas = bench.office.altas
    await altas.suspend(alta.id, bench.people["clara"], "El cliente revisa el precio.")
    bench.clock.pass_days(7)
    assert await altas.by_itself.look() == 0
    with pytest.raises(AltaRefused, match="suspendida"):
        await altas.skip(alta.id, "observaciones", bench.people["olga"])
    resumed = await altas.resume(alta.id, bench.people["clara"])
    assert not resumed.late
    assert await altas.by_itself.look() == 0


async def test_coverages_go_round_after_round(bench: Bench) -> None:
    bench.true.add("coverages")
    alta = await closed(bench, (await begun(bench)).id, "prospecto", "coberturas", "enviadas")
    altas, clara = bench.office.altas, bench.people["clara"]
    said = {"observaciones": "Sin cerrajería nocturna."}
    await altas.finish(alta.id, "observaciones", bench.people["olga"], said)
    with pytest.raises(AltaRefused, match="motivo"):
        await altas.send_back(alta.id, "ajustadas", "enviadas", clara, "\u200b \u00a0")
    back = await altas.send_back(alta.id, "ajustadas", "enviadas", clara, "Otra ronda.")
    assert [(step.id, step.round, step.back) for step in back.open] == [("enviadas", 2, "Otra ronda.")]
    assert back.step("observaciones").state is StepState.WAITING
    again = await closed(bench, alta.id, "enviadas")
    assert again.step("observaciones").round == 2


async def test_a_step_closed_by_mistake_is_opened_again_with_what_was_built_on_it(bench: Bench) -> None:
    bench.true.add("coverages")
    alta = await closed(bench, (await begun(bench)).id, "prospecto", "coberturas", "enviadas")
    back = await bench.office.altas.reopen(alta.id, "coberturas", bench.people["clara"], "Faltaba un anexo.")
    assert [step.id for step in back.open] == ["coberturas"]
    assert back.step("enviadas").state is StepState.WAITING


async def test_who_sees_other_accounts_only_finds_nothing_here(bench: Bench) -> None:
    alta = await begun(bench)
    elsewhere = Scope(frozenset({"CO"}))
    assert await bench.office.altas.find(alta.id, elsewhere) is None
    assert (await bench.office.altas.page(AltaFilter(), scope=elsewhere)).items == ()


async def test_nobody_begins_an_alta_of_a_plan_that_they_do_not_see(bench: Bench) -> None:
    """It would show them that plan's numbers, tests and recordings under a client's name of their own."""
    source = load_files([EXAMPLES / "hogar-nandu.yaml"], SITE, []).sources[0]
    version = PlanVersion(plan=source.plan, hash="a" * 64)
    bench.office.book.replace([StoredPlan(version, 1, "", True, MONDAY, "ivan")])
    mine = replace(bench.people["clara"], scope=Scope(accounts=frozenset({"Mío"})))
    wanted = REQUEST.model_copy(
        update={"kind": "otro-si", "account": Account(name="Mío", type="aseguradora")}
    )
    with pytest.raises(AltaRefused, match="nombre de otro plan"):
        await bench.office.altas.start(wanted, mine)
    elsewhere = wanted.model_copy(update={"subsidiary": "CO"})
    with pytest.raises(AltaRefused, match="nombre de otro plan"):
        await bench.office.altas.start(elsewhere, bench.people["clara"])
    alta = await bench.office.altas.start(wanted, bench.people["clara"])
    with pytest.raises(AltaRefused, match="fuera de lo que usted ve"):
        away = wanted.model_copy(update={"account": Account(name="Otra", type="aseguradora")})
        await bench.office.altas.change(alta.id, away, mine, "Se equivocaron.")


async def test_lists_know_whose_turn_it_is_and_what_is_late(bench: Bench) -> None:
    altas = bench.office.altas
    alta = await begun(bench)
    clara, carlos, olga = [await altas.mine(bench.people[name]) for name in ("clara", "carlos", "olga")]
    ids = [each.id for each in (await altas.page(AltaFilter(mine=clara))).items]
    assert ids == [alta.id]
    assert (await altas.page(AltaFilter(mine=olga))).items == ()
    await altas.assign(alta.id, "prospecto", "carlos", bench.people["clara"])
    assert (await altas.page(AltaFilter(mine=clara))).items == ()
    assert (await altas.counts(bench.people["carlos"])).mine == 1
    assert (await altas.page(AltaFilter(mine=carlos, late=True))).items == ()
    bench.clock.pass_days(10)
    late = (await altas.page(AltaFilter(late=True, text="ñandu"))).items
    assert [turn.late for turn in late[0].turns] == [True]
    assert (await altas.board(AltaFilter()))["prospecto"][0].id == alta.id


async def test_what_happened_is_kept_with_its_deed(bench: Bench) -> None:
    alta = await begun(bench)
    altas, clara = bench.office.altas, bench.people["clara"]
    await altas.set_due(alta.id, "prospecto", date(2026, 4, 1), clara, "El cliente viaja.")
    await altas.cancel(alta.id, clara, "El cliente desistió.")
    happened = [(each.kind, each.by, each.reason) for each in await altas.events(alta.id)]
    assert happened[0] == ("cancelled", "clara", "El cliente desistió.")
    assert [kind for kind, *_ in happened] == ["cancelled", "due-set", "started"]
    rows = (
        await AuditTrail(bench.office.engine).page(AuditFilter(subject=f"{alta.number} {alta.plan}"))
    ).rows
    assert [row.action for row in rows] == ["alta.cancelled", "alta.due-set", "alta.started"]
    assert (await altas.find(alta.id)).state is AltaState.CANCELLED
    await begun(bench)  # the plan is free again


async def test_a_refused_move_changes_nothing(bench: Bench) -> None:
    alta = await begun(bench)
    for step in ("coberturas", "nada"):
        with pytest.raises(AltaRefused):
            await bench.office.altas.finish(alta.id, step, bench.people["ada"])
    with pytest.raises(NoSuchAlta):
        await bench.office.altas.finish(999, "prospecto", bench.people["ada"])
    async with bench.office.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM alta_events"))).scalar_one() == 1


async def test_those_who_are_told_are_told_within_the_transaction(bench: Bench) -> None:
    told: list[tuple[str, list[str]]] = []

    async def tell(_connection: object, alta: AltaView, event: object) -> None:
        told.append((event.kind, [step.id for step in alta.open]))

    bench.office.tells.append(tell)
    alta = await begun(bench)
    await closed(bench, alta.id, "prospecto", by="clara")
    assert told == [("started", ["prospecto"]), ("finished", ["coberturas"])]


async def test_steps_run_side_by_side_and_close_by_their_evidence(bench: Bench) -> None:
    altas, ada = bench.office.altas, bench.people["ada"]
    bench.true.add("coverages")
    alta = await closed(bench, (await begun(bench)).id, "prospecto", "coberturas", "enviadas")
    await altas.skip(alta.id, "observaciones", ada)
    await closed(bench, alta.id, "ajustadas")
    await altas.documents.attach(alta.id, "contrato", "contrato", "contrato.pdf", b"%PDF-1.7 x", ada)
    with pytest.raises(AltaRefused, match="Diferencias"):
        await altas.finish(alta.id, "contrato", ada)
    now = await altas.finish(alta.id, "contrato", ada, {"diferencias": "Ninguna."})
    assert {step.id for step in now.open} == {"plan-cargado", "solicitud-de-numero", "prestadores"}


async def test_an_alta_that_cannot_be_looked_at_keeps_no_other_from_closing(
    bench: Bench, monkeypatch
) -> None:
    first = await begun(bench)
    other = REQUEST.model_copy(update={"plan": "otro-plan"})
    second = await bench.office.altas.start(other, bench.people["clara"])
    seen: list[int] = []

    async def one(id: int) -> bool:
        seen.append(id)
        if id == first.id:
            raise KeyError("the procedure is not what it was")
        return False

    monkeypatch.setattr(bench.office.altas.by_itself, "_one", one)
    assert await bench.office.altas.by_itself.look() == 0
    assert seen == [first.id, second.id]


async def test_the_loop_outlives_a_database_that_refuses_connections(bench: Bench, monkeypatch) -> None:
    """The driver of PostgreSQL says that as an OSError of its own."""
    loop, looked = bench.office.altas.by_itself, asyncio.Event()

    async def look() -> int:
        if not looked.is_set():
            looked.set()
            raise ConnectionRefusedError
        await loop.close()
        return 0

    monkeypatch.setattr(loop, "look", look)
    task = asyncio.create_task(loop.run())
    await looked.wait()
    await asyncio.sleep(0)
    bench.office.altas.nudge()
    await asyncio.wait_for(task, 5)
