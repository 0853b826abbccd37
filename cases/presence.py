"""Who is available: the PBX's own queue members are the truth; here is what we know of them.

A shift begins when a phone enters its queues and ends when it leaves them. A pause lies within it: no calls
come to the phone, but its queues count it, so that callers wait.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from staff.people import Person
from telephony.exchange import AmiError
from telephony.facts import PhoneChanged

Availability = Literal["available", "paused", "off", "no-phone"]
NOT_REGISTERED = "Su teléfono no está registrado: ábralo, o las llamadas no le van a sonar."
OFF = "Está fuera de turno: pase a «Disponible» para empezarlo."


class PauseReason(StrEnum):
    """Why somebody on shift takes no calls."""

    BATHROOM = "bathroom"
    LUNCH = "lunch"
    TRAINING = "training"
    OTHER = "other"

    @property
    def label(self) -> str:
        """How a person reads it."""
        return _LABELS[self]


_LABELS = {
    PauseReason.BATHROOM: "Baño",
    PauseReason.LUNCH: "Almuerzo",
    PauseReason.TRAINING: "Capacitación",
    PauseReason.OTHER: "Otra",
}


class PresenceRefused(Exception):
    """The availability could not be changed; the text says why and what to do."""


class QueueMember(Protocol):
    @property
    def extension(self) -> str: ...
    @property
    def paused(self) -> bool: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def paused_at(self) -> datetime | None: ...


class Queues(Protocol):
    """The PBX's queues; `telephony.queues.QueueDesk` is it."""

    async def add(self, extension: str, queue: str, name: str, devices: int, /) -> None: ...
    async def remove(self, extension: str, queue: str, /) -> None: ...
    async def pause(self, extension: str, paused: bool, reason: str, /) -> None: ...
    async def members(self) -> Mapping[str, Sequence[QueueMember]]: ...


