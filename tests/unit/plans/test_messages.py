"""Whatever is written wrong: no traceback, no word of English, always a place and something to do."""

import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from plans.fields import slug_of
from plans.load import Loading, examine_site
from plans.messages import FORMS
from plans.model import Plan
from plans.problems import Problem
from plans.site import Site

WEIRD: tuple[Any, ...] = (
    None,
    0,
    3,
    -7,
    1.5,
    True,
    False,
    "",
    " ",
    "x",
    "NO",
    "22:30",
    "Ñandú con acentos",
    "x" * 5000,
    "dos\nlíneas",
    date(2026, 3, 1),
    [],
    ["x"],
    [None],
    {},
    {"x": "y"},
    {"queue": "cat", "menu": "principal"},
    [[1]],
)
ENGLISH = re.compile(
    r"\b(should|must|input|value|valid|invalid|expected|error|field|required|missing|string|integer|number|list|"
    r"tuple|dictionary|instance|date|none|null|mapping|not|allowed|found|pattern|greater|less|than|least|most)\b",
    re.IGNORECASE,
)
OURS = re.compile(r"«[^»]*»|\{[^}]*\}|hay: .*|aquí van: .*|escriba [\w%:.,/ \-]+ o [\w-]+$|\"[^\"]*\"")
"""What a message quotes: names of the format, which are English, and what the user wrote."""


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, value in inner:
        yield (*path, part)
        yield from places(value, (*path, part))


def spoilt(text: str, chance: random.Random) -> str:
    """The text with one to three of its values replaced, renamed or taken away."""
    data = yaml.load(text, yaml.CSafeLoader)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(list(places(data)))
        holder = data
        for part in path[:-1]:
            holder = holder[part]
        what = chance.random()
        if what < 0.15:
            del holder[path[-1]]
        elif what < 0.3 and isinstance(holder, dict):
            holder[f"{path[-1]}x"] = holder.pop(path[-1])
        else:
            holder[path[-1]] = deepcopy(chance.choice(WEIRD))
    return str(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))


def check(problems: tuple[Problem, ...], text: str) -> None:
    lines = len(text.splitlines())
    for problem in problems:
        bare = OURS.sub("", problem.message)
        assert not ENGLISH.search(bare), problem
        assert "Unreadable" not in problem.message and "None" not in problem.message, problem
        assert 1 <= problem.line <= lines + 1, problem
        assert problem.message == problem.message.strip(), problem
    assert len(set(problems)) == len(problems)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_wrong_in_a_plan_is_told_in_spanish(
    seed: int, examples: dict[str, str], loading: Callable[..., Loading]
) -> None:
    chance = random.Random(seed)
    for _ in range(70):
        text = spoilt(examples[chance.choice(list(examples))], chance)
        found = loading(text)
        check(found.problems, text)
        assert bool(found.sources) != bool(found.errors), text


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_wrong_in_a_site_is_told_in_spanish(seed: int, site_text: str, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "site.yaml"
    for _ in range(70):
        text = spoilt(site_text, chance)
        path.write_text(text)
        site, problems = examine_site(path)
        check(problems, text)
        assert (site is None) == any(problem.severity == "error" for problem in problems)


def test_whatever_bytes_a_file_has_are_told_in_spanish(
    examples: dict[str, str], loading: Callable[..., Loading]
) -> None:
    chance = random.Random(1)
    for _ in range(150):
        raw = bytearray(examples["vial-condor"].encode())
        for _ in range(chance.randint(1, 4)):
            spot = chance.randrange(len(raw))
            raw[spot : spot + chance.randint(0, 3)] = chance.choice(
                [
                    b"\t",
                    b'"',
                    b"'",
                    b": ",
                    b"{",
                    b"]",
                    b"&a",
                    b"*",
                    b"\x00",
                    b"\xff",
                    b"\n",
                    b"- ",
                    b"|",
                    b"#",
                    b"---\n",
                    b"%",
                ]
            )
        check(loading(bytes(raw)).problems, raw.decode(errors="replace"))


@pytest.mark.parametrize("model", [Plan, Site])
def test_every_form_that_a_value_can_have_is_explained(model: type[Plan] | type[Site]) -> None:
    schema = str(model.model_json_schema(mode="validation"))
    asked = set(re.findall(r"'pattern': '(\^[^']*)'", schema)) | set(re.findall(r"\{'(\^[^']*)': \{", schema))
    ours = {pattern.replace("\\", "\\\\") for pattern in FORMS}
    from_our_own_reading = {r"^\\+[\\d\\s()-]+$", r"^\\d{1,5}\\s*[smh]$", r"^\\d{1,3}%$", r"^\\d\\d:\\d\\d$"}
    assert asked - from_our_own_reading <= ours


def test_a_machine_name_is_suggested_for_any_text() -> None:
    assert slug_of("Hogar Ñandú, Plus!") == "hogar-nandu-plus"
    assert slug_of("¡¿!?") == ""
    assert slug_of("Vial y Hogar para la Familia de la Ciudad") == "vial-y-hogar-para-la-familia-de-la"
    assert slug_of("a" * 39 + " b " + "c" * 20) == "a" * 39
    assert slug_of("largo" * 20) == "largo" * 8
