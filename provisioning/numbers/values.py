"""The values of this room: a number of the inventory, what happened to it, what is asked for and refused."""

from dataclasses import dataclass
from datetime import datetime

from provisioning.numbers.states import Move, NumberKind, NumberState


@dataclass(frozen=True, slots=True)
class Entry:
    """A number to take into the inventory: E.164, and who delivers it to which subsidiary (`AR`)."""

    e164: str
    kind: NumberKind
    subsidiary: str
    carrier: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a number is: the plan's name, its subsidiary and account, and the alta's id, if any."""

    plan: str
    subsidiary: str
    account: str
    alta: int | None = None


@dataclass(frozen=True, slots=True)
class InventoryNumber:
    """A number as it stands. `linked` are the numbers (E.164) on the other side: of a header the public
    number mounted on it, of a public number its headers. `since` is when its state began, `until` when its
    quarantine ends. The carrier was asked for it, or for one on this header, at `asked_at`, gave it at
    `granted_at`, and confirmed at `linked_at` that its calls arrive.
    """

    id: int
    e164: str
    kind: NumberKind
    state: NumberState
    subsidiary: str
    carrier: str
    alta: int | None
    plan: str | None
    account: str
    note: str
    since: datetime
    until: datetime | None
    revision: int
    asked_at: datetime | None = None
    granted_at: datetime | None = None
    linked_at: datetime | None = None
    linked: tuple[str, ...] = ()

    @property
    def back(self) -> NumberState:
        """Where it stands while the PBX does not have it: as far as the carrier is."""
        if self.linked_at:
            return NumberState.LINKED
        if self.granted_at:
            return NumberState.GRANTED
        return NumberState.REQUESTED if self.asked_at else NumberState.RESERVED


@dataclass(frozen=True, slots=True)
class Happened:
    """A row of the history. `move` is one of `Move`, or `add`, `note`, `carrier`."""

    at: datetime
    actor: str
    move: str
    before: NumberState | None
    after: NumberState
    alta: int | None
    plan: str | None
    other: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class NumberFilter:
    """Which numbers; what is empty asks for nothing. `text`: a number in any writing, part of one, words."""

    text: str = ""
    kind: NumberKind | None = None
    state: NumberState | None = None
    subsidiary: str = ""
    carrier: str = ""
    plan: str = ""
    alta: int | None = None


ANY = NumberFilter()


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """Some numbers in the order of E.164, and the mark of the following ones (None at the end)."""

    items: tuple[InventoryNumber, ...]
    next: str | None


class NumberRefused(ValueError):
    """It cannot be done to this number; the text says why, and what to do instead."""


class NoSuchNumber(NumberRefused):
    """The inventory does not have it."""


class NumberTaken(NumberRefused):
    """The number, in whatever writing, is somebody's already. `e164` is the number, `by` whose it is."""

    def __init__(self, e164: str, by: str, text: str) -> None:
        super().__init__(text)
        self.e164, self.by = e164, by


class NoneFree(NumberRefused):
    """No number of this carrier is free."""


class NotNow(NumberRefused):
    """The number's state does not allow the move. `state` and `move` say what."""

    def __init__(self, state: NumberState, move: Move, text: str) -> None:
        super().__init__(text)
        self.state, self.move = state, move


class StaleNumber(NumberRefused):
    """Somebody else changed the number first."""
