"""What this room needs of the plans in memory; `plans.book.PlanBook` is it."""

from typing import Protocol

from plans.model import Choice, Plan, PlanVersion


class Stored(Protocol):
    @property
    def version(self) -> PlanVersion: ...


class FindsPlans(Protocol):
    """Finds a version of a plan by its name and the first 12 hex digits of its hash."""

    def find(self, plan: str, short: str, /) -> Stored | None: ...


def plan_of(book: FindsPlans, plan: str, short: str) -> Plan | None:
    """The plan of a version, None when the book does not hold it."""
    stored = book.find(plan, short)
    return stored.version.plan if stored else None


def choice_of(plan: Plan | None, menu: str, digit: str) -> Choice | None:
    """What a key of a menu does, None when the plan has no such key."""
    found = plan.menus.get(menu) if plan else None
    return found.choices.get(digit) if found else None


def public_of(plan: Plan | None, line: str) -> str | None:
    """The public number mounted on a line, in E.164."""
    return next((each.public for each in plan.lines if each.header == line), None) if plan else None
