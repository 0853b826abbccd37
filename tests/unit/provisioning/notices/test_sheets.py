"""Coordinators confirm a new plan's sheet before its start; the letters that a person looks at and sends."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from plans.book import StoredPlan
from plans.load import load_files
from plans.model import PlanVersion
from provisioning.alta.evidence import Found
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import ANNOUNCEMENT, DATA, Draft, DraftRefused
from provisioning.notices.sheets import SheetRefused
from staff.audit_trail import AuditFilter, AuditTrail
from staff.changes import PeopleChanges
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.provisioning.notices.conftest import EXAMPLES, REQUEST, SITE, Bench, everywhere

PLAN = "hogar-nandu"


def stands(
    bench: Bench,
    *,
    candidate: str = "a",
    guide: str | None = None,
    live: bool = False,
    at: datetime = datetime(2026, 3, 2, tzinfo=UTC),
) -> None:
    """A version of the example plan stands in the PBX."""
    [source] = load_files([EXAMPLES / "hogar-nandu.yaml"], SITE).sources
    plan = source.plan.model_copy(update={"guide": guide}) if guide else source.plan
    version = PlanVersion(plan=plan, hash=candidate * 64)
    bench.office.book.replace([StoredPlan(version, 1, "", live, at, "ivan", candidate=not live)])


async def asked(bench: Bench) -> AltaView:
    """An alta whose coordinators are asked to read."""
    alta = await bench.begun("ada")
    async with bench.engine.begin() as connection:
        await bench.office.notices.sheets.ask(connection, alta, "olga")
    return alta


async def found(bench: Bench, alta: AltaView) -> Found:
    return await bench.office.notices.evidence["coordinators-confirmed"](alta)


async def reads(bench: Bench, name: str) -> None:
    sheets, person = bench.office.notices.sheets, bench.people[name]
    for sheet in await sheets.unread(person):
        await sheets.read(person, sheet.plan.plan, sheet.hash)


@everywhere
async def test_all_coordinators_of_the_plans_queues_must_have_read_it(bench: Bench) -> None:
    stands(bench)
    alta = await asked(bench)
    assert (await found(bench, alta)).said == "Falta que lean la ficha 2 de 2."
    await reads(bench, "cora")
    assert not (await found(bench, alta)).ok
    await reads(bench, "cesar")
    proved = await found(bench, alta)
    assert (proved.ok, sorted(proved.by)) == (True, ["cesar", "cora"])
    rows = (await AuditTrail(bench.engine).page(AuditFilter(action="sheet.read"))).rows
    assert [row.subject for row in rows] == [PLAN, PLAN]


async def test_a_changed_sheet_asks_again_and_another_prompt_does_not(bench: Bench) -> None:
    stands(bench)
    alta = await asked(bench)
    for name in ("cora", "cesar"):
        await reads(bench, name)
    stands(bench, candidate="b")
    assert (await found(bench, alta)).ok, "another version with the same sheet"
    stands(bench, candidate="c", guide="Pida la póliza.")
    assert (await found(bench, alta)).said == "Falta que lean la ficha 2 de 2."
    assert len(await bench.office.notices.sheets.unread(bench.people["cora"])) == 1


async def test_what_changed_while_it_was_read_is_not_confirmed(bench: Bench) -> None:
    stands(bench)
    await asked(bench)
    sheets = bench.office.notices.sheets
    shown = sheets.sheet(PLAN)
    assert shown is not None
    stands(bench, candidate="b", guide="Pida la póliza.")
    with pytest.raises(SheetRefused, match="cambió mientras la leía"):
        await sheets.read(bench.people["cora"], PLAN, shown.hash)


async def test_operations_goes_without_some_with_a_reason_for_this_very_sheet(bench: Bench) -> None:
    stands(bench)
    alta = await asked(bench)
    sheets, olga = bench.office.notices.sheets, bench.people["olga"]
    await reads(bench, "cora")
    with pytest.raises(SheetRefused, match="por qué"):
        await sheets.start_without(PLAN, olga, "\u200b" * 9)
    await sheets.start_without(PLAN, olga, "César vuelve en abril.")
    proved = await found(bench, alta)
    assert (proved.ok, proved.said) == (True, "Empieza sin una confirmación: César vuelve en abril.")
    assert await sheets.unread(bench.people["cesar"]), "he reads it when he is back"
    stands(bench, candidate="b", guide="Pida la póliza.")
    assert not (await found(bench, alta)).ok


async def test_a_button_reminds_those_who_are_missing_once_a_day(bench: Bench) -> None:
    stands(bench)
    await asked(bench)
    await bench.mails()
    await reads(bench, "cora")
    for _ in range(2):
        standing = await bench.office.notices.sheets.standing(PLAN)
        assert standing is not None
        await bench.office.notices.remind_readers(standing)
    assert await bench.mails() == [("cesar", "Falta que lea la ficha: Asistencia Hogar Ñandú Plus")]


async def test_without_anybody_who_answers_nothing_is_confirmed(bench: Bench) -> None:
    stands(bench)
    alta = await asked(bench)
    changes = PeopleChanges(bench.engine, bench.clock)
    for name in ("cora", "cesar"):
        await changes.deactivate(name)
    proved = await found(bench, alta)
    assert not proved.ok and "Ningún coordinador atiende sus colas" in proved.said


async def test_a_cancelled_alta_asks_nobody_any_more(bench: Bench) -> None:
    stands(bench)
    alta = await asked(bench)
    await bench.office.altas.cancel(alta.id, bench.people["ada"], "El cliente desistió.")
    assert await bench.office.notices.sheets.unread(bench.people["cora"]) == ()


async def test_the_launch_is_announced_to_all_staff_once_however_often_the_form_is_sent(bench: Bench) -> None:
    stands(bench)
    alta = await bench.begun("ada")
    await bench.mails()
    drafts, clara = bench.office.notices.drafts, bench.people["clara"]
    draft = await drafts.write(ANNOUNCEMENT, alta, clara)
    for _ in range(2):
        await drafts.send(ANNOUNCEMENT, alta, clara, draft, "form-1")
    sent = await bench.mails()
    assert sorted(name for name, _ in sent) == sorted(bench.people)
    assert {subject for _, subject in sent} == {"Lanzamiento: Asistencia Hogar Ñandú Plus"}
    proved = await bench.office.notices.evidence["announced"](alta)
    assert (proved.ok, proved.by) == (True, ("clara",))


async def test_what_an_otro_si_changed_is_announced_as_a_change(bench: Bench) -> None:
    stands(bench, live=True)
    asked = REQUEST.model_copy(update={"kind": "otro-si"})
    begun = await bench.office.altas.start(asked, bench.people["clara"])
    answers = {"otro-si": {"cambios": "Sube el tope de plomería."}}
    steps = tuple(replace(step, answers=answers.get(step.id, {"notas": "No"})) for step in begun.steps)
    draft = await bench.office.notices.drafts.write(
        ANNOUNCEMENT, replace(begun, steps=steps), bench.people["clara"]
    )
    assert draft.subject == "Cambia el plan Asistencia Hogar Ñandú Plus"
    assert "con los cambios de su otro sí.\n\nSube el tope de plomería.\n\nLos afiliados" in draft.text
    assert "No\n" not in draft.text


async def test_operations_is_sent_everything_about_the_plan(bench: Bench) -> None:
    stands(bench)
    alta = await bench.begun("ada")
    draft = await bench.office.notices.drafts.write(DATA, alta, bench.people["clara"])
    assert draft.to == ("olga@empresa.example", "oscar@empresa.example")
    for part in (
        "0800-555-1234",
        "ASISTENCIA ÑANDÚ",
        "- Cerrajería (emergencia): 2 eventos por año, hasta ARS 45.000 por evento.",
        "- Gasista matriculado (programada): 1 evento por año.",
        "CONDICIONES GENERALES\nCubre la vivienda declarada",
        "GUÍA PARA EL COORDINADOR\n«Asistencia Ñandú",
    ):
        assert part in draft.text


async def test_operations_of_another_subsidiary_is_not_sent_the_plan(bench: Bench) -> None:
    stands(bench)
    alta, oscar = await bench.begun("ada"), bench.people["oscar"]
    elsewhere = replace(profile_of(oscar), scope=Scope(frozenset({"CO"})))
    await PeopleChanges(bench.engine, bench.clock).change("oscar", elsewhere, oscar.revision)
    draft = await bench.office.notices.drafts.write(DATA, alta, bench.people["clara"])
    assert draft.to == ("olga@empresa.example",)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("", "Hola", ("a@b.example",)), "subject"),
        (Draft("Hola", " ", ("a@b.example",)), "text"),
        (Draft("Hola", "Hola", ()), "to"),
        (Draft("Hola", "Hola", ("a@b.example\nBcc: c@d.example",)), "to"),
    ],
)
async def test_what_cannot_be_sent_is_refused_at_its_field(bench: Bench, draft: Draft, field: str) -> None:
    stands(bench)
    alta = await bench.begun("ada")
    with pytest.raises(DraftRefused) as refused:
        await bench.office.notices.drafts.send(DATA, alta, bench.people["clara"], draft, "x")
    assert list(refused.value.problems) == [field]


async def test_a_letter_is_in_the_hands_of_its_steps_area(bench: Bench) -> None:
    stands(bench)
    alta = await bench.begun("ada")
    drafts, ivan = bench.office.notices.drafts, bench.people["ivan"]
    draft = await drafts.write(ANNOUNCEMENT, alta, ivan)
    with pytest.raises(DraftRefused, match="Le corresponde a Comercial"):
        await drafts.send(ANNOUNCEMENT, alta, ivan, draft, "x")
