"""What the lists of cases and calls share: the filters as typed, and the address of the next page."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from plans.numbers import BadNumber, parse
from plans.site import Site
from staff.written import said
from web import refusals


def text(query: Mapping[str, str], name: str, longest: int = 100) -> str:
    """A field as it is kept: what can be seen of it."""
    return said(query.get(name, ""))[:longest]


def one_of(query: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of the values allowed, or empty: what a select of the page can send."""
    given = query.get(name, "")
    return given if given in allowed else ""


def from_day(written: str, zone: ZoneInfo) -> datetime | None:
    """The first instant of a day (`2026-11-21`) by the pages' clock."""
    return _begins(written, timedelta(), zone) if written else None


def past_day(written: str, zone: ZoneInfo) -> datetime | None:
    """The instant in which a day ends."""
    return _begins(written, timedelta(days=1), zone) if written else None


def _begins(written: str, later: timedelta, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(written) + later, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refusals.bad_request("Escriba el día como «2026-11-21».", "Ese día no existe") from error


def typed_number(written: str, site: Site) -> str | None:
    """A telephone as somebody types it, in any country of the site; None when empty."""
    if not written:
        return None
    found = number_in(written, site)
    if found is None:
        advice = "Escríbalo como «011 4321-8765» o «+54 11 4321 8765»."
        raise refusals.bad_request(advice, "Ese teléfono no existe")
    return found


def number_in(written: str, site: Site) -> str | None:
    """The telephone that a text is, if it is one, in E.164."""
    for country in site.subsidiaries:
        try:
            return parse(written, country).e164
        except BadNumber:
            continue
    return None


def next_address(path: str, filters: Mapping[str, str], after: str | None) -> str | None:
    """Where the following page is, with the same filters."""
    if after is None:
        return None
    return f"{path}?{urlencode({name: value for name, value in filters.items() if value} | {'after': after})}"
