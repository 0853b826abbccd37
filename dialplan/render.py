"""Dialplan → the text of two files, named by the hash of their content."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialplan import escape
from dialplan.diff import Touched, diff, touched
from dialplan.names import MARKER, PLAN_PREFIX, PLANS_FILE, SHARED_FILE
from dialplan.nodes import Context, Dialplan, Extension, Step

__all__ = ["Rendered", "Touched", "context_text", "diff", "render", "touched"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A release: its name (12 hex of its content), its files, and the dialplan they hold, marker included."""

    release: str
    files: Mapping[str, str]
    dialplan: Dialplan


def render(dialplan: Dialplan) -> Rendered:
    """The files of a release. Plans' contexts stand apart: calls in them outlive the next release."""
    plans = _text(context for context in dialplan.contexts if context.name.startswith(PLAN_PREFIX))
    shared = _text(context for context in dialplan.contexts if not context.name.startswith(PLAN_PREFIX))
    release = hashlib.sha256(f"{shared}\0{plans}".encode()).hexdigest()[:12]
    marker = Context(MARKER, (Extension("id", (Step("NoOp", release),)),))
    files = {SHARED_FILE: shared + "".join(_context(marker)), PLANS_FILE: plans}
    marked = Dialplan((*dialplan.contexts, marker), dialplan.speech, dialplan.sounds)
    return Rendered(release, files, marked)


def context_text(contexts: Iterable[Context]) -> str:
    """Some contexts as the files write them."""
    return _text(contexts)


def _text(contexts: Iterable[Context]) -> str:
    return "".join(piece for context in contexts for piece in _context(context))


def _context(context: Context) -> Iterator[str]:
    yield f"[{escape.name(context.name)}]\n"
    for included in context.includes:
        yield f"include => {included}\n"
    for extension in context.extensions:
        start = f"exten => {escape.extension(extension.pattern)},1"
        for step in extension.steps:
            label = f"({step.label})" if step.label else ""
            yield f"{start}{label},{step.app}({escape.line(step.data)})\n"
            start = "same => n"
    yield "\n"
