"""Which sounds a plan's callers must hear: approved recordings, else the voice of the house."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialplan import sentences
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.telephone import RATE
from plans.model import PlanVersion
from plans.site import Site
from provisioning.proof.hearing import Prompts
from provisioning.proof.recordings import samples_of

_SENTENCES = {
    sentences.WRONG_KEY: "«opción no válida»",
    sentences.WRONG_DIGITS: "«número ingresado no válido»",
    sentences.CALLBACK: "«le devolveremos la llamada»",
}


class NoSound(Exception):
    """A prompt of the plan has no sound to compare with; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The names of sounds in the PBX: what must be heard, by prompt, and what may be heard instead."""

    expected: Mapping[str, str]
    others: Mapping[str, str]


def wanted(version: PlanVersion, site: Site, approved: Mapping[str, str]) -> Wanted:
    """An approved recording goes before the one that the version was published with. Pure."""
    language = site.subsidiaries[version.plan.subsidiary].language
    spoken = {
        name: spoken_name(Speech(prompt.text, language))
        for name, prompt in version.plan.prompts.items()
        if prompt.text
    }
    expected = spoken | dict(version.recordings) | dict(approved)
    others = {words: spoken_name(Speech(text, language)) for text, words in _SENTENCES.items()}
    for name, sound in expected.items():
        if version.recordings.get(name, sound) != sound:
            others[f"la grabación anterior de «{name}»"] = version.recordings[name]
        if name in spoken and spoken[name] != sound:
            others[f"la voz de la casa en «{name}»"] = spoken[name]
    return Wanted(expected, others)


def durations(found: Prompts) -> dict[str, float]:
    """Seconds that each prompt lasts."""
    return {name: len(sound) / RATE for name, sound in found.expected.items()}


def read(sounds: SoundStore, names: Wanted) -> Prompts:
    """The samples of all that is there. Raises NoSound when an expected one is not."""
    missing = {prompt for prompt, name in names.expected.items() if not sounds.path(name).is_file()}
    if missing:
        raise NoSound(
            f"La locución «{min(missing)}» no tiene sonido en la central: publique el plan otra vez."
        )
    others = {words: sounds.path(name) for words, name in names.others.items()}
    return Prompts(
        {prompt: samples_of(sounds.path(name)) for prompt, name in names.expected.items()},
        {words: samples_of(path) for words, path in others.items() if path.is_file()},
    )