class Watches(Protocol):
    """Who is told; `cases.board.Board` is it."""

    def person_changed(self, person: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Why, and since when by the PBX's clock (None when it does not say)."""

    reason: PauseReason
    since: datetime | None


@dataclass(frozen=True, slots=True)
class _Shift:
    """A phone in its queues; `pause` when it takes no calls of any of them."""

    queues: frozenset[str]
    pause: Pause | None


_OFF = _Shift(frozenset(), None)


class Presence:
    """Which phones serve which queues, and how each phone is.

    Nothing is kept of our own: at start, whenever the link is back and after each change, what the PBX has is
    read. `name_of` tells whose an extension is.
    """

    def __init__(self, queues: Queues, board: Watches, name_of: Callable[[str], str | None]) -> None:
        self._queues = queues
        self._board = board
        self._name_of = name_of
        self._shifts: dict[str, _Shift] = {}
        self._phones: dict[str, str] = {}

    async def refresh(self) -> None:
        """Read the members from the PBX and tell whose changed. What the link raises passes through."""
        served = _by_extension(await self._queues.members())
        shifts = {extension: _shift(served[extension]) for extension in served}
        phones = {extension: next(iter(queues.values())).state for extension, queues in served.items()}
        changed = _differing(self._shifts, shifts) | _differing(self._phones, self._phones | phones)
        self._shifts, self._phones = shifts, self._phones | phones
        for person in filter(None, map(self._name_of, sorted(changed))):
            self._board.person_changed(person)

    async def available(self, person: Person) -> str | None:
        """Add the person's phone to the queues of their groups, and end its pause.

        Answers a sentence when the phone is not registered, which is allowed. Raises `PresenceRefused`.
        """
        extension = _extension(person)
        if not person.groups:
            raise PresenceRefused("Su cuenta no tiene grupos: pida a un administrador que le asigne uno.")
        await self._changed(self._serve(extension, person))
        return NOT_REGISTERED if self.phone(extension) == "unavailable" else None

    async def arrive(self, person: Person) -> None:
        """Somebody signed in: their shift begins; their pause goes on. Raises `PresenceRefused`."""
        if self.state(person) != "paused":
            await self.available(person)

    async def pause(self, person: Person, reason: PauseReason = PauseReason.OTHER) -> None:
        """No calls come to the person's phone, and callers go on waiting. Raises `PresenceRefused`."""
        extension = _extension(person)
        if self.state(person) == "off":
            raise PresenceRefused(OFF)
        await self._changed(self._queues.pause(extension, True, reason))

    async def leave(self, person: Person) -> None:
        """The shift is over: the person's phone leaves its queues. Raises `PresenceRefused`."""
        await self._changed(self._remove(_extension(person), person))

    def state(self, person: Person) -> Availability:
        """Whether calls may reach the person: in at least one queue, and not in pause."""
        if person.extension is None:
            return "no-phone"
        shift = self._of(person.extension)
        if not shift.queues:
            return "off"
        return "paused" if shift.pause else "available"

    def paused(self, person: Person) -> Pause | None:
        """The pause that the person is in."""
        return self._of(person.extension).pause if person.extension else None

    def groups(self, person: Person) -> tuple[str, ...]:
        """The queues that the person's phone serves now, in pause or not."""
        return tuple(sorted(self._of(person.extension).queues)) if person.extension else ()

    def phone(self, extension: str) -> str:
        """`unavailable` (not registered), `idle`, `ringing` or `busy`."""
        return self._phones.get(extension, "unavailable")

    def ringable(self) -> frozenset[tuple[str, str]]:
        """Each queue with each extension that may ring for it now."""
        return frozenset(
            (queue, extension)
            for extension, shift in self._shifts.items()
            for queue in shift.queues
            if shift.pause is None and self.phone(extension) != "unavailable"
        )

    def phone_changed(self, change: PhoneChanged, person: str | None) -> None:
        """A phone changed; `person` is whose it is."""
        if self._phones.get(change.extension) == change.state:
            return
        self._phones[change.extension] = change.state
        if person is not None:
            self._board.person_changed(person)

    async def _changed(self, change: Awaitable[None]) -> None:
        """Make it and read what the PBX has then; a link that is lost meanwhile reads it when it is back."""
        try:
            await change
        except AmiError as error:
            raise PresenceRefused(
                f"La central no lo hizo ({error}). Espere unos segundos y vuelva a intentarlo."
            ) from error
        finally:
            with suppress(AmiError):
                await self.refresh()

    async def _serve(self, extension: str, person: Person) -> None:
        for queue in person.groups:
            await self._queues.add(extension, queue, person.full_name, person.devices)
        await self._queues.pause(extension, False, "")

    async def _remove(self, extension: str, person: Person) -> None:
        for queue in sorted(self._of(extension).queues.union(person.groups)):
            await self._queues.remove(extension, queue)

    def _of(self, extension: str) -> _Shift:
        return self._shifts.get(extension, _OFF)


def _by_extension(
    members: Mapping[str, Sequence[QueueMember]],
) -> Mapping[str, Mapping[str, QueueMember]]:
    """Extension → queue → the member that its phone is there."""
    served: dict[str, dict[str, QueueMember]] = defaultdict(dict)
    for queue, in_queue in members.items():
        for member in in_queue:
            served[member.extension][queue] = member
    return served


def _shift(member_in: Mapping[str, QueueMember]) -> _Shift:
    """What a phone's memberships make together: one that is not in pause lets calls through."""
    members = list(member_in.values())
    paused = all(member.paused for member in members)
    return _Shift(frozenset(member_in), _pause(members[0]) if paused else None)


def _pause(member: QueueMember) -> Pause:
    known = member.reason in list(PauseReason)
    return Pause(PauseReason(member.reason) if known else PauseReason.OTHER, member.paused_at)


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _extension(person: Person) -> str:
    if person.extension is None:
        raise PresenceRefused("Su cuenta no tiene teléfono: pida a Sistemas que le asigne un interno.")
    return person.extension
