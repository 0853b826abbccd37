"""The people who answer, as a supervisor sees them now: who takes calls, talks, or pauses and why. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cases.presence import Availability, Pause, Presence
from cases.views import CallView
from staff.people import Person

_ORDER: Mapping[Availability, int] = {"available": 1, "paused": 2, "off": 4, "no-phone": 5}
_UNREACHABLE = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One who answers. `phone` is the telephone's state, `call` the call they are in, `seen` whether who
    looks may know whose.
    """

    name: str
    extension: str
    groups: tuple[str, ...]
    state: Availability
    pause: Pause | None
    phone: str
    call: CallView | None
    seen: bool

    @property
    def since(self) -> datetime | None:
        """When the call or the pause began."""
        if self.call is not None:
            return self.call.answered or self.call.started
        return self.pause.since if self.pause else None

    @property
    def registered(self) -> bool:
        return self.phone not in ("unavailable", "")


def team(
    people: Iterable[Person],
    presence: Presence,
    talking: Callable[[str], Iterable[CallView]],
    shows: Callable[[CallView], bool],
) -> tuple[Member, ...]:
    """Everybody active with a telephone and a queue: in a call first, then by what they are ready for.

    `shows` says whether a call is in the sight of who looks.
    """
    answering = (person for person in people if person.active and person.groups)
    members = (_member(person, presence, talking, shows) for person in answering)
    return tuple(sorted((each for each in members if each is not None), key=_place))


def _member(
    person: Person,
    presence: Presence,
    talking: Callable[[str], Iterable[CallView]],
    shows: Callable[[CallView], bool],
) -> Member | None:
    if person.extension is None:
        return None
    call = next(iter(talking(person.name)), None)
    return Member(
        name=person.full_name,
        extension=person.extension,
        groups=person.groups,
        state=presence.state(person),
        pause=presence.paused(person),
        phone=presence.phone(person.extension),
        call=call,
        seen=call is not None and shows(call),
    )


def _place(member: Member) -> tuple[int, str]:
    return _rank(member), member.name.casefold()


def _rank(member: Member) -> int:
    if member.call is not None:
        return 0
    if member.state == "available" and not member.registered:
        return _UNREACHABLE
    return _ORDER[member.state]
