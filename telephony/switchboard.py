"""What a PBX's channels do beside naming calls: bridges, holds, who dials whom. Pure state, no facts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from telephony.bridges import Bridges
from telephony.events import AmiEvent, AmiMessage
from telephony.names import party, phone

A_MOMENT = timedelta(seconds=0.25)
"""A phone that takes a call off hold to connect two others does so by then; one that mixes them does not."""


class Switchboard:
    """Channels by uniqueid; all of a channel is forgotten when it hangs up.

    `party_of` says who is at a channel: an extension, an outside number, nobody known. `dials` has, for a
    channel that is dialling, each leg with its party; `waits` the queue in which a phone's own call waits.
    """

    def __init__(self) -> None:
        self.bridges = Bridges()
        self.party_of: dict[str, str] = {}
        self.dials: dict[str, dict[str, str]] = {}
        self.waits: dict[str, str] = {}
        self.held: set[str] = set()
        self._outside: dict[str, str] = {}
        self._resumed: dict[frozenset[str], datetime] = {}

    def __len__(self) -> int:
        known = len(self.party_of) + len(self.dials) + len(self.waits) + len(self._outside)
        return known + len(self.bridges) + len(self.held) + len(self._resumed)

    def marked(self, channel: str, dialled: str) -> None:
        """What this channel dials next is that outside number."""
        self._outside[channel] = party(dialled)

    def dial_begins(self, event: AmiEvent) -> None:
        channel, leg = event.get("Uniqueid"), event.get("DestUniqueid")
        who = phone(event.get("DestChannel")) or self._outside.get(channel)
        if who:
            self.party_of[leg] = who
            self.dials.setdefault(channel, {})[leg] = who

    def dial_ends(self, event: AmiEvent) -> None:
        channel = event.get("Uniqueid")
        self.dials.get(channel, {}).pop(event.get("DestUniqueid"), None)
        if not self.dials.get(channel, True):
            del self.dials[channel]

    def queue_joined(self, event: AmiEvent) -> None:
        self.waits[event.get("Uniqueid")] = event.get("Queue")

    def enters(self, channel: str, name: str, bridge: str) -> None:
        """`name` is the channel's (`PJSIP/101-00000007`): that of a call picked up is the other phone's."""
        who = phone(name)
        if who:
            self.party_of[channel] = who
        self.bridges.enter(channel, bridge)

    def leaves(self, channel: str) -> None:
        self.bridges.leave(channel)
        self._unmix(channel)

    def holds(self, channel: str) -> None:
        self.held.add(channel)
        self._unmix(channel)

    def resumes(self, channel: str, at: datetime) -> None:
        """A phone that takes a call back while it speaks in another one may mix them from now on."""
        self.held.discard(channel)
        for other in self._other_calls(channel):
            self._resumed[frozenset((channel, other))] = at

    def connects(self, channel: str) -> None:
        """The PBX takes off hold what was not held: the phone connects its two others and mixes nothing."""
        self._unmix(channel)

    def _other_calls(self, channel: str) -> Iterable[str]:
        who = self.party_of.get(channel)
        for other, its in self.party_of.items():
            if its == who and other != channel and other not in self.held and self.bridges.bridged(other):
                yield other

    def _unmix(self, channel: str) -> None:
        for pair in [pair for pair in self._resumed if channel in pair]:
            del self._resumed[pair]
        self.bridges.unmix(channel)

    def mixed_before(self, at: datetime, channel: str) -> tuple[str, datetime] | None:
        """A phone that has mixed two calls for more than a moment, one of which `channel` is in.

        They are linked from now on; the answer is a channel of the two and since when.
        """
        for pair, since in self._resumed.items():
            if at - since > A_MOMENT and any(channel in self.bridges.reach(one) for one in pair):
                del self._resumed[pair]
                one, other = sorted(pair)
                self.bridges.mix(one, other)
                return one, since
        return None

    def forget(self, channel: str) -> None:
        self._unmix(channel)
        self.bridges.forget(channel)
        self.held.discard(channel)
        self.dials.pop(channel, None)
        for known in (self.party_of, self.waits, self._outside):
            known.pop(channel, None)

    def adopt(self, channels: Iterable[AmiMessage]) -> None:
        """How it stands now, by the items of `CoreShowChannels`; channels that are not there are gone."""
        rows = [row for row in channels if row.get("Uniqueid")]
        live = {row.get("Uniqueid") for row in rows}
        for channel in [*self.party_of, *self.dials, *self.waits, *self.held, *self._outside]:
            if channel not in live:
                self.forget(channel)
        self.bridges.keep(live)
        for row in rows:
            if row.get("BridgeId"):
                self.enters(row.get("Uniqueid"), row.get("Channel"), row.get("BridgeId"))
            else:
                self.leaves(row.get("Uniqueid"))
