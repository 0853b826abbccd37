"""What a coordinator reads of a plan whose next version waits."""

from pathlib import Path

from plans.load import read_plan
from plans.model import Plan
from web.notices.what_changes import what_changes

EXAMPLES = Path(__file__).parents[3] / "plans/examples"
TEXT = (EXAMPLES / "hogar-nandu.yaml").read_text("utf-8")


def plan(*changes: tuple[str, str]) -> Plan:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_plan(text, "hogar-nandu.yaml").plan


def test_what_is_the_same_for_a_coordinator_is_not_told() -> None:
    assert what_changes(plan(), plan(("Gracias por", "Muchas gracias por"))) == ()


def test_names_and_coverages_are_told_beside_what_they_are_today() -> None:
    told = what_changes(
        plan(),
        plan(("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: ÑANDÚ HOGAR"), ("code: CERR", "code: LLAVE")),
    )
    assert told == (
        "En su teléfono se lee «ÑANDÚ HOGAR»; hoy, «ASISTENCIA ÑANDÚ».",
        "Se agrega Cerrajería.",
        "Ya no está Cerrajería.",
    )


def test_a_limit_is_told_as_the_table_shows_it() -> None:
    (told,) = what_changes(plan(), plan(("limit: 3", "limit: 4")))
    assert told.startswith("Cambia ") and "hoy, 3 por año, ARS " in told
