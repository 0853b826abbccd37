"""What a dialplan file says, in the words in which the PBX lists it. Pure: text in, values out.

It reads what `dialplan.render` writes: sections, `exten =>`, `same =>`, `include =>`. What it cannot read
becomes no line, so that comparing it with the PBX's listing fails rather than passes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HEADER = re.compile(r"^\[([^\]\n]+)\].*$", re.MULTILINE)
_ENTRY = re.compile(r"(exten|same|include)\s*=>?\s*(.*)")
_FOREIGN = re.compile(r"^(?!\s*$|;(?!--)|\[[^\]\n]+\]$|(?:exten|same|include) => ).*$", re.MULTILINE)
_SOUND = re.compile(r"\baltavoz/[0-9a-f]{20}\b")
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


def sections(text: str) -> dict[str, str]:
    """Context → its text without the header, in the order of the file; equal names are joined."""
    heads = list(_HEADER.finditer(text))
    ends = [*(head.start() for head in heads), len(text)][1:]
    found: dict[str, str] = {}
    for head, end in zip(heads, ends, strict=True):
        if head[1] not in _NO_CONTEXTS:
            found[head[1]] = found.get(head[1], "") + text[head.end() : end].strip("\n") + "\n"
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


def unreadable(text: str) -> int | None:
    """The number of the first line that is none of ours; the PBX might drop it, or all that follows it."""
    found = _FOREIGN.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def last_context(text: str) -> str | None:
    """The context a file ends with: when it is loaded, no error cut the file short."""
    return next(reversed(sections(text)), None)


def sounds(files: Mapping[str, str]) -> frozenset[str]:
    """Our sounds that the files play."""
    return frozenset(name for text in files.values() for name in _SOUND.findall(text))


def all_lines(contexts: Mapping[str, str]) -> Iterator[DialplanLine]:
    """The entries of several contexts."""
    for name, body in contexts.items():
        yield from lines(name, body)
