"""Who speaks with a caller, and what is told when that changes. Pure.

A party is an extension, an outside number or the id of another call. One who leaves while nobody else stays
is told only once the call goes on: a call that ends takes its parties with it.
"""

from collections.abc import Sequence
from datetime import datetime

from telephony.facts import CallFact, PartyJoined, PartyLeft


class Conversation:
    """The parties of one call."""

    def __init__(self, call: str) -> None:
        self._call = call
        self._parties: set[str] = set()
        self._awaited: str | None = None
        self._gone: dict[str, datetime] = {}

    def answered(self, party: str) -> None:
        """`party` was told as the one who answered; the PBX joins the two in a moment."""
        self._parties = {party}
        self._awaited = party
        self._gone.clear()

    def passed_on(self) -> None:
        """Whoever spoke with the caller passed it on, and that was told."""
        self._parties.clear()
        self._gone.clear()
        self._awaited = None

    def stands(self, parties: Sequence[str]) -> None:
        """So it is, and it was told before."""
        self._parties = set(parties)

    def changed(self, parties: Sequence[str], at: datetime) -> list[CallFact]:
        """`parties` speak with the caller now."""
        now = set(parties)
        if self._awaited in now:
            self._awaited = None
        back = self._gone.keys() & now
        self._parties |= back
        for party in back:
            del self._gone[party]
        left = sorted(self._parties - now - {self._awaited or ""})
        if not now:
            self._gone.update(dict.fromkeys(left, at))
            self._parties.difference_update(left)
            return []
        joined = sorted(now - self._parties)
        self._parties = now
        facts: list[CallFact] = self.goes_on() if joined else []
        facts += [PartyJoined(self._call, at, party) for party in joined]
        return facts + [PartyLeft(self._call, at, party) for party in left]

    def goes_on(self) -> list[CallFact]:
        """Those who left before, now that the call has not ended with it."""
        gone, self._gone = self._gone, {}
        return [PartyLeft(self._call, at, party) for party, at in gone.items()]

    def all_leave(self, at: datetime) -> list[CallFact]:
        """Everybody leaves at once and the call goes on."""
        left = [PartyLeft(self._call, at, party) for party in sorted(self._parties)]
        facts = [*self.goes_on(), *left]
        self.passed_on()
        return facts
