"""What a dialplan file says, in the words in which the PBX lists it. Pure: text in, values out.

It reads what `dialplan.render` writes: sections, `exten =>`, `same =>`, `include =>`. What it cannot read
becomes no line, so that comparing it with the PBX's listing fails rather than passes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_ENTRY = re.compile(r"(exten|same|include)\s*=>?\s*(.*)")
_NO_CONTEXTS = ("general", "globals")


@dataclass(frozen=True, slots=True, order=True)
class DialplanLine:
    """One entry as `ShowDialPlan` lists it.

    `priority` is a number, `hint`, or `include`; an include has no extension and names the included context
    as its application. `data` is what stands between the parentheses, without blanks around it.
    """

    context: str
    extension: str
    priority: str
    application: str
    data: str


class Unreadable(Exception):
    """A file does not part into contexts; the message quotes the line."""


def sections(text: str) -> dict[str, str]:
    """Context → its text without the header, in the order of the file; equal names are joined.

    Raises `Unreadable` for what is no header, and for what stands before the first one but comments.
    """
    start, *pieces = f"\n{text}".split("\n[")
    stray = next((line for line in start.split("\n") if line.strip() and not line.startswith(";")), None)
    if stray is not None:
        raise Unreadable(f"«{stray[:60]}»")
    found: dict[str, str] = {}
    for piece in pieces:
        head, _, body = piece.partition("\n")
        name = head.removesuffix("]")
        if name == head or not name or "]" in name:
            raise Unreadable(f"«[{head[:60]}»")
        if name not in _NO_CONTEXTS:
            found[name] = found.get(name, "") + body.strip("\n") + "\n"
    return found


def joined(files: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Contexts of several files as the PBX sees them: equal names are one context."""
    whole: dict[str, str] = {}
    for contexts in files:
        for name, body in contexts.items():
            whole[name] = whole.get(name, "") + body
    return whole


def lines(context: str, body: str) -> tuple[DialplanLine, ...]:
    """The entries of one context, sorted."""
    return tuple(sorted(_entries(context, body)))


def _entries(context: str, body: str) -> Iterator[DialplanLine]:
    extension, priority = "", 0
    for line in body.splitlines():
        match = _ENTRY.match(_without_comment(line))
        if match is None:
            continue
        kind, rest = match[1], match[2].strip()
        if kind == "include":
            yield DialplanLine(context, "", "include", rest, "")
            continue
        if kind == "exten":
            extension, _, rest = (part.strip() for part in rest.partition(","))
        written, _, call = rest.partition(",")
        shown, priority = _priority(written.strip(), priority)
        yield DialplanLine(context, extension, shown, *_call(call.strip()))


def _without_comment(line: str) -> str:
    return re.split(r"(?<!\\);", line, maxsplit=1)[0].replace("\\;", ";").strip()


def _priority(written: str, last: int) -> tuple[str, int]:
    """How the listing shows a priority, and what the next `n` counts from."""
    number = written.partition("(")[0]
    if number == "hint":
        return number, last
    count = last + 1 if number == "n" else int(number) if number.isdecimal() else 0
    return str(count), count


def _call(call: str) -> tuple[str, str]:
    application, opened, rest = call.partition("(")
    return application.strip(), rest.rpartition(")")[0].strip() if opened else ""


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Contexts that are new or other in `after` with their text there; those gone have an empty text."""
    there = {name: body for name, body in after.items() if before.get(name) != body}
    return there | {name: "" for name in before if name not in after}
