"""A procedure's file: the shipped one is whole, and a wrong one says all that is wrong with it at once."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plans.problems import PlanProblems
from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.load import SHIPPED, load_procedure, read_procedure

WRONG = """\
altavoz: 1
procedure: prueba
name: Prueba
steps:
  - id: primero
    title: Primero
    areas: [comercial]
    needs: [segundoo, nada-de-eso]
    days: 3
    evidence: [coverage]
  - id: segundo
    titel: Segundo
    areas: [comercial]
    days: 0
  - id: segundo
    title: Otra vez
    areas: [x]
    needs: [tercero]
    days: 2
    gate: true
    closes: by-time
  - id: tercero
    title: Tercero
    areas: [comercial]
    needs: [segundo]
    days: 1
    signatures: [comercial, comercial]
"""


def told(folder: Path, text: str) -> list[str]:
    file = folder / "pasos.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PlanProblems) as wrong:
        load_procedure(file)
    return [f"{each.line} {each.code}" for each in wrong.value.problems]


def test_the_shipped_procedure_has_every_step_in_its_order() -> None:
    procedure = load_procedure(SHIPPED).procedure
    sources = {source for step in procedure.steps for source in step.source}
    listed = [20, 21, 22, 23, 24, 25, 26, 27, 28, *range(31, 41)]
    assert {f"P{number}" for number in listed} <= sources
    for kind in ("alta", "otro-si"):
        seen: set[str] = set()
        steps = procedure.of(kind)
        for step in steps:  # nothing needs what comes after it
            assert procedure.needed(step, {each.id for each in steps}) <= seen
            seen.add(step.id)
    assert len(procedure.of("otro-si")) < len(procedure.of("alta"))


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    assert told(tmp_path, WRONG) == [
        "8 ALTA-102",
        "8 ALTA-102",
        "10 ALTA-105",
        "12 ALTA-020",
        "14 ALTA-027",
        "15 ALTA-101",
        "17 ALTA-110",
        "20 ALTA-111",
        "21 ALTA-107",
        "27 ALTA-108",
    ]


def test_steps_that_wait_for_each_other_are_found(tmp_path: Path) -> None:
    ring = "".join(
        f"  - {{id: paso-{a}, title: Paso, areas: [comercial], days: 1, needs: [paso-{b}]}}\n"
        for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    text = f"altavoz: 1\nprocedure: prueba\nname: Prueba\nsteps:\n{ring}"
    assert told(tmp_path, text) == ["5 ALTA-103", "6 ALTA-103", "7 ALTA-103"]


def test_what_two_steps_of_one_kind_give_is_ambiguous_and_of_two_kinds_is_not(tmp_path: Path) -> None:
    step = "  - {{id: {id}, title: P, areas: [comercial], days: 1, gives: [acuerdo], kinds: [{kind}]}}\n"
    head = "altavoz: 1\nprocedure: prueba\nname: Prueba\nsteps:\n"
    same = head + step.format(id="uno", kind="alta") + step.format(id="dos", kind="alta")
    assert told(tmp_path, same) == ["6 ALTA-104"]
    apart = head + step.format(id="uno", kind="alta") + step.format(id="dos", kind="otro-si")
    assert read_procedure(apart).procedure.areas() == {"comercial": "Comercial"}


def test_what_letters_carry_is_named_and_a_reminder_carries_nothing(tmp_path: Path) -> None:
    text = """\
altavoz: 1
procedure: prueba
name: Prueba
steps:
  - id: uno
    title: Uno
    areas: [comercial]
    days: 1
    carries: [plan, coberturas]
    notices:
      - {when: closed, to: [sistemas], carries: [numbers]}
  - id: dos
    title: Dos
    areas: [comercial]
    days: 1
    notices:
      - {when: late, to: [sistemas], carries: [plan]}
"""
    assert told(tmp_path, text) == ["9 ALTA-025", "17 ALTA-113"]


def test_days_are_the_subsidiarys_business_days_and_suspended_ones_do_not_count() -> None:
    calendar = BusinessCalendar("AR", ZoneInfo("America/Argentina/Buenos_Aires"))
    thursday = datetime(2026, 4, 30, 15, tzinfo=UTC)  # the day before a public holiday
    tuesday = datetime(2026, 5, 5, 15, tzinfo=UTC)
    assert calendar.local(calendar.due(thursday, 1)) == date(2026, 5, 4)
    assert calendar.local(calendar.due(thursday, 1, [(thursday, tuesday)])) == date(2026, 5, 5)
    assert calendar.spent(thursday, tuesday, [(thursday, tuesday)]) == 0
