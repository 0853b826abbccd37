"""Who is available: the PBX's own queue members are the truth; here is what we know of them."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from staff.people import Person
from telephony.exchange import AmiError
from telephony.facts import PhoneChanged

Availability = Literal["available", "paused", "no-phone"]
NOT_REGISTERED = "Su teléfono no está registrado: ábralo, o las llamadas no le van a sonar."


class PresenceRefused(Exception):
    """The availability could not be changed; the text says why and what to do."""


class QueueMember(Protocol):
    @property
    def extension(self) -> str: ...
    @property
    def paused(self) -> bool: ...
    @property
    def state(self) -> str: ...


class Queues(Protocol):
    """The PBX's queues; `telephony.queues.QueueDesk` is it."""

    async def add(self, extension: str, queue: str, name: str, /) -> None: ...
    async def remove(self, extension: str, queue: str, /) -> None: ...
    async def members(self) -> Mapping[str, Sequence[QueueMember]]: ...


class Watches(Protocol):
    """Who is told; `cases.board.Board` is it."""

    def person_changed(self, person: str, /) -> None: ...


class Presence:
    """Which phones serve which queues, and how each phone is.

    Nothing is kept of our own: `refresh` at start, and whenever the link is back, reads what the PBX has.
    """

    def __init__(self, queues: Queues, board: Watches) -> None:
        self._queues = queues
        self._board = board
        self._serving: dict[str, frozenset[str]] = {}
        self._phones: dict[str, str] = {}

    async def refresh(self) -> None:
        """Read the members from the PBX. What the link raises passes through."""
        members = await self._queues.members()
        found = [(member, queue) for queue, in_queue in members.items() for member in in_queue]
        self._serving = {
            member.extension: frozenset(
                queue for other, queue in found if other.extension == member.extension and not other.paused
            )
            for member, _ in found
        }
        self._phones |= {member.extension: member.state for member, _ in found}

    async def available(self, person: Person) -> str | None:
        """Add the person's phone to the queues of their groups.

        Answers a sentence when the phone is not registered, which is allowed. Raises `PresenceRefused`.
        """
        extension = _extension(person)
        if not person.groups:
            raise PresenceRefused("Su cuenta no tiene grupos: pida a un administrador que le asigne uno.")
        try:
            for queue in person.groups:
                await self._queues.add(extension, queue, person.full_name)
                self._serving[extension] = self._of(extension) | {queue}
        except AmiError as error:
            raise _refused(error) from error
        finally:
            self._board.person_changed(person.name)
        return NOT_REGISTERED if self.phone(extension) == "unavailable" else None

    async def pause(self, person: Person) -> None:
        """Take the person's phone out of every queue it serves. Raises `PresenceRefused`."""
        extension = _extension(person)
        try:
            for queue in sorted(self._of(extension).union(person.groups)):
                await self._queues.remove(extension, queue)
                self._serving[extension] = self._of(extension) - {queue}
        except AmiError as error:
            raise _refused(error) from error
        finally:
            self._board.person_changed(person.name)

    def state(self, person: Person) -> Availability:
        """Whether calls may reach the person: in at least one queue."""
        if person.extension is None:
            return "no-phone"
        return "available" if self._of(person.extension) else "paused"

    def groups(self, person: Person) -> tuple[str, ...]:
        """The queues that the person's phone serves now."""
        return tuple(sorted(self._of(person.extension))) if person.extension else ()

    def phone(self, extension: str) -> str:
        """`unavailable` (not registered), `idle`, `ringing` or `busy`."""
        return self._phones.get(extension, "unavailable")

    def phone_changed(self, change: PhoneChanged, person: str | None) -> None:
        """A phone changed; `person` is whose it is."""
        if self._phones.get(change.extension) == change.state:
            return
        self._phones[change.extension] = change.state
        if person is not None:
            self._board.person_changed(person)

    def _of(self, extension: str) -> frozenset[str]:
        return self._serving.get(extension, frozenset())


def _extension(person: Person) -> str:
    if person.extension is None:
        raise PresenceRefused("Su cuenta no tiene teléfono: pida a Sistemas que le asigne un interno.")
    return person.extension


def _refused(error: AmiError) -> PresenceRefused:
    return PresenceRefused(f"La central no lo hizo ({error}). Espere unos segundos y vuelva a intentarlo.")
