"""A plan written out reads back equal, whatever it says; its hash is of what it says."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.load import read_plan
from plans.model import Plan
from plans.write import content_hash, to_yaml, version_of

SLUG = st.one_of(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True),
    st.sampled_from(
        ["no", "on", "y", "1e3", "0x1f", "123", "0123", "null", "true", "1-2", "2026-01-01", "dial"]
    ),
)
LETTERS = st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\x85")
LINE = st.text(LETTERS, min_size=1, max_size=40).filter(str.strip)
TRICKY = st.sampled_from(
    [
        "NO",
        "22:30",
        "0123",
        "- a",
        "a: b",
        "a #b",
        "{x}",
        "[",
        "'",
        '"',
        "~",
        "1",
        "1.5",
        "=",
        "<<",
        "*a",
        "&a",
    ]
)
ONE_LINE = st.one_of(LINE, TRICKY, st.sampled_from([" a", "a ", "@a", "%a", "?", "|", "x: |", "2026-03-01"]))
SEVERAL = st.lists(
    st.one_of(LINE, TRICKY, st.just(""), st.just("\ta"), st.just("  a")), min_size=1, max_size=5
)
TEXT = st.one_of(
    ONE_LINE,
    st.tuples(SEVERAL, st.sampled_from(["", "\n", "\n\n"]))
    .map(lambda x: "\n".join(x[0]) + x[1])
    .filter(str.strip),
)
DIAL = st.sampled_from(["+541140009999", "+5491143218765", "+548005551234"])
NAMES = st.sampled_from(
    [{"queue": "cat"}, {"menu": "m"}, {"callback": "sac"}, {"repeat": True}, {"hangup": True}]
)
THEN = st.one_of(NAMES, DIAL.map(lambda number: {"dial": number}), SLUG.map(lambda name: {"queue": name}))
KIND = st.sampled_from(["emergencia", "programada", "informacion", "queja"])
SECONDS = st.integers(1, 24 * 3600)
MINUTE = st.integers(0, 24 * 60)


def some(required: Mapping[str, Any], optional: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict(required), optional=dict(optional))


def named(value: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(SLUG, value, min_size=least, max_size=3)


def listed(value: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(value, min_size=least, max_size=3).map(tuple)


CHOICE = st.tuples(
    THEN, some({}, {"label": ONE_LINE, "kind": KIND, "priority": st.integers(0, 100), "hours": SLUG})
)
MENU = some(
    {
        "say": SLUG,
        "otherwise": THEN,
        "choices": st.dictionaries(
            st.sampled_from("0123456789*#"),
            CHOICE.map(lambda pair: {**pair[0], **pair[1]}),
            min_size=1,
            max_size=3,
        ),
    },
    {"wait": SECONDS, "tries": st.integers(1, 9)},
)
STEP = st.one_of(
    some({"say": SLUG}, {}),
    some({"notice": SLUG}, {}),
    some(
        {"ask": SLUG, "digits": st.sampled_from(["8", "7-8", "10-12"])},
        {"tries": st.integers(1, 9), "required": st.booleans()},
    ),
    THEN,
)
ROW = some({"days": st.sampled_from(["mon-fri", "sat", "mon,wed,fri"]), "from": MINUTE, "to": MINUTE}, {})
CALENDAR = some(
    {"week": listed(ROW, 1), "closed": some({"then": THEN}, {"say": SLUG})},
    {"holidays": st.sampled_from(["open", "closed"])},
)
LIMIT = st.integers(1, 10**14)
COVERAGE = some(
    {
        "code": st.from_regex(r"[A-Z0-9]{2,12}", fullmatch=True),
        "name": ONE_LINE,
        "service": SLUG,
        "kind": KIND,
    },
    {
        "events": some({"limit": LIMIT, "per": st.sampled_from(["month", "year", "contract"])}, {}),
        "amount": some(
            {"limit": LIMIT, "currency": st.sampled_from(["ARS", "USD"]), "per": st.just("event")}, {}
        ),
        "excludes": TEXT,
    },
)
LINES = some(
    {"header": st.just("+541143218765"), "carrier": SLUG},
    {"public": st.sampled_from(["+548005551234", None])},
)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
PLANS = some(
    {
        "altavoz": st.just(1),
        "plan": SLUG,
        "name": ONE_LINE,
        "account": some(
            {"name": ONE_LINE, "type": st.sampled_from(["banco", "caja de compensación"])},
            {"tax_id": ONE_LINE},
        ),
        "subsidiary": st.just("AR"),
        "fantasy_name": ONE_LINE,
        "starts": DAYS,
        "lines": listed(LINES, 1),
        "answer": listed(STEP, 1),
        "coverages": listed(COVERAGE, 1),
    },
    {
        "ends": DAYS,
        "sold_by": listed(SLUG),
        "scope": st.sampled_from(["local", "internacional", None]),
        "prompts": named(some({"text": TEXT}, {})),
        "menus": named(MENU),
        "hours": SLUG,
        "calendars": named(CALENDAR),
        "waiting": named(some({"max": SECONDS, "then": THEN}, {"say": SLUG})),
        "record": st.booleans(),
        "service_level": some({"answer_within": SECONDS, "share": st.integers(1, 100)}, {}),
        "guide": TEXT,
        "conditions": TEXT,
    },
)


def composed(plan: Plan) -> Plan:
    """As it is read: letters in their composed form."""
    return read_plan(to_yaml(plan), "plan.yaml").plan


@given(PLANS.map(Plan.model_validate))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_any_plan_written_out_reads_back_equal(plan: Plan) -> None:
    once = composed(plan)
    assert composed(once) == once
    assert content_hash(composed(once), {}) == content_hash(once, {})
    assert unicodedata.normalize("NFC", plan.model_dump_json()) == once.model_dump_json()


def test_the_examples_written_out_read_back_equal(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        assert read_plan(to_yaml(plan), "plan.yaml").plan == plan


def test_a_written_plan_is_pleasant_to_read(plans: dict[str, Plan]) -> None:
    text = to_yaml(plans["hogar-nandu"])
    assert text.splitlines()[:9] == [
        "altavoz: 1",
        "plan: hogar-nandu",
        "name: Asistencia Hogar Ñandú Plus",
        "account:",
        "  name: Seguros Ñandú S.A.",
        "  type: aseguradora",
        '  tax_id: "30-71234567-8"',
        "subsidiary: AR",
        "fantasy_name: ASISTENCIA ÑANDÚ",
    ]
    assert '  - header: "+541143218765"\n    public: "+548005551234"\n' in text
    assert "guide: |\n  «Asistencia Ñandú, buenas noches." in text
    assert '      "9":\n        repeat: true\n' in text
    assert "    max: 180s\n    then:\n      queue: sac\n" in text
    assert not re.search(r"\bnull\b|!!|\{|&id", text)


def test_the_word_hangup_is_written_as_a_word(examples: dict[str, str]) -> None:
    text = examples["hogar-nandu"].replace("then: {callback: cat}", "then: {hangup: true}")
    assert "then: hangup\n" in to_yaml(read_plan(text, "plan.yaml").plan)


def test_a_hash_is_of_what_the_plan_says_not_of_how_it_is_written(examples: dict[str, str]) -> None:
    plan = read_plan(examples["hogar-nandu"], "plan.yaml").plan
    other = examples["hogar-nandu"].replace("+54 11 4321 8765", "011 4321-8765").replace("wait: 5s", "")
    assert content_hash(read_plan(other, "otro.yaml").plan, {}) == content_hash(plan, {})


@pytest.mark.parametrize(
    ("old", "new"), [("ÑANDÚ", "NANDU"), ("priority: 10", "priority: 11"), ("hours: always", "record: true")]
)
def test_a_hash_changes_with_the_plan(old: str, new: str, examples: dict[str, str]) -> None:
    text = examples["hogar-nandu"]
    changed = (
        text.replace(old, new) if old != "hours: always" else text.replace("record: true", "record: false")
    )
    before, after = (read_plan(each, "plan.yaml").plan for each in (text, changed))
    assert content_hash(before, {}) != content_hash(after, {})


def test_a_recording_makes_another_version(plans: dict[str, Plan]) -> None:
    plan = plans["hogar-nandu"]
    plain, recorded = version_of(plan, {}), version_of(plan, {"saludo": "altavoz/aa"})
    assert plain.hash != recorded.hash
    assert recorded.recordings == {"saludo": "altavoz/aa"}
    assert re.fullmatch(r"[0-9a-f]{12}", plain.short)
