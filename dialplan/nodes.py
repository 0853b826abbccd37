"""The dialplan as typed values: steps in extensions in contexts. `render` writes them, `check` reads them.

`Step.data` is what Asterisk holds after loading (`dialplan show`), before any quoting of the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr_audio.speech import Speech

SOME = "(some)"
"""As the extension of a target: one that the call decides and that exists whatever it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a jump lands: in a context (at its extension `s` unless named), or at a label of its own."""

    context: str = ""
    extension: str = "s"
    label: str = "1"

    def __str__(self) -> str:
        return f"{self.context},{self.extension},{self.label}" if self.context else self.label


NOTED = Target("(noted)", SOME)
"""A place that the call itself noted, in its own plan's contexts, perhaps of a former release."""


@dataclass(frozen=True, slots=True)
class Step:
    """One application with its arguments, the places it may jump to and the sounds it plays."""

    app: str
    data: str = ""
    label: str = ""
    jumps: tuple[Target, ...] = ()
    sounds: tuple[str, ...] = ()

    def labelled(self, label: str) -> "Step":
        return Step(self.app, self.data, label, self.jumps, self.sounds)


@dataclass(frozen=True, slots=True)
class Extension:
    """What happens at one name or pattern (`_0X.`) of a context: steps from priority 1 on."""

    pattern: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A step with its place, as the PBX lists it."""

    context: str
    extension: str
    priority: int
    step: Step


@dataclass(frozen=True, slots=True)
class Context:
    name: str
    extensions: tuple[Extension, ...] = ()
    includes: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        for extension in self.extensions:
            for priority, step in enumerate(extension.steps, start=1):
                yield Line(self.name, extension.pattern, priority, step)


@dataclass(frozen=True, slots=True)
class Dialplan:
    """Everything generated, with the sentences to speak (by sound name) and the recordings it needs."""

    contexts: tuple[Context, ...]
    speech: Mapping[str, Speech]
    sounds: frozenset[str]


def goto(target: Target, *others: Target) -> Step:
    """A jump to `target`. When its name holds a variable, `others` are the places it may really be."""
    return Step("Goto", str(target), jumps=others or (target,))


def goto_if(condition: str, then: Target, otherwise: Target | None = None) -> Step:
    places = (then,) if otherwise is None else (then, otherwise)
    return Step("GotoIf", f"{condition}?{':'.join(map(str, places))}", jumps=places)


def gosub(
    target: Target, *arguments: str, really: tuple[Target, ...] = (), sounds: tuple[str, ...] = ()
) -> Step:
    """A call of a routine; `arguments` become ARG1, ARG2, … there."""
    given = f"({','.join(arguments)})" if arguments else ""
    return Step("Gosub", f"{target}{given}", jumps=really or (target,), sounds=sounds)


def assign(name: str, text: str) -> Step:
    return Step("Set", f"{name}={text}")


def play(sound: str, *, answered: bool = True) -> Step:
    """A sentence heard whole; with `answered=False` the call is not answered (nor billed) for it."""
    return Step("Playback", sound if answered else f"{sound},noanswer", sounds=(sound,))
