"""Faults of a whole dialplan, all at once, before anything is written. Asterisk itself says nothing of them.

101 a jump lands nowhere            102 a jump is not declared      103 an extension does not end
104 a context stands twice          105 an extension stands twice   106 a label stands twice
107 a number stands twice           108 a sound is unknown          109 an included context is missing
110 application not allowed         111 function not allowed        112 variable unknown
113 caller's text used unfiltered   114 text that cannot be written
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dialplan import escape
from dialplan.check_steps import Fault, step_faults
from dialplan.language import ENDINGS
from dialplan.names import MARKER, SHARD_PREFIX
from dialplan.nodes import NOTED, SOME, Context, Dialplan, Extension, Line, Target
from dialplan.phones import INTERNAL


@dataclass(frozen=True, slots=True)
class DialplanProblem:
    """`code` is `DIAL-` and a number; `place` is `context,extension,priority` as far as it applies."""

    code: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}"


def check(dialplan: Dialplan) -> list[DialplanProblem]:
    """All problems; none for a dialplan that may be published."""
    return [DialplanProblem(f"DIAL-{code}", place, text) for place, (code, text) in _faults(dialplan)]


def _faults(dialplan: Dialplan) -> Iterator[tuple[str, Fault]]:
    landings = _landings(dialplan.contexts)
    known = dialplan.speech.keys() | dialplan.sounds
    for name in _twice(context.name for context in dialplan.contexts):
        yield name, ("104", f"el contexto «{name}» está dos veces")
    for number in _twice(_numbers(dialplan.contexts)):
        yield number, ("107", f"el número {number} está en dos planes: quítelo de uno")
    for context in dialplan.contexts:
        for extension in context.extensions:
            for place, fault in _extension_faults(context, extension):
                yield place, fault
        for fault in _context_faults(context, landings):
            yield context.name, fault
        for line in context.lines():
            place = f"{line.context},{line.extension},{line.priority}"
            for fault in (*step_faults(line.step, known), *_jump_faults(line, landings)):
                yield place, fault


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _numbers(contexts: Iterable[Context]) -> Iterator[str]:
    for context in contexts:
        if context.name.startswith(SHARD_PREFIX):
            yield from (extension.pattern for extension in context.extensions)


def _context_faults(context: Context, landings: "Landings") -> Iterator[Fault]:
    yield from _unwritable(escape.name, context.name)
    for extension in context.extensions:
        yield from _unwritable(escape.extension, extension.pattern)
    for included in context.includes:
        if included != INTERNAL and included not in landings:
            yield "109", f"incluye el contexto «{included}», que no existe"
    for pattern in _twice(_as_asterisk_sees(extension.pattern) for extension in context.extensions):
        yield "105", f"la extensión «{pattern}» está dos veces"


def _unwritable(door: Callable[[str], str], text: str) -> Iterator[Fault]:
    try:
        door(text)
    except escape.Unwritable as refusal:
        yield "114", str(refusal)


def _as_asterisk_sees(pattern: str) -> str:
    """Extensions are equal whatever their hyphens and capitals."""
    return pattern if pattern.startswith("_") else pattern.replace("-", "").lower()


def _extension_faults(context: Context, extension: Extension) -> Iterator[tuple[str, Fault]]:
    place = f"{context.name},{extension.pattern}"
    ends = bool(extension.steps) and extension.steps[-1].app in ENDINGS
    if not ends and context.name != MARKER:
        yield place, ("103", "no termina en Hangup, Return ni Goto: la llamada quedaría en silencio")
    for label in _twice(step.label for step in extension.steps if step.label):
        yield place, ("106", f"la etiqueta «{label}» está dos veces")


Landings = dict[str, dict[str, frozenset[str]]]
"""Context → extension → the labels and priorities a jump may land on."""


def _landings(contexts: Iterable[Context]) -> Landings:
    return {
        context.name: {extension.pattern: _labels(extension) for extension in context.extensions}
        for context in contexts
    }


def _labels(extension: Extension) -> frozenset[str]:
    named = {step.label for step in extension.steps if step.label}
    return frozenset(named | {str(number + 1) for number in range(len(extension.steps))})


def _jump_faults(line: Line, landings: Landings) -> Iterator[Fault]:
    for target in line.step.jumps:
        if not _lands(target, line, landings):
            yield "101", f"salta a «{target}», que no existe"


def _lands(target: Target, line: Line, landings: Landings) -> bool:
    if target == NOTED:
        return True
    if not target.context:
        return target.label in landings[line.context][line.extension]
    extensions = landings.get(target.context, {})
    if target.extension == SOME:
        return target.context in landings
    return target.label in extensions.get(target.extension, ())
