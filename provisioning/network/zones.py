"""Where somebody serves: a country, a province of it, a city of that. Pure."""

import re
from dataclasses import dataclass

from staff.audit import folded

WHOLE = "Todo el país"
_WHOLE = frozenset({"", "todo el pais", "todo", "nacional", "pais"})
_LEVELS = re.compile(r"\s*[/>›]\s*")
_DEEPEST, _LONGEST = 3, 200


class BadZone(ValueError):
    """This is no zone; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Zone:
    """`names` go from the province down; none is the whole country."""

    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for every writing of the same zone."""
        return "/".join(folded(name) for name in self.names)

    @property
    def around(self) -> tuple[str, ...]:
        """The keys of the zones that hold it, from the whole country down to itself."""
        return tuple(Zone(self.names[:n]).key for n in range(len(self.names) + 1))

    def covers(self, other: "Zone") -> bool:
        """Whether who serves this zone serves all of the other one."""
        own, asked = self.key, other.key
        return not own or asked == own or asked.startswith(f"{own}/")

    def __str__(self) -> str:
        return " / ".join(self.names) or WHOLE


def zone_of(text: str) -> Zone:
    """`Córdoba / Río Cuarto`, `Córdoba`, `Todo el país`. Raises `BadZone`."""
    written = " ".join(text.split())
    if folded(written) in _WHOLE:
        return Zone()
    names = tuple(_LEVELS.split(written))
    if len(names) > _DEEPEST or not all(names) or len(written) > _LONGEST:
        raise BadZone(f"«{written[:60]}» no es una zona: escriba «Provincia» o «Provincia / Ciudad»")
    return Zone(names)


def zones_of(text: str) -> tuple[Zone, ...]:
    """Zones apart by semicolons or lines, each once. Raises `BadZone`."""
    found = [zone_of(each) for each in re.split(r"[;\n]", text) if each.strip()]
    return tuple({zone.key: zone for zone in found}.values())
