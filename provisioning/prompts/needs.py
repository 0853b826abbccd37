"""How each prompt of a plan stands: recorded, waiting, or still in the built-in voice. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plans.model import Plan
from provisioning.prompts.known import Texts, Where
from provisioning.prompts.states import RecordingState
from provisioning.prompts.values import Recording, Waiver, same_words


class Stand(StrEnum):
    """How a prompt stands, what is to be done first before what is done."""

    OUTDATED = "outdated"
    REJECTED = "rejected"
    MISSING = "missing"
    PENDING = "pending"
    APPROVED = "approved"
    WAIVED = "waived"


TO_RECORD = frozenset({Stand.OUTDATED, Stand.REJECTED, Stand.MISSING})
COUNT = (RecordingState.PENDING, RecordingState.APPROVED, RecordingState.REJECTED)
"""The states of recordings on which it depends how their prompt stands."""
DONE = frozenset({Stand.APPROVED, Stand.WAIVED})


@dataclass(frozen=True)
class PromptNeed:
    """A prompt: its newest text, how it stands, its recordings (the newest first), and where it is heard how.

    `approved` still says the text. `sounds` is what it sounds like in the PBX, by where: a sound's name, or
    None for the built-in voice. `texts` are what it says there, where that is another text.
    """

    prompt: str
    text: str | None
    stand: Stand
    recordings: tuple[Recording, ...]
    approved: Recording | None
    waiver: Waiver | None
    sounds: Mapping[Where, str | None]
    texts: Mapping[Where, str | None]

    @property
    def pending(self) -> tuple[Recording, ...]:
        return tuple(each for each in self.recordings if each.state is RecordingState.PENDING)

    @property
    def last(self) -> Recording | None:
        """The recording that people talk about: what waits, else what is approved, else the newest."""
        return next(iter(self.pending), self.approved or next(iter(self.recordings), None))

    def kept(self, where: Where) -> Recording | None:
        """The recording that is heard there, when it was approved for what the prompt says and was at most
        replaced since.
        """
        good, sound = (RecordingState.APPROVED, RecordingState.REPLACED), self.sounds.get(where)
        fitting = (each for each in self.recordings if same_words(each.said, self.text))
        return next((each for each in fitting if each.state in good and each.sound == sound), None)

    def heard(self, where: Where) -> bool:
        """Whether the approved recording is what is heard there."""
        return self.approved is not None and self.sounds.get(where) == self.approved.sound


@dataclass(frozen=True)
class PlanNeeds:
    """A plan's prompts, in the plan's order."""

    plan: Plan
    wheres: tuple[Where, ...]
    needs: tuple[PromptNeed, ...]

    @property
    def counts(self) -> Mapping[Stand, int]:
        return Counter(need.stand for need in self.needs)

    @property
    def to_record(self) -> int:
        return sum(need.stand in TO_RECORD for need in self.needs)

    @property
    def to_approve(self) -> int:
        return sum(need.stand is Stand.PENDING for need in self.needs)

    @property
    def done(self) -> int:
        return sum(need.stand in DONE for need in self.needs)

    def need(self, prompt: str) -> PromptNeed | None:
        return next((each for each in self.needs if each.prompt == prompt), None)

    def awaiting(self, person: str) -> PromptNeed | None:
        """The first whose recording waits for this person's word: somebody else made it."""
        waiting = (each for each in self.needs if each.pending and each.pending[0].by != person)
        return next(waiting, None)


def needs_of(texts: Texts, recordings: Iterable[Recording], waivers: Iterable[Waiver]) -> PlanNeeds:
    """How a plan's prompts stand; `texts` are at least one, `recordings` the newest first."""
    plan = texts[0].plan
    kept, waived = list(recordings), {waiver.prompt: waiver for waiver in waivers}
    names = dict.fromkeys(prompt for text in texts for prompt in text.plan.prompts)
    needs = (
        _need(name, texts, [each for each in kept if each.prompt == name], waived.get(name)) for name in names
    )
    return PlanNeeds(plan, tuple(text.where for text in texts), tuple(needs))


def _need(prompt: str, texts: Texts, recordings: Sequence[Recording], waiver: Waiver | None) -> PromptNeed:
    said = {text.where: text.plan.prompts[prompt].text for text in texts if prompt in text.plan.prompts}
    newest = next(iter(said.values()))
    approved = next((each for each in recordings if each.state is RecordingState.APPROVED), None)
    fits = approved is not None and same_words(approved.said, newest)
    stands = waiver if waiver is not None and same_words(waiver.said, newest) else None
    return PromptNeed(
        prompt=prompt,
        text=newest,
        stand=_stand(recordings, newest, approved if fits else None, stands),
        recordings=tuple(recordings),
        approved=approved if fits else None,
        waiver=stands,
        sounds={text.where: text.recordings.get(prompt) for text in texts if prompt in text.plan.prompts},
        texts={where: text for where, text in said.items() if not same_words(text, newest)},
    )


def _stand(
    recordings: Sequence[Recording], text: str | None, approved: Recording | None, waiver: Waiver | None
) -> Stand:
    counting = [each for each in recordings if each.state in COUNT]
    fitting = [each for each in counting if same_words(each.said, text)]
    if any(each.state is RecordingState.PENDING for each in fitting):
        return Stand.PENDING
    if approved is not None:
        return Stand.APPROVED
    if waiver is not None:
        return Stand.WAIVED
    if fitting and fitting[0].state is RecordingState.REJECTED:
        return Stand.REJECTED
    return Stand.OUTDATED if counting and not fitting else Stand.MISSING
