"""Values put into a plan's text at their place: the rest, comments too, stays character for character."""

import difflib
from datetime import date
from pathlib import Path

import pytest

from plans.model import Plan
from plans.patch import CannotPatch, put, replace_block
from plans.patch_items import add, remove
from plans.strict_yaml import read

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "plans/examples/hogar-nandu.yaml").read_text("utf-8")
ORDER = tuple(Plan.model_fields)


def at(text, path):
    data = read(text, "", "PLAN").data
    for part in path:
        data = data[part]
    return data


def changed_lines(new):
    diff = difflib.ndiff(TEXT.splitlines(), new.splitlines())
    return [line for line in diff if line[0] in "+-"]


@pytest.mark.parametrize(
    ("path", "value", "bare"),
    [
        (("name",), "Hogar: el «mejor» #1", False),
        (("name",), "sí", False),
        (("name",), '"; DROP', False),
        (("fantasy_name",), "ASISTENCIA ÑU", False),
        (("account", "name"), "Seguros, Ñ & Cía. {S.A.}", False),
        (("account", "tax_id"), "30-1", False),
        (("starts",), "2027-01-31", True),
        (("ends",), "2028-12-31", True),
        (("lines", 0, "header"), "+54 11 4321 9999", False),
        (("prompts", "aviso", "text"), "Diga: «hola», y espere.\nOtra línea", False),
        (("menus", "principal", "choices", "2", "label"), "Otra cosa", False),
        (("menus", "principal", "wait"), "9s", True),
        (("answer", 2, "tries"), "3", True),
        (("coverages", 2, "name"), "Electricidad: total", False),
        (("guide",), "Una sola línea", False),
        (("conditions",), "Dos\n\nlíneas", False),
        (("menus", "consultas", "wait"), "7s", True),
        (("menus", "consultas", "choices", "1", "priority"), "5", True),
    ],
)
def test_only_the_value_changes(path, value, bare):
    new = put(TEXT, path, value, bare=bare, order=ORDER)
    found = at(new, path)
    said = found.isoformat() if isinstance(found, date) else str(found)
    assert said.rstrip("\n") == value
    kept = {line.split("#", 1)[1] for line in TEXT.splitlines() if "  #" in line}
    assert all(comment in new for comment in kept)
    assert len(changed_lines(new)) <= 6


def test_a_key_that_is_not_there_is_written_behind_its_neighbour():
    text = TEXT.replace("scope: nacional\n", "")
    new = put(text, ("scope",), "regional", bare=True, order=ORDER)
    lines = new.splitlines()
    assert lines[lines.index("sold_by: [agencia, tmk]") + 1] == "scope: regional"


def test_an_emptied_value_leaves_its_key():
    new = put(TEXT, ("scope",), "", bare=True, order=ORDER)
    assert "\nscope: \n" in new and at(new, ("scope",)) is None


@pytest.mark.parametrize(
    ("text", "path", "value", "bare"),
    [
        (TEXT, ("lines",), "x", False),
        (TEXT, ("lines", 5, "header"), "x", False),
        (TEXT, ("nada", "dentro"), "x", False),
        ("a: [", ("a",), "x", False),
        ("", ("a",), "x", False),
    ],
)
def test_what_cannot_be_put_is_refused(text, path, value, bare):
    with pytest.raises(CannotPatch):
        put(text, path, value, bare=bare)


@pytest.mark.parametrize("value", ["2026-01-01\nlines: []", "x: y", "&a b", "*a", "{a: 1}", "# nada", "- x"])
def test_a_value_never_becomes_more_than_a_value(value):
    for bare in (True, False):
        try:
            new = put(TEXT, ("starts",), value, bare=bare)
        except CannotPatch:
            continue
        assert at(new, ("starts",)).rstrip("\n") == value
        assert {**read(new, "", "PLAN").data, "starts": 0} == {**read(TEXT, "", "PLAN").data, "starts": 0}


def test_a_block_is_written_anew_and_its_neighbours_stay():
    new = replace_block(TEXT, "coverages", "coverages:\n  - {code: UNA}\n")
    assert at(new, ("coverages",)) == ({"code": "UNA"},)
    assert "service_level: {answer_within: 20s, share: 80%}\n\ncoverages:\n  - {code: UNA}\n\nguide: |" in new
    assert at(replace_block("plan: x\n", "guide", "guide: hola"), ("guide",)) == "hola"


@pytest.mark.parametrize(
    ("path", "key", "item"),
    [
        (("lines",), None, {"header": "+54 11 4321 9999", "carrier": "telecom-ar"}),
        (("prompts",), "cierre", {"text": "Gracias, «adiós»: hasta luego."}),
        (("menus", "consultas", "choices"), "3", {"label": "Otra, más", "queue": "sac"}),
        (("coverages",), None, {"code": "VIDR", "name": "Vidrios", "service": "hogar", "kind": "emergencia"}),
        (("sold_by",), None, "banca"),
    ],
)
def test_an_item_is_added_and_taken_away_and_the_text_is_as_before(path, key, item):
    new = add(TEXT, path, key, item)
    found = at(new, path)
    assert (found[key] if key else found[-1]) == item
    assert len(changed_lines(new)) <= 3
    if path != ("sold_by",):
        assert remove(new, (*path, key or len(found) - 1)) == TEXT


def test_the_first_item_of_an_empty_list_is_added():
    new = add("plan: x\nlines: []\n", ("lines",), None, {"header": "1"})
    assert at(new, ("lines",)) == ({"header": "1"},)


def test_a_key_is_not_added_twice_and_what_is_not_there_not_taken_away():
    with pytest.raises(CannotPatch):
        add(TEXT, ("prompts",), "saludo", {"text": "x"})
    with pytest.raises(CannotPatch):
        remove(TEXT, ("lines", 4))
