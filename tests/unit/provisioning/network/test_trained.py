"""When TMK knows a plan (P27): what counts of the trainings and bases that are written down."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from provisioning.network.evidence import trained_found
from provisioning.network.training import Attendee, Base, Session, Training

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
ALTA: Any = SimpleNamespace(id=7, plan="vial-atlas")
OF = ("vial-atlas", 7, "AR", "Banco Atlas")
HELD = Training(
    1, *OF, Session(date(2026, 3, 2), "Tina Rey", (Attendee("Ana"), Attendee("Luis"))), None, AT, "tina"
)
HANDED = Base(
    1, *OF, "base.csv", "00" * 32, 9, 3, True, "", "Tina Rey", None, None, "", AT, "tona", None, None, ""
)
WANTING_SESSION, WANTING_BASE = "Falta anotar la capacitación", "Falta registrar la base"


def test_a_session_and_the_clients_database_of_this_alta_are_enough():
    found = trained_found((HELD,), (HANDED,), ALTA)
    assert (
        found.ok
        and found.said == "De TMK se capacitaron 2 personas; la base «base.csv» con 3 filas está registrada."
    )
    assert (found.at, found.by) == (AT, ("tina", "tona"))


@pytest.mark.parametrize(
    ("held", "bases", "said"),
    [
        ((), (HANDED,), WANTING_SESSION),
        ((replace(HELD, withdrawn="Era de otro plan"),), (HANDED,), WANTING_SESSION),
        ((replace(HELD, alta=6),), (HANDED,), WANTING_SESSION),
        ((replace(HELD, alta=None),), (HANDED,), WANTING_SESSION),
        ((HELD,), (), WANTING_BASE),
        ((HELD,), (replace(HANDED, alta=6),), WANTING_BASE),
        ((HELD,), (replace(HANDED, alta=None),), WANTING_BASE),
    ],
)
def test_what_was_withdrawn_and_what_is_another_altas_does_not_count(held, bases, said):
    found = trained_found(held, bases, ALTA)
    assert not found.ok and found.said.startswith(said)


def test_people_who_came_twice_are_counted_once():
    again = replace(HELD, id=2, session=replace(HELD.session, attended=(Attendee("ANA"), Attendee("Eva"))))
    assert "se capacitaron 3 personas" in trained_found((HELD, again), (HANDED,), ALTA).said
