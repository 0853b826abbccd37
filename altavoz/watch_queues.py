"""Which queues calls may come to at this hour: a queue that no open plan leads to may be empty. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from dialplan.opening import is_open
from plans.model import Destination, Plan
from plans.site import Queue, Site

ALWAYS = "always"


def queues_in_use(plans: Iterable[Plan], site: Site, now: datetime) -> frozenset[str]:
    """The queues that the plans in force lead to `now`, and those that stand in for them."""
    found = {queue for plan in plans for queue in _of_plan(plan, site, now)}
    return frozenset(_with_stand_ins(found, site.queues))


def _of_plan(plan: Plan, site: Site, now: datetime) -> Iterator[str]:
    local = site.subsidiaries[plan.subsidiary].here(now)
    if not plan.starts <= local.date() <= (plan.ends or date.max):
        return
    if (closed := _closed(plan, plan.hours, local)) is not None:
        yield from _queue(closed)
        return
    for destination, hours in _destinations(plan):
        yield from _queue(_closed(plan, hours, local) or destination)


def _destinations(plan: Plan) -> Iterator[tuple[Destination, str]]:
    """Where calls go while the plan is open, each with the calendar it goes by."""
    for step in plan.answer:
        if isinstance(step, Destination):
            yield step, ALWAYS
    for menu in plan.menus.values():
        yield menu.otherwise, ALWAYS
        for choice in menu.choices.values():
            yield choice, choice.hours or ALWAYS
    for waiting in plan.waiting.values():
        yield waiting.then, ALWAYS


def _closed(plan: Plan, hours: str, local: datetime) -> Destination | None:
    """Where a call goes instead, None while it is open."""
    calendar = plan.calendars.get(hours)
    if calendar is None or is_open(calendar, plan.subsidiary, local):
        return None
    return calendar.closed.then


def _queue(destination: Destination) -> Iterator[str]:
    if destination.queue is not None:
        yield destination.queue


def _with_stand_ins(found: Iterable[str], queues: Mapping[str, Queue]) -> set[str]:
    """Calls of a queue that nobody serves may go to another."""
    known, left = set[str](), list(found)
    while left:
        queue = left.pop()
        if queue not in known and queue in queues:
            known.add(queue)
            left += list(_queue(queues[queue].nobody))
    return known
