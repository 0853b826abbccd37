import asyncio

import pytest

from cases.outcomes import Outcome
from cases.problems import BadValue, CannotClose, CaseClosed, CaseProblem, NoSuchCase, StaleCase


@pytest.fixture
async def case(house, told):
    await house.feed(*told("pbx1-1").served().facts)
    return (await house.store.cases()).items[0]


async def test_an_edit_is_kept_and_leaves_a_row_of_history(house, case):
    edited = await house.desk.edit(case.id, "who", "  José   Peña ", "ana")
    assert (edited.who, edited.revision) == ("José   Peña", case.revision + 1)
    last = (await house.store.history(case.id))[-1]
    assert (last.by, last.at, last.field, last.before, last.after) == (
        "ana", house.clock.now, "who", "", "José   Peña",
    )  # fmt: skip


async def test_writing_what_is_already_there_changes_nothing(house, case):
    assert await house.desk.edit(case.id, "kind", "emergencia", "ana") == case


async def test_somebody_elses_change_of_the_same_field_is_not_overwritten(house, case):
    await house.desk.edit(case.id, "address", "Mitre 100", "ana", case.revision)
    with pytest.raises(StaleCase) as stale:
        await house.desk.edit(case.id, "address", "Belgrano 5", "beto", case.revision)
    assert (stale.value.present, stale.value.by, stale.value.field) == ("Mitre 100", "ana", "address")
    assert "«Domicilio o lugar»" in str(stale.value)


async def test_changes_of_different_fields_never_conflict(house, case):
    fields = {"who": "José", "address": "Mitre 100", "notes": "a\nb", "priority": "50"}
    edits = [
        house.desk.edit(case.id, field, value, by, case.revision)
        for by, (field, value) in zip("abcd", fields.items(), strict=True)
    ]
    await asyncio.gather(*edits)
    edited = await house.store.case(case.id)
    assert (edited.who, edited.address, edited.notes, edited.priority) == ("José", "Mitre 100", "a\nb", 50)
    assert edited.revision == case.revision + 4


async def test_ones_own_fast_typing_never_conflicts(house, case):
    edited = case
    for text in ("M", "Mi", "Mitre"):
        edited = await house.desk.edit(case.id, "address", text, "ana", edited.revision)
    assert edited.address == "Mitre"


async def test_two_desks_of_one_person_are_as_careful_with_each_other_as_two_people(house, case):
    await house.desk.edit(case.id, "address", "Mitre 100", "ana", case.revision)
    with pytest.raises(StaleCase):
        await house.desk.edit(case.id, "address", "Belgrano 5", "ana", case.revision)


async def test_a_change_that_is_sent_again_because_its_answer_was_lost_is_made_once(house, case):
    for _ in range(2):
        edited = await house.desk.edit(case.id, "address", "Mitre 100", "ana", case.revision)
    assert edited.revision == case.revision + 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "urgente", "elija emergencia"),
        ("coverage", "NADA", "no es de este plan: elija PLOM"),
        ("who", "x" * 121, "hasta 120 caracteres; sobran 1"),
        ("who", "a\nb", "no se pueden guardar"),
        ("notes", "a\x00b", "no se pueden guardar"),
        ("telephone", "12", "Teléfono"),
        ("priority", "101", "de 0 a 100"),
        ("owner", "beto", "no tiene un campo"),
    ],
)
async def test_a_value_that_the_field_does_not_take_is_refused_with_words(house, case, field, value, words):
    with pytest.raises(BadValue, match=words) as refused:
        await house.desk.edit(case.id, field, value, "ana")
    assert refused.value.field == field
    assert await house.store.case(case.id) == case


async def test_a_telephone_is_kept_in_e164_by_the_plans_country(house, case):
    edited = await house.desk.edit(case.id, "telephone", "011 4321-8765", "ana")
    assert edited.telephone == "+541143218765"
    assert (await house.desk.edit(case.id, "telephone", "", "ana")).telephone == ""


async def test_closing_needs_what_the_outcome_needs(house, case):
    with pytest.raises(BadValue, match="Elija cómo terminó"):
        await house.desk.close(case.id, "", "ana")
    with pytest.raises(
        CannotClose, match="falta completar «Cobertura», «Quién», «Domicilio o lugar»"
    ) as refused:
        await house.desk.close(case.id, Outcome.COORDINADO, "ana")
    assert refused.value.missing == ("coverage", "who", "address")
    await house.desk.edit(case.id, "kind", "", "ana")
    with pytest.raises(CannotClose, match="«Tipo»"):
        await house.desk.close(case.id, "resuelto", "ana")


async def test_a_closed_case_takes_no_changes_until_it_is_opened_again(house, case):
    closed = await house.desk.close(case.id, "informado", "ana")
    assert (closed.state, closed.outcome, closed.closed) == ("closed", "informado", house.clock.now)
    assert await house.store.open_of("ana") == ()
    with pytest.raises(CaseClosed, match="reábralo"):
        await house.desk.edit(case.id, "who", "José", "ana")
    with pytest.raises(CaseClosed):
        await house.desk.close(case.id, "resuelto", "ana")
    opened = await house.desk.reopen(case.id, "beto")
    assert (opened.state, opened.outcome, opened.closed) == ("open", None, None)
    assert [(each.field, each.by) for each in await house.store.history(case.id)] == [
        ("opened", "altavoz"), ("closed", "ana"), ("reopened", "beto"),
    ]  # fmt: skip


async def test_taking_a_case_moves_it_between_open_cases(house, case):
    assert [each.id for each in await house.store.open_of("ana")] == [case.id]
    await house.desk.take(case.id, "beto")
    assert await house.store.open_of("ana") == ()
    assert [each.id for each in await house.store.open_of("beto")] == [case.id]


async def test_undo_puts_back_ones_own_last_edit_only(house, case):
    await house.desk.edit(case.id, "who", "José", "ana")
    assert (await house.desk.undo(case.id, "ana")).who == ""
    await house.desk.edit(case.id, "who", "Pedro", "beto")
    with pytest.raises(CaseProblem, match="no es suyo"):
        await house.desk.undo(case.id, "ana")


async def test_a_case_that_does_not_exist_is_said(house):
    with pytest.raises(NoSuchCase, match="no existe"):
        await house.desk.edit(99, "who", "x", "ana")


def test_every_outcome_has_words_and_needs_fields_that_exist():
    from cases.fields import FIELDS

    assert all(outcome.label and set(outcome.needs) <= set(FIELDS) for outcome in Outcome)
