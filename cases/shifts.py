"""Taking somebody out of the queues for them: what stands against it is said, not raised."""

from cases.presence import Presence, PresenceRefused
from staff.person import Person


class Shifts:
    """Who serves queues now, for whoever keeps the accounts."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    def groups(self, person: Person) -> tuple[str, ...]:
        """The queues that the person's phone serves."""
        return self._presence.groups(person)

    async def leave(self, person: Person) -> str | None:
        """Take the phone out of every queue; a sentence about what stood against it."""
        try:
            await self._presence.leave(person)
        except PresenceRefused as refused:
            return f"El interno {person.extension} sigue en sus colas. {refused}"
        return None
