"""What the pages of the network share: the office behind them, what was typed, the plan of an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

from provisioning.network.enough import PlanNeeds
from provisioning.office import Office
from staff.scope import Scope
from staff.written import said
from web import refusals
from web.keys import person, services
from web.person_form import Given

LONGEST = 4000


@dataclass(frozen=True)
class Attempt:
    """A form that was refused: which one, what was typed into it, and what is wrong, by field."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def get(self, form: str, name: str, otherwise: str = "") -> str:
        """A field's text: as typed, in the form that was sent."""
        return self.typed.get(name, "") if form == self.form else otherwise

    def wrong(self, form: str) -> list[str]:
        """What is wrong with a form, in sentences."""
        return list(dict.fromkeys(self.problems.values())) if form == self.form else []


def office(request: web.Request) -> Office:
    return services(request).office


def scope(request: web.Request) -> Scope:
    return person(request).scope


def typed_of(given: Given | Mapping[str, str]) -> dict[str, str]:
    """The texts of a form."""
    return {name: said(value)[:LONGEST] for name, value in given.items() if isinstance(value, str)}


async def needs(request: web.Request) -> PlanNeeds:
    """The plan that the address names. Out of sight is as if it were not there."""
    found = await office(request).plan_needs.of_plan(request.match_info["plan"][:40], scope(request))
    if found is None:
        raise refusals.not_found("Ese plan no existe")
    return found


def number_of(request: web.Request, name: str, what: str) -> int:
    """A number in the address; `what` says what is not there when it is none."""
    written = request.match_info[name]
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise refusals.not_found(what)
    return int(written)


def day_of(written: str) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def today(request: web.Request, subsidiary: str) -> date:
    """The day that it is where the subsidiary is."""
    return services(request).site.subsidiaries[subsidiary].here(services(request).clock()).date()


def subsidiaries(request: web.Request) -> dict[str, str]:
    """Those that who looks may see, by code."""
    seen = scope(request).subsidiaries
    all_of_them = services(request).site.subsidiaries
    return {code: each.name for code, each in all_of_them.items() if not seen or code in seen}
