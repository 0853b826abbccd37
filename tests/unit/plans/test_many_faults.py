"""A text full of faults costs what its length costs: whoever writes a plan can hold nobody up with it."""

from collections.abc import Callable
from itertools import takewhile

import pytest

from plans.examine import examine
from plans.site import Site
from tests.support.steps import steps
from tests.unit.plans.conftest import TODAY

FEW, MANY = 220, 880


def _menu(n: int) -> str:
    return f"  m{n}: {{say: x{n}, choices: {{1: {{menu: n{n}}}}}, otherwise: {{menu: o{n}}}}}\n"


def _calendar(n: int) -> str:
    return f'  c{n}: {{week: [{{days: sun, from: "08:00", to: "09:00"}}], closed: {{then: {{menu: z}}}}}}\n'


TEXTS: dict[str, Callable[[int], str]] = {
    "items-without-anything": lambda many: f"lines: [{'{},' * many}]\n",
    "items-of-another-kind": lambda many: f"coverages: [{'a,' * many}]\n",
    "steps-to-nowhere": lambda many: f"answer: [{'{},' * many}]\n",
    "unknown-keys": lambda many: "".join(f"k{n}: 1\n" for n in range(many)),
    "silent-prompts": lambda many: "prompts:\n" + "".join(f"  p{n}: {{}}\n" for n in range(many)),
    "prompts-of-nobody": lambda many: "prompts:\n" + "".join(f"  p{n}: {{text: a}}\n" for n in range(many)),
    "menus-that-lead-nowhere": lambda many: "menus:\n" + "".join(map(_menu, range(many))),
    "calendars-of-nobody": lambda many: "calendars:\n" + "".join(map(_calendar, range(many))),
    "one-code": lambda many: "coverages:\n" + "- {code: AA, name: a, service: a, kind: queja}\n" * many,
    "one-line": lambda many: "lines:\n" + '- {header: "11 4321 8765", carrier: telecom-ar}\n' * many,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_four_times_the_faults_are_told_in_about_four_times_the_steps(
    kind: str, site: Site, examples: dict[str, str]
) -> None:
    plan, section = examples["hogar-nandu"], TEXTS[kind]
    few, many = (_examined(_with(plan, section(times)), site) for times in (FEW, MANY))
    assert many < 5 * few


def _examined(text: str, site: Site) -> int:
    return steps(lambda: examine(text, site, [], TODAY))


def _with(text: str, section: str) -> str:
    """The example with this instead of its own section of that name."""
    key = section.partition(":")[0]
    before, found, after = text.partition(f"\n{key}:")
    if not found:
        return f"{text}\n{section}"
    rest = after.split("\n")[1:]
    own = sum(1 for _ in takewhile(lambda line: not line or line.startswith((" ", "-", "#")), rest))
    return "\n".join([before, section, *rest[own:]])
