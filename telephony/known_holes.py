"""The versions of Asterisk with known security holes: data, to be added to when an advisory comes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """`fixed` is the first sound version of each series; a series that is not there has none.

    `published` is the day of the advisory, None when only the version is known to us.
    """

    names: tuple[str, ...]
    published: date | None
    fixed: Mapping[int, Version]

    def open_in(self, version: Version) -> bool:
        """Series newer than all that are named came after it."""
        if version[0] > max(self.fixed):
            return False
        return version[0] not in self.fixed or version < self.fixed[version[0]]


KNOWN: tuple[Hole, ...] = (
    Hole(
        ("CVE-2025-47779", "CVE-2025-47780"),
        date(2025, 5, 22),
        {18: (18, 26, 2), 20: (20, 14, 1), 21: (21, 9, 1), 22: (22, 4, 1)},
    ),
    Hole(
        ("GHSA-mrq5-74j5-f5cr", "GHSA-v9q8-9j8m-5xwp"),
        date(2025, 7, 31),
        {18: (18, 26, 3), 20: (20, 15, 1), 21: (21, 10, 1), 22: (22, 5, 1)},
    ),
    Hole(
        ("GHSA-64qc-9x89-rx5j",),
        date(2025, 8, 28),
        {18: (18, 26, 4), 20: (20, 15, 2), 21: (21, 10, 2), 22: (22, 5, 2)},
    ),
    Hole(
        ("CVE-2026-23738", "CVE-2026-23739", "CVE-2026-23740", "CVE-2026-23741"),
        date(2026, 2, 6),
        {20: (20, 18, 2), 21: (21, 12, 1), 22: (22, 8, 2), 23: (23, 2, 2)},
    ),
    Hole(
        ("las que corrigen 20.20.1, 22.10.1 y 23.4.1",),
        None,
        {20: (20, 20, 1), 22: (22, 10, 1), 23: (23, 4, 1)},
    ),
)
"""Oldest first."""

_VERSION = re.compile(r"(?:certified[-/])?(\d+)\.(\d+)(?:\.(\d+))?")


def read_version(said: str) -> Version | None:
    """`Asterisk 22.10.1~dfsg` or `22.10.1` is (22, 10, 1); None when there is no version in it."""
    found = _VERSION.search(said)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def holes_of(said: str) -> tuple[Hole, ...]:
    """The known holes of a version as Asterisk writes it; none of one that cannot be read."""
    version = read_version(said)
    return tuple(hole for hole in KNOWN if version is not None and hole.open_in(version))


def sound(series: int) -> Version:
    """The first version of a series without any known hole; of a series without one, that of the next."""
    newest = KNOWN[-1].fixed
    return min((version for version in newest.values() if version[0] >= series), default=(series,))
