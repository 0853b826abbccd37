"""What must hold before a number changes, rule by rule: each refusal in its words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.numbers import checks, conflicts
from provisioning.numbers.conflicts import InPlan
from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.values import Holder, InventoryNumber, NumberRefused, NumberTaken, StaleNumber
from tests.unit.numbers.conftest import ATLAS, BOGOTA, H1, PUBLIC, PUBLIC_TOO, stored_plans

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
OF_ATLAS = (7, "vial-atlas", "Banco Atlas", "", AT, None, 4)
HEADER = InventoryNumber(1, H1, NumberKind.HEADER, NumberState.RESERVED, "AR", "telecom-ar", *OF_ATLAS)
ABOVE = replace(HEADER, id=2, e164=PUBLIC, kind=NumberKind.PUBLIC)
NOBODYS = replace(HEADER, state=NumberState.FREE, alta=None, plan=None, account="")
PLAN = stored_plans()[0].version.plan


def test_who_looked_at_an_older_one_is_told_and_who_looked_at_none_is_not_asked():
    checks.same_revision(HEADER, 4)
    checks.same_revision(HEADER, None)
    with pytest.raises(StaleNumber, match="Otra persona cambió 011 4000-1000 antes que usted"):
        checks.same_revision(HEADER, 3)


@pytest.mark.parametrize("move", Move)
def test_only_what_takes_a_number_from_its_plan_waits_until_the_pbx_does_not_have_it(move):
    checks.may_leave(HEADER, move, None)
    standing = InPlan(PLAN, NumberKind.HEADER, "telecom-ar")
    if move not in (Move.GIVE_BACK, Move.QUARANTINE, Move.RETIRE, Move.UNLINK):
        return checks.may_leave(HEADER, move, standing)
    with pytest.raises(NumberRefused, match=f"«{PLAN.plan}» tiene 011 4000-1000 en la central"):
        checks.may_leave(HEADER, move, standing)
    return None


ASKED, GRANTED = {"asked_at": AT}, {"asked_at": AT, "granted_at": AT}
ANSWERED = "el operador ya respondió; no hay nada que pedir ni de qué desistir"


@pytest.mark.parametrize(
    ("carrier", "move", "refused"),
    [
        ({}, Move.REQUEST, None),
        (ASKED, Move.REQUEST, None),
        (GRANTED, Move.REQUEST, ANSWERED),
        ({}, Move.CALL_OFF, "al operador todavía no se le pidió nada"),
        (ASKED, Move.CALL_OFF, None),
        (GRANTED, Move.CALL_OFF, ANSWERED),
        ({"granted_at": AT}, Move.CALL_OFF, ANSWERED),
        ({}, Move.UNLINK, "el operador todavía no dio ni vinculó ningún número"),
        (ASKED, Move.UNLINK, "el operador todavía no dio ni vinculó ningún número"),
        (GRANTED, Move.UNLINK, None),
        ({}, Move.LINK, None),
    ],
)
def test_what_is_asked_of_the_carrier_follows_what_it_did_so_far(carrier, move, refused):
    number = replace(HEADER, **carrier)
    assert checks.carrier_allows(number, move) is (refused is None)
    if refused is None:
        return checks.carrier_is_there(number, move)
    with pytest.raises(NumberRefused, match=f"011 4000-1000: {refused}"):
        checks.carrier_is_there(number, move)
    return None


def test_a_quarantine_ends_at_its_instant_and_not_before():
    resting = replace(HEADER, state=NumberState.QUARANTINE, until=AT)
    checks.quarantine_over(resting, Move.FREE, AT)
    checks.quarantine_over(resting, Move.RECALL, AT - timedelta(days=9))
    with pytest.raises(NumberRefused, match="en cuarentena hasta el 02/03/2026"):
        checks.quarantine_over(resting, Move.FREE, AT - timedelta(seconds=1))


@pytest.mark.parametrize("move", Move)
def test_who_takes_a_number_of_nobody_says_for_which_plan(move):
    checks.for_somebody(HEADER, move, None)
    checks.for_somebody(NOBODYS, move, ATLAS)
    if move not in (Move.RESERVE, Move.REQUEST, Move.RECALL):
        return checks.for_somebody(NOBODYS, move, None)
    with pytest.raises(NumberRefused, match="Diga para qué plan es 011 4000-1000"):
        checks.for_somebody(NOBODYS, move, None)
    return None


def test_a_number_is_for_a_plan_of_its_own_subsidiary():
    with pytest.raises(NumberRefused, match="011 4000-1000 es de AR y el plan, de CO"):
        checks.for_somebody(NOBODYS, Move.RESERVE, Holder("hogar-co", "CO", "Banco"))


def test_a_public_number_of_the_same_plan_and_country_is_linked_with_a_header():
    checks.can_be_linked(HEADER, ABOVE)
    checks.can_be_linked(HEADER, replace(ABOVE, state=NumberState.FREE, plan=None))
    checks.can_be_linked(replace(HEADER, linked=(PUBLIC,)), ABOVE)


@pytest.mark.parametrize(
    ("header", "public", "refused"),
    [
        ({}, {"kind": NumberKind.HEADER}, "Se vincula un número público con uno de cabecera"),
        ({"kind": NumberKind.PUBLIC}, {}, "Se vincula un número público con uno de cabecera"),
        ({}, {"subsidiary": "CO", "e164": BOGOTA}, "es de CO y la cabecera, de AR"),
        (
            {"linked": (PUBLIC_TOO,), "granted_at": AT},
            {},
            "011 4000-1000 ya tiene montado 0810-555-0001: desvincúlelo antes",
        ),
        (
            {"linked": (PUBLIC_TOO,)},
            {},
            "011 4000-1000 ya tiene montado 0810-555-0001: así está en la central: publique antes",
        ),
    ],
)
def test_what_cannot_be_linked_says_why(header, public, refused):
    with pytest.raises(NumberRefused, match=refused):
        checks.can_be_linked(replace(HEADER, **header), replace(ABOVE, **public))


def test_a_public_number_of_another_plan_is_taken_while_it_is_held():
    theirs = replace(ABOVE, plan="hogar-x")
    with pytest.raises(NumberTaken, match="del plan «hogar-x»"):
        checks.can_be_linked(HEADER, theirs)
    checks.can_be_linked(HEADER, replace(theirs, state=NumberState.QUARANTINE))


def test_what_the_carrier_mounted_can_be_taken_off_a_header_alone():
    mounted = replace(HEADER, linked=(PUBLIC,), granted_at=AT)
    checks.has_public(mounted)
    for wrong in (replace(mounted, linked=()), replace(mounted, kind=NumberKind.PUBLIC)):
        with pytest.raises(NumberRefused, match="no tiene ningún número público montado"):
            checks.has_public(wrong)
    with pytest.raises(NumberRefused, match="el operador todavía no dio"):
        checks.has_public(replace(mounted, granted_at=None))


def test_a_number_is_for_whom_its_header_is():
    assert checks.holder_of(HEADER) == ATLAS
    assert checks.holder_of(NOBODYS) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ({}, ()),
        ({"plan": "otro"}, ("011 4000-1000 está reservado para el plan «otro»",)),
        ({"kind": NumberKind.PUBLIC}, ("011 4000-1000 está en el inventario como público",)),
        ({"state": NumberState.FREE, "plan": None}, ()),
        ({"state": NumberState.QUARANTINE}, ("011 4000-1000 está en cuarentena",)),
        ({"state": NumberState.RETIRED, "plan": None}, ("011 4000-1000 está de baja",)),
        (
            {"granted_at": AT, "linked": (PUBLIC_TOO,)},
            ("sobre 011 4000-1000 el operador dio 0810-555-0001 y el plan monta 0800-555-0001",),
        ),
        ({"granted_at": AT, "linked": (PUBLIC,)}, ()),
        ({"granted_at": AT, "linked": (PUBLIC_TOO,), "state": NumberState.FREE, "plan": "otro"}, ()),
        ({"linked": (PUBLIC_TOO,)}, ()),
    ],
)
def test_a_plan_gets_into_the_pbx_only_with_numbers_that_are_its_own(number, said):
    line = PLAN.lines[0].model_copy(update={"header": H1, "public": PUBLIC})
    plan = PLAN.model_copy(update={"plan": "vial-atlas", "lines": (line,)})
    assert tuple(conflicts.objections(plan, {H1: replace(HEADER, **number)})) == said
