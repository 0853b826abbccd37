"""The network as a table: how many providers each service has in each zone, and where too few. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provisioning.network.minimums import Minimums
from provisioning.network.values import Provider
from provisioning.network.zones import Zone, zone_of


@dataclass(frozen=True, slots=True)
class Cell:
    """`partly` are those who serve some place of the zone and not all of it."""

    zone: str
    whole: int
    partly: int
    at_night: int
    short: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """A row a service, a column a zone."""

    zones: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def matrix(found: Sequence[Provider], minimums: Minimums, subsidiary: str, day: date) -> Matrix:
    """Of those who serve on that day; the zones of the minimums, and the provinces that somebody serves."""
    serving = [each for each in found if each.profile.serves(day)]
    zones = _zones(serving, minimums, subsidiary)
    services = sorted(
        {skill.service for each in found for skill in each.profile.skills} | set(minimums.services)
    )
    rows = tuple(
        (service, tuple(_cell(service, zone, serving, minimums) for zone in zones)) for service in services
    )
    return Matrix(tuple(map(str, zones)), rows)


def _zones(serving: Sequence[Provider], minimums: Minimums, subsidiary: str) -> list[Zone]:
    wanted = [zone_of(each) for each in minimums.zones.get(subsidiary, ())]
    served = [Zone(zone.names[:1]) for each in serving for zone in each.profile.zones if zone.names]
    known = {zone.key: zone for zone in (*reversed(served), *reversed(wanted))}
    rest = sorted(known.keys() - {zone.key for zone in wanted})
    return [*wanted, *(known[key] for key in rest)] or [Zone()]


def _cell(service: str, zone: Zone, serving: Sequence[Provider], minimums: Minimums) -> Cell:
    giving = [each for each in serving if any(skill.service == service for skill in each.profile.skills)]
    whole = [each for each in giving if any(own.covers(zone) for own in each.profile.zones)]
    partly = [
        each for each in giving if each not in whole and any(zone.covers(own) for own in each.profile.zones)
    ]
    night = sum(each.profile.hours.at_night for each in whole)
    least = minimums.of(service)
    short = len(whole) < least.providers or night < least.at_night
    return Cell(str(zone), len(whole), len(partly), night, short)
