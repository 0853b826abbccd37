"""What was heard in a test call, prompt after prompt. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ivr_audio.compare import Match, Verdict, compare, nearest
from ivr_audio.reception import Reception
from ivr_audio.telephone import RATE, Samples
from provisioning.proof.reports import Check, HeardPrompt
from provisioning.proof.telling import figures
from provisioning.proof.walk import LATE, Hears

_BACK = RATE // 2
_LONGER = RATE // 2
_LATEST = 2
_SOON = 3 * RATE
_SOUNDS = 0.02


@dataclass(frozen=True, slots=True)
class Prompts:
    """The sounds to tell apart, by what people call them: those of the plan (`expected`, by prompt), and
    others that may be heard instead, by words that say which they are."""

    expected: Mapping[str, Samples]
    others: Mapping[str, Samples]


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one prompt that had to be heard."""

    check: Check
    heard: HeardPrompt


def listened(
    hears: Sequence[Hears], heard: Samples, prompts: Prompts, came: Reception, since: float = 0.0
) -> Iterator[Told]:
    """Each prompt in its order, looked for after the one before it; what was heard `since` seconds counts."""
    begin = int(since * RATE)
    for position, wanted in enumerate(hears):
        pattern = _pattern(wanted, prompts.expected[wanted.prompt])
        match = _next(heard[begin:], pattern, came)
        other = _instead(wanted, heard, begin, match, prompts, came)
        if not other:
            match = _or_silence(match, heard[begin:], pattern)
        earlier = position > 0 and _earlier(heard[:begin], pattern, match, came)
        yield _told(wanted, match, other, begin, earlier, came)
        if match.verdict is Verdict.HEARD:
            begin = max(begin + int(match.ends * RATE) - _BACK, begin)


def _next(heard: Samples, pattern: Samples, came: Reception) -> Match:
    """A prompt as a rule follows at once: all that is left is searched only when it does not."""
    soon = came.compare(heard[: len(pattern) + _SOON], pattern)
    return soon if soon.verdict is Verdict.HEARD else came.compare(heard, pattern)


def _or_silence(match: Match, heard: Samples, pattern: Samples) -> Match:
    """Silence in a prompt's place is silence, whatever comes after it: the music of a queue, its ringing."""
    if match.verdict is Verdict.HEARD:
        return match
    place = compare(heard[: len(pattern)], pattern)
    return place if place.verdict is Verdict.SILENCE else match


def _pattern(wanted: Hears, prompt: Samples) -> Samples:
    """What of a prompt must be there: all of it, or what is heard for sure before a key."""
    if wanted.cut is None:
        return prompt
    return prompt[: int(max(wanted.cut - LATE, wanted.cut / 3) * RATE)]


def _earlier(before: Samples, pattern: Samples, match: Match, came: Reception) -> bool:
    """Whether a prompt that is not heard where it should be was heard before."""
    missed = match.verdict not in (Verdict.HEARD, Verdict.UNCLEAR)
    return missed and came.compare(before, pattern).verdict is Verdict.HEARD


def _instead(
    wanted: Hears, heard: Samples, begin: int, match: Match, prompts: Prompts, came: Reception
) -> str:
    """What was heard in a prompt's place, if it is known: another one, or one that holds it and more."""
    known = {f"la de «{name}»": sound for name, sound in prompts.expected.items() if name != wanted.prompt}
    known |= prompts.others
    if match.verdict in (Verdict.SILENCE, Verdict.UNCLEAR):
        return ""
    if match.verdict is not Verdict.HEARD:
        return _in_its_place(heard[begin:], known, came)
    if wanted.cut is not None:
        return ""
    own = prompts.expected[wanted.prompt]
    at = max(begin + int(match.offset * RATE) - _BACK, 0)
    longer = {name: sound for name, sound in known.items() if len(sound) > len(own) + _LONGER}
    holds = {name: sound for name, sound in longer.items() if compare(sound, own).verdict is Verdict.HEARD}
    found = nearest(heard[at:], holds)
    return found[0] if found and found[1].offset < match.ends - match.offset else ""


def _in_its_place(heard: Samples, known: Mapping[str, Samples], came: Reception) -> str:
    """The one that begins where something is heard first; what comes later is another prompt's turn."""
    loud = np.flatnonzero(np.abs(heard) > _SOUNDS)
    place = heard[loud[0] :] if len(loud) else heard[:0]
    near = {name: place[: len(sound) + _LATEST * RATE] for name, sound in known.items()}
    matches = {name: came.compare(near[name], sound) for name, sound in known.items()}
    there = {name: each for name, each in matches.items() if each.verdict is Verdict.HEARD}
    return min(there, key=lambda name: (there[name].offset, -len(known[name])), default="")


def _told(wanted: Hears, match: Match, other: str, begin: int, earlier: bool, came: Reception) -> Told:
    good = match.verdict is Verdict.HEARD and not other
    shift = begin / RATE
    verdict = match.verdict if good or match.verdict is not Verdict.HEARD else Verdict.ANOTHER
    kept = HeardPrompt(
        wanted.prompt,
        verdict,
        round(match.similarity, 3),
        round(match.share, 3),
        round(match.offset + shift, 2),
        round(match.ends + shift, 2),
        match.level,
    )
    found = _found(match, other, earlier, came)
    check = Check(
        "reception" if verdict is Verdict.UNCLEAR else "prompt",
        f"Se oye «{wanted.prompt}»",
        good,
        "la grabación aprobada o la voz de la casa" + (", hasta la tecla" if wanted.cut else ", entera"),
        found,
        "" if good else _advice(wanted.prompt, verdict, other, earlier),
    )
    return Told(check, kept)


def _found(match: Match, other: str, earlier: bool, came: Reception) -> str:
    if earlier:
        return "se oyó antes de tiempo, fuera de su orden"
    if other:
        return f"se oyó otra locución: {other}"
    alike = f"semejanza {match.similarity:.2f}".replace(".", ",")
    return {
        Verdict.HEARD: f"se oyó, {alike}, {match.level:.0f} dBFS",
        Verdict.ANOTHER: f"se oyó otra cosa ({alike})",
        Verdict.SILENCE: "silencio",
        Verdict.NOISE: "un ruido o tono constante",
        Verdict.CUT: f"se cortó: se oyó el {match.share * 100:.0f} % y después nada",
        Verdict.UNCLEAR: f"la línea llegó con cortes ({figures(came)}): "
        "no se puede decir si se oyó lo aprobado",
    }[match.verdict]


def _advice(prompt: str, verdict: Verdict, other: str, earlier: bool) -> str:
    if earlier:
        return "Revise el orden de «answer» y de los menús en el plan, y publíquelo otra vez."
    if other:
        return f"Revise qué grabación está aprobada para «{prompt}» y publique el plan otra vez."
    return {
        Verdict.SILENCE: "Revise que el audio vuelva al operador (RTP y cortafuegos) y que el sonido exista.",
        Verdict.NOISE: "Revise el códec con el operador y escuche la grabación de esta prueba.",
        Verdict.CUT: "Escuche la grabación: la llamada o el audio se interrumpió en medio de la locución.",
        Verdict.UNCLEAR: "Repita la prueba; si la línea sigue así, pida al operador que la revise.",
    }.get(verdict, f"Escuche la grabación de esta prueba y compárela con «{prompt}».")
