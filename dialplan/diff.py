"""What changes between two releases: the text, and the numbers it touches."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialplan.names import MARKER, PLAN_PREFIX, SHARD_PREFIX, SHARED_FILE


@dataclass(frozen=True, slots=True)
class Touched:
    """Numbers (E.164 with `+`, sorted) by what happens to them; `shared` when the routines of all change."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    shared: bool

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(sorted((*self.added, *self.removed, *self.changed)))


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Unified diff of the files of two releases; empty when they are equal."""
    return "".join(_file_diff(name, old.get(name, ""), new.get(name, "")) for name in sorted({*old, *new}))


def _file_diff(name: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"antes/{name}", f"después/{name}"
    )
    return "".join(lines)


def touched(old: Mapping[str, str], new: Mapping[str, str]) -> Touched:
    """The numbers that a change from `old` to `new` touches. A plan's contexts are named by their content,
    so a number changes exactly when its line does."""
    before, after = _sections(old.get(SHARED_FILE, "")), _sections(new.get(SHARED_FILE, ""))
    was, now = _numbers(before), _numbers(after)
    return Touched(
        added=_written(now.keys() - was.keys()),
        removed=_written(was.keys() - now.keys()),
        changed=_written({number for number in now.keys() & was.keys() if now[number] != was[number]}),
        shared=_routines(before) != _routines(after),
    )


def _written(numbers: set[str]) -> tuple[str, ...]:
    return tuple(sorted(f"+{number}" for number in numbers))


def _sections(text: str) -> dict[str, str]:
    return dict(part.split("]\n", 1) for part in ("\n" + text).split("\n[")[1:])


def _numbers(sections: Mapping[str, str]) -> dict[str, str]:
    return dict(_entries(text for name, text in sections.items() if name.startswith(SHARD_PREFIX)))


def _entries(shards: Iterable[str]) -> Iterator[tuple[str, str]]:
    for shard in shards:
        for entry in ("\n" + shard).split("\nexten => ")[1:]:
            number, _, does = entry.partition(",")
            yield number, does.strip()


def _routines(sections: Mapping[str, str]) -> dict[str, str]:
    kept = (MARKER, SHARD_PREFIX, PLAN_PREFIX)
    return {name: text for name, text in sections.items() if not name.startswith(kept)}
