"""Reasonable writings of a plan, all taken without a word; each says the same as the example."""

import unicodedata
from collections.abc import Callable

import pytest
import yaml

from plans.load import Loading
from plans.model import Plan

Load = Callable[..., Loading]


def test_the_examples_have_no_problem_at_all(examples: dict[str, str], loading: Load) -> None:
    found = loading(*examples.values())
    assert found.problems == ()
    assert [source.plan.plan for source in found.sources] == [
        "hogar-nandu",
        "mascotas-ajolote",
        "vial-condor",
    ]


@pytest.mark.parametrize("name", ["hogar-nandu", "mascotas-ajolote", "vial-condor"])
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "---\n" + text + "...\n",
        lambda text: "%YAML 1.2\n---\n" + text,
        lambda text: yaml.safe_dump(yaml.safe_load(text), allow_unicode=True, default_flow_style=False),
        lambda text: yaml.safe_dump(yaml.safe_load(text), allow_unicode=True, default_flow_style=True),
    ],
    ids=["crlf", "cr", "markers", "directive", "block", "flow"],
)
def test_the_writing_of_a_file_does_not_matter(
    name: str, rewrite: Callable[[str], str], examples: dict[str, str], plans: dict[str, Plan], loading: Load
) -> None:
    found = loading(rewrite(examples[name]))
    assert found.problems == ()
    assert found.sources[0].plan == plans[name]


def test_letters_composed_in_two_ways_are_the_same_plan(
    examples: dict[str, str], plans: dict[str, Plan], loading: Load
) -> None:
    found = loading(unicodedata.normalize("NFD", examples["hogar-nandu"]))
    assert found.problems == ()
    assert found.sources[0].plan == plans["hogar-nandu"]


VARIATIONS: list[tuple[str, list[tuple[str, str]]]] = [
    ("hogar-nandu", [("ends:      ", "ends: 2030-12-31      ")]),
    ("hogar-nandu", [("ends:      ", "ends: ~      ")]),
    ("hogar-nandu", [("starts: 2026-03-01", 'starts: "2026-03-01"')]),
    ("hogar-nandu", [("then: {callback: cat}", "then: hangup")]),
    ("hogar-nandu", [("then: {callback: cat}", "then: {hangup: true}")]),
    ("hogar-nandu", [("then: {callback: cat}", 'then: {dial: "011 4000-9999"}')]),
    ("hogar-nandu", [("then: {callback: cat}", "then: {menu: consultas}")]),
    ("hogar-nandu", [("priority: 10}", "priority: 10, hours: always}")]),
    ("hogar-nandu", [("max: 180s, then: {queue: sac}", "max: 3m, then: {queue: sac}")]),
    ("hogar-nandu", [("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: D'Ávila-Paz 24/7")]),
    ("hogar-nandu", [("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: S.A. HOGAR+VIDA")]),
    ("hogar-nandu", [('"9": {repeat: true}', '"*": {repeat: true}\n      "#": hangup')]),
    ("hogar-nandu", [('"9": {repeat: true}', '"0": {hangup: true}')]),
    ("hogar-nandu", [("sold_by: [agencia, tmk]", "sold_by: []")]),
    ("hogar-nandu", [("currency: ARS", "currency: USD"), ("scope: nacional", "scope: internacional")]),
    ("hogar-nandu", [('public: "0800-555-1234"', 'public: "0810 222 5678"')]),
    ("hogar-nandu", [('public: "0800-555-1234"', "public:")]),
    ("hogar-nandu", [('header: "+54 11 4321 8765"', "header: 011 4321-8765")]),
    ("vial-condor", [("days: mon-fri", "days: sat-tue")]),
    ("vial-condor", [('from: "08:00", to: "18:00"', 'from: "22:00", to: "06:00"')]),
    ("vial-condor", [('from: "08:00"', "from: 08:00")]),
    ("vial-condor", [('from: "08:00", to: "18:00"', 'from: "00:00", to: "24:00"')]),
    ("vial-condor", [("hours: always", "hours: oficina")]),
    (
        "vial-condor",
        [
            ("closed: {say: cerrado, then", "closed: {then"),
            ("  cerrado: {", "  espera: {"),
            ("cat: {max", "cat: {say: espera, max"),
        ],
    ),
    ("mascotas-ajolote", [("[{say: saludo}, {queue: sac}]", "[{say: saludo}, {callback: sac}]")]),
    ("mascotas-ajolote", [("[{say: saludo}, {queue: sac}]", "[{say: saludo}, hangup]")]),
    (
        "mascotas-ajolote",
        [
            ("[{say: saludo}, {queue: sac}]", "[{queue: sac}]"),
            ('prompts:\n  saludo: {text: "Ajolote Mascotas, gracias por llamar."}\n', ""),
        ],
    ),
]


@pytest.mark.parametrize(("name", "changes"), VARIATIONS, ids=[changes[0][1] for _, changes in VARIATIONS])
def test_a_reasonable_variation_is_taken_without_a_word(
    name: str,
    changes: list[tuple[str, str]],
    examples: dict[str, str],
    changed: Callable[..., str],
    loading: Load,
) -> None:
    found = loading(changed(examples[name], *changes))
    assert found.problems == ()
    assert len(found.sources) == 1
