"""The network as a table: how many providers each service has in each zone, and where too few. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from provisioning.network.minimums import Minimum, Minimums
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
    reaches = [_reach(each) for each in serving]
    places = [(str(zone), frozenset(zone.around), zone.key) for zone in zones]
    rows = []
    for service in services:
        giving = [each for each in reaches if service in each.services]
        cells = (_cell(*place, giving, minimums.of(service)) for place in places)
        rows.append((service, tuple(cells)))
    return Matrix(tuple(map(str, zones)), tuple(rows))


def _zones(serving: Sequence[Provider], minimums: Minimums, subsidiary: str) -> list[Zone]:
    wanted = [zone_of(each) for each in minimums.zones.get(subsidiary, ())]
    served = [Zone(zone.names[:1]) for each in serving for zone in each.profile.zones if zone.names]
    known = {zone.key: zone for zone in (*reversed(served), *reversed(wanted))}
    rest = sorted(known.keys() - {zone.key for zone in wanted})
    return [*wanted, *(known[key] for key in rest)] or [Zone()]


@dataclass(frozen=True, slots=True)
class _Reach:
    """A provider's services; the keys of its zones, and of all that hold one of them."""

    services: frozenset[str]
    own: frozenset[str]
    around: frozenset[str]
    at_night: bool


def _reach(provider: Provider) -> _Reach:
    profile = provider.profile
    return _Reach(
        frozenset(skill.service for skill in profile.skills),
        frozenset(zone.key for zone in profile.zones),
        frozenset(key for zone in profile.zones for key in zone.around),
        profile.hours.at_night,
    )


def _cell(zone: str, around: frozenset[str], key: str, giving: Sequence[_Reach], least: Minimum) -> Cell:
    whole = [each for each in giving if not each.own.isdisjoint(around)]
    partly = sum(each.own.isdisjoint(around) and key in each.around for each in giving)
    night = sum(each.at_night for each in whole)
    return Cell(zone, len(whole), partly, night, len(whole) < least.providers or night < least.at_night)
