"""Whether the providers are enough for a plan: for each assistance and zone, or short by how many. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.model import Coverage
from provisioning.network.minimums import Minimum, Minimums
from provisioning.network.values import Provider
from provisioning.network.zones import Zone, zone_of

SENT_OUT = frozenset({"emergencia", "programada"})
"""Kinds of coverages for which somebody is sent; the others are answered by telephone."""
_OWN = frozenset({"local", "regional"})


@dataclass(frozen=True, slots=True)
class Demand:
    """What a plan itself says: where, and minimums of its own by service."""

    zones: tuple[Zone, ...] = ()
    minimums: Mapping[str, Minimum] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class PlanNeeds:
    """A plan as far as its network goes. `alta` is the one under way, if any; `starts` when it has a date."""

    plan: str
    name: str
    subsidiary: str
    account: str
    coverages: tuple[Coverage, ...]
    scope: str | None = None
    starts: date | None = None
    alta: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """One assistance in one zone, and what is the least of it."""

    service: str
    code: str
    name: str
    emergency: bool
    zone: Zone
    minimum: Minimum

    @property
    def key(self) -> tuple[str, str, str]:
        return self.service, self.code, str(self.zone)


@dataclass(frozen=True, slots=True)
class Row:
    """What there is for a need. `who` are the providers, by name."""

    need: Need
    providers: int
    capacity: int
    at_night: int
    who: tuple[str, ...]

    @property
    def short(self) -> tuple[str, ...]:
        """What is missing, in words; empty when it is enough."""
        least = self.need.minimum
        night = least.at_night if self.need.emergency else 0
        missing = (
            (least.providers - self.providers, "prestador", "prestadores"),
            (least.simultaneous - self.capacity, "servicio a la vez", "servicios a la vez"),
            (night - self.at_night, "que atienda de noche", "que atiendan de noche"),
        )
        return tuple(f"{count} {one if count == 1 else more}" for count, one, more in missing if count > 0)

    @property
    def lack(self) -> str:
        """The same as a phrase: `faltan 2 prestadores y 1 que atienda de noche`; empty when it is enough."""
        if not self.short:
            return ""
        *first, last = self.short
        several = "" if self.short[0].startswith("1 ") else "n"
        return f"falta{several} {', '.join(first)}{' y ' if first else ''}{last}"

    @property
    def ok(self) -> bool:
        return not self.short

    @property
    def said(self) -> str:
        """One sentence."""
        place = f"{self.need.name} en {self.need.zone}"
        return f"{place}: {self.lack or 'alcanza'}."


@dataclass(frozen=True, slots=True)
class Check:
    """All rows of a plan. `unsaid` is why they cannot be told, when a plan does not say where."""

    wanted: PlanNeeds
    rows: tuple[Row, ...]
    unsaid: str = ""

    @property
    def gaps(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.ok)

    @property
    def enough(self) -> bool:
        return not self.unsaid and not self.gaps

    @property
    def needs(self) -> str:
        """The hash of what was asked for: another one when coverages, zones or minimums are others."""
        asked = [(*row.need.key, row.need.emergency, row.need.minimum.model_dump()) for row in self.rows]
        return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def kept(self) -> list[dict[str, Any]]:
        """The rows as they are kept with a confirmation."""
        return [
            {
                "service": row.need.service,
                "code": row.need.code,
                "name": row.need.name,
                "zone": str(row.need.zone),
                "minimum": row.need.minimum.model_dump(),
                "providers": row.providers,
                "capacity": row.capacity,
                "at_night": row.at_night,
                "who": list(row.who),
                "said": row.said,
            }
            for row in self.rows
        ]


def check(
    wanted: PlanNeeds, demand: Demand, minimums: Minimums, found: Sequence[Provider], today: date
) -> Check:
    """Looked at as of the day on which the plan starts, today when it runs."""
    sent = [each for each in wanted.coverages if each.kind in SENT_OUT]
    zones = places(wanted, demand, minimums)
    if sent and not zones:
        return Check(wanted, (), f"El plan es {wanted.scope} y no dice en qué zonas: escríbalas.")
    day = max(today, wanted.starts or today)
    serving = [each for each in found if each.profile.serves(day)]
    least = {each.service: demand.minimums.get(each.service) or minimums.of(each.service) for each in sent}
    needs = (_need(each, zone, least[each.service]) for each in sent for zone in zones)
    return Check(wanted, tuple(_row(need, serving) for need in needs))


def places(wanted: PlanNeeds, demand: Demand, minimums: Minimums) -> tuple[Zone, ...]:
    """Where the plan must be served; none when it is local and does not say where."""
    if demand.zones:
        return demand.zones
    if wanted.scope in _OWN:
        return ()
    return tuple(zone_of(each) for each in minimums.zones.get(wanted.subsidiary, ())) or (Zone(),)


def _need(coverage: Coverage, zone: Zone, minimum: Minimum) -> Need:
    emergency = coverage.kind == "emergencia"
    return Need(coverage.service, coverage.code, coverage.name, emergency, zone, minimum)


def _row(need: Need, serving: Iterable[Provider]) -> Row:
    giving = [each for each in serving if each.profile.gives(need.service, need.code, need.zone)]
    return Row(
        need,
        len(giving),
        sum(each.profile.capacity for each in giving),
        sum(each.profile.hours.at_night for each in giving),
        tuple(each.profile.name for each in giving),
    )
