"""Checks of queues, waiting and calendars."""

from collections.abc import Iterator

from plans.draft import Draft
from plans.flow import cycles, exits
from plans.model import Calendar, Plan
from plans.raw import Fault
from plans.site import Site
from plans.strict_yaml import Path
from plans.words import few, near

DAY = 24 * 60
WEEK = 7 * DAY


def queues_exist(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    for path, to, _ in exits(draft.model):
        for key, queue in (("queue", to.queue), ("callback", to.callback)):
            if queue is not None and queue not in site.queues:
                yield (*path, key), "150", _no_queue(queue, site)
    for queue in draft.model.waiting:
        if queue not in site.queues:
            yield ("waiting", queue), "150", _no_queue(queue, site)


def _no_queue(queue: str, site: Site) -> str:
    hint = near(queue, site.queues) or f"; hay: {', '.join(site.queues)}"
    return f"no hay una cola «{queue}»{hint}"


def waiting_ends(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    waiting = draft.model.waiting
    leads = {queue: after.then.queue for queue, after in waiting.items() if after.then.queue}
    for ring in cycles(leads):
        shown = " → ".join(f"«{queue}»" for queue in (*ring, ring[0]))
        advice = "termine en otro destino, como {callback: " + ring[-1] + "}"
        yield ("waiting", ring[-1], "then"), "151", f"la llamada espera sin fin: {shown}; {advice}"


def calendars_exist(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    known = draft.names("calendars")
    for path, name in _hours(draft.model):
        if name not in known:
            hint = near(name, [*few(known), "always"]) or "; defínalo en «calendars» o escriba always"
            yield path, "152", f"no hay un calendario «{name}»{hint}"


def calendars_are_used(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    used = {name for _, name in _hours(draft.model)} | draft.mentioned
    for name in draft.model.calendars:
        if name == "always":
            yield (
                ("calendars", name),
                "156",
                "«always» quiere decir «siempre»; dé otro nombre a este calendario",
            )
        elif name not in used:
            yield ("calendars", name), "153", f"nadie usa el calendario «{name}»; úselo en «hours» o quítelo"


def _hours(plan: Plan) -> Iterator[tuple[Path, str]]:
    """Every name of a calendar with its place; `always` is none."""
    if plan.hours != "always":
        yield ("hours",), plan.hours
    for name, menu in plan.menus.items():
        for digit, choice in menu.choices.items():
            if choice.hours is not None and choice.hours != "always":
                yield ("menus", name, "choices", digit, "hours"), choice.hours


def calendar_rows_are_sane(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    for name, calendar in draft.model.calendars.items():
        for at, row in enumerate(calendar.week):
            place: Path = ("calendars", name, "week", at)
            if row.open == row.close:
                hint = 'para todo el día escriba from: "00:00", to: "24:00"'
                yield place, "154", f"esta franja abre y cierra a la misma hora; {hint}"
            elif row.open == DAY:
                yield (*place, "from"), "154", 'un día empieza a las "00:00"; escriba la hora de apertura'
        for at, before in _overlaps(calendar):
            place = ("calendars", name, "week", at)
            yield place, "155", f"esta franja se pisa con la número {before + 1}; una sola basta"


def _overlaps(calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Each row that shares a minute with an earlier one, and that one."""
    taken: list[int | None] = [None] * WEEK
    for at, row in enumerate(calendar.week):
        earlier: int | None = None
        for day in row.weekdays():
            for minute in range(row.open, row.open + _length(row.open, row.close)):
                spot = ((day - 1) * DAY + minute) % WEEK
                if taken[spot] is None:
                    taken[spot] = at
                elif taken[spot] != at:
                    earlier = taken[spot]
        if earlier is not None:
            yield at, earlier


def _length(opens: int, closes: int) -> int:
    return (closes - opens) % DAY or (DAY if opens != closes else 0)


CHECKS = (
    queues_exist,
    waiting_ends,
    calendars_exist,
    calendars_are_used,
    calendar_rows_are_sane,
)
