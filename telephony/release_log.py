"""Which release stood when, and by whom: entries of an append-only file. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

What = Literal["published", "rolled-back"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A release that was read back from the PBX and found whole. `at` is an aware instant."""

    release: str
    at: datetime
    by: str
    what: What


def to_line(entry: Entry) -> str:
    return json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False) + "\n"


def from_text(text: str) -> tuple[Entry, ...]:
    """The entries of whole lines; a last line cut short by a crash was never promised to anybody."""
    whole = text[: text.rfind("\n") + 1]
    return tuple(_entry(json.loads(line)) for line in whole.splitlines() if line)


def _entry(data: dict[str, str]) -> Entry:
    what: What = "rolled-back" if data["what"] == "rolled-back" else "published"
    return Entry(data["release"], datetime.fromisoformat(data["at"]), data["by"], what)


def standing(entries: Sequence[Entry]) -> str | None:
    """The release that was last found whole in the PBX."""
    return entries[-1].release if entries else None


def before_standing(entries: Iterable[Entry]) -> str | None:
    """What a roll-back goes to. Rolling back twice goes two releases back, not to and fro."""
    stack: list[str] = []
    for entry in entries:
        if entry.what == "rolled-back" and len(stack) > 1:
            stack.pop()
        elif not stack or stack[-1] != entry.release:
            stack.append(entry.release)
    return stack[-2] if len(stack) > 1 else None
