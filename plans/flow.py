"""Where a plan may lead a call, and what it plays: every destination and every prompt with its place."""

from collections.abc import Iterator
from typing import NamedTuple

from plans.model import Ask, Destination, Notice, Plan, Say
from plans.strict_yaml import Path


class Exit(NamedTuple):
    """A destination and where it stands; `repeat` makes sense only for the choices of a menu."""

    path: Path
    to: Destination
    of_choice: bool = False


def exits(plan: Plan) -> Iterator[Exit]:
    """Every destination of a plan, in the order of the format."""
    for at, step in enumerate(plan.answer):
        if isinstance(step, Destination):
            yield Exit(("answer", at), step)
    for name in plan.menus:
        yield from menu_exits(plan, name)
    for name, calendar in plan.calendars.items():
        yield Exit(("calendars", name, "closed", "then"), calendar.closed.then)
    for queue, waiting in plan.waiting.items():
        yield Exit(("waiting", queue, "then"), waiting.then)


def menu_exits(plan: Plan, name: str) -> Iterator[Exit]:
    """The destinations of one menu: its choices, then what happens otherwise."""
    menu = plan.menus[name]
    for digit, choice in menu.choices.items():
        yield Exit(("menus", name, "choices", digit), choice, of_choice=True)
    yield Exit(("menus", name, "otherwise"), menu.otherwise)


def played(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Every name of a prompt, with its place."""
    for at, step in enumerate(plan.answer):
        if isinstance(step, Say):
            yield ("answer", at, "say"), step.say
        elif isinstance(step, Notice):
            yield ("answer", at, "notice"), step.notice
        elif isinstance(step, Ask):
            yield ("answer", at, "ask"), step.ask
    for name, menu in plan.menus.items():
        yield ("menus", name, "say"), menu.say
    for name, calendar in plan.calendars.items():
        if calendar.closed.say is not None:
            yield ("calendars", name, "closed", "say"), calendar.closed.say
    for queue, waiting in plan.waiting.items():
        if waiting.say is not None:
            yield ("waiting", queue, "say"), waiting.say


def cycles(leads: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The rings in a map of what leads to what, each once and beginning with its first in the map's order."""
    seen: set[str] = set()
    for start in leads:
        trail: list[str] = []
        here: str | None = start
        while here is not None and here not in seen:
            seen.add(here)
            trail.append(here)
            here = leads.get(here)
        if here in trail:
            ring = trail[trail.index(here) :]
            first = min(ring, key=list(leads).index)
            turn = ring.index(first)
            yield tuple(ring[turn:] + ring[:turn])
