"""What may be wrong in a single step, without looking at where it stands."""

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from dialplan import escape, language
from dialplan.expressions import Reference, references
from dialplan.nodes import Step

Fault = tuple[str, str]
"""The number of a code and the message."""

_SOUND = re.compile(r"\baltavoz/[^,\s)&]+")
_WRITTEN = re.compile(r"([A-Z_]+)\(")
_JUMPING = ("Goto", "GotoIf", "Gosub")


def step_faults(step: Step, sounds: Container[str]) -> Iterator[Fault]:
    """All faults of a step; `sounds` are those that exist or will be spoken."""
    yield from _application(step)
    yield from _text(step)
    if step.app in _JUMPING:
        yield from _declared(step)
    yield from _heard(step, sounds)


def _application(step: Step) -> Iterator[Fault]:
    if step.app not in language.APPLICATIONS:
        yield "110", f"la aplicación «{step.app}» no está permitida"


def _text(step: Step) -> Iterator[Fault]:
    try:
        escape.line(step.data)
        read = _read(step.data) if "${" in step.data else ()
    except ValueError as unwritable:
        yield "114", str(unwritable)
        return
    for reference in read:
        yield from _reference(reference, step)
    if step.app == "Set":
        yield from _assigned(step.data.partition("=")[0])


@lru_cache(maxsize=1000)
def _read(text: str) -> tuple[Reference, ...]:
    """Most steps of most plans say the same."""
    return tuple(references(text))


def _reference(reference: Reference, step: Step) -> Iterator[Fault]:
    if reference.arguments is not None:
        if reference.name not in language.FUNCTIONS:
            yield "111", f"la función «{reference.name}» no está permitida"
    elif reference.name not in language.VARIABLES:
        yield "112", f"la variable «{reference.name}» no es de las conocidas"
    if _raw(reference) and not language.CLEANS & {*reference.within} and not _only_kept(step):
        yield "113", f"usa «{reference.name}» sin filtrar: es texto de quien llama"


def _raw(reference: Reference) -> bool:
    """CUT and FIELDQTY take the name of a variable, not its value."""
    named = (reference.arguments or "").partition(",")[0] if reference.name == "CUT" else reference.name
    return named in language.FROM_CALLERS


def _only_kept(step: Step) -> bool:
    return step.app == "Set" and step.data.partition("=")[0] in language.HOLDS_RAW


def _assigned(name: str) -> Iterator[Fault]:
    function = _WRITTEN.match(name)
    if function and function[1] not in language.WRITABLE:
        yield "111", f"la función «{function[1]}» no se puede asignar"
    elif not function and name.removeprefix("__") not in language.VARIABLES:
        yield "112", f"la variable «{name}» no es de las conocidas"


def _declared(step: Step) -> Iterator[Fault]:
    """What the text of a jump says is what the step declares, so that checking the one checks the other."""
    declared = {str(target) for target in step.jumps}
    for place in _places(step):
        if "${" not in place and place not in declared:
            yield "102", f"salta a «{place}» y no lo declara"
    if not declared:
        yield "102", "salta sin declarar adónde"


def _places(step: Step) -> list[str]:
    if step.app == "GotoIf":
        return step.data.rpartition("?")[2].split(":")
    return [step.data.partition("(")[0] if step.app == "Gosub" else step.data]


def _heard(step: Step, sounds: Container[str]) -> Iterator[Fault]:
    if not step.sounds and "altavoz/" not in step.data:
        return
    for sound in sorted({*step.sounds, *_SOUND.findall(step.data)}):
        if sound not in sounds:
            yield "108", f"el sonido «{sound}» no se dice ni está grabado"
