"""What changes between two releases: the text, and the numbers it touches."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialplan.names import MARKER, PLAN_PREFIX, SHARD_PREFIX, SHARED_FILE


@dataclass(frozen=True, slots=True)
class Touched:
    """Numbers (E.164 with `+`, sorted) by what happens to them; `shared` when the routines of all change.

    For strangers: `added` numbers answer from now on, `changed` ones otherwise than before, `live` ones were
    not active, `suspended` ones answer no longer, `removed` ones are nobody's. Only test calls notice `trial`
    ones.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    trial: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    suspended: tuple[str, ...] = ()
    shared: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        several = (self.added, self.removed, self.changed, self.trial, self.live, self.suspended)
        return tuple(sorted(number for group in several for number in group))


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
    groups: dict[str, list[str]] = {}
    for number in sorted({*was, *now}):
        if was.get(number) != now.get(number):
            groups.setdefault(_happens(was.get(number), now.get(number)), []).append(f"+{number}")
    lists = {name: tuple(numbers) for name, numbers in groups.items()}
    return Touched(**lists, shared=_routines(before) != _routines(after))


def _happens(was: str | None, now: str | None) -> str:
    """The group of a number whose steps change."""
    if now is None:
        return "removed"
    before, after = _answer(was or ""), _answer(now)
    if before == after:
        return "trial"
    if not after:
        return "suspended"
    if before:
        return "changed"
    return "added" if was is None else "live"


def _answer(does: str) -> str:
    """What a stranger meets: the public number last set and the plan; empty while it is not active."""
    shown = re.findall(r"Set\(ALTAVOZ_PUBLIC=(\d*)\)", does)
    plan = re.search(r",Goto\((\S+)\)$", does)
    return f"{shown[-1] if shown else ''} {plan[1]}" if plan else ""


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
