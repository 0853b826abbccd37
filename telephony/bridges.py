"""Which channels of a PBX hear each other. Pure; channels and bridges are their uniqueids.

Two channels hear each other in one bridge, through the two ends of a Local channel, or through a phone that
mixes two calls of its own. What is asked is who is reached from a channel through any number of these.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator


class Bridges:
    """The channels that are in bridges, paired or mixed; who is in none of these is not remembered."""

    def __init__(self) -> None:
        self._bridge_of: dict[str, str] = {}
        self._inside: defaultdict[str, set[str]] = defaultdict(set)
        self._paired = Links()
        self._mixed = Links()

    def __len__(self) -> int:
        return len(self._bridge_of) + len(self._paired) + len(self._mixed)

    def enter(self, channel: str, bridge: str) -> None:
        """A channel is in one bridge at a time: it leaves the one before."""
        self.leave(channel)
        self._bridge_of[channel] = bridge
        self._inside[bridge].add(channel)

    def leave(self, channel: str) -> None:
        bridge = self._bridge_of.pop(channel, None)
        if bridge is not None:
            self._inside[bridge].discard(channel)
            if not self._inside[bridge]:
                del self._inside[bridge]

    def pair(self, one: str, other: str) -> None:
        """The two ends of a Local channel."""
        self._paired.add(one, other)

    def mix(self, one: str, other: str) -> None:
        """Two calls of a phone that mixes them."""
        self._mixed.add(one, other)

    def unmix(self, channel: str) -> None:
        self._mixed.remove(channel)

    def forget(self, channel: str) -> None:
        self.leave(channel)
        self._paired.remove(channel)
        self._mixed.remove(channel)

    def keep(self, live: Collection[str]) -> None:
        """Forgets every channel that is not `live`."""
        for channel in {*self._bridge_of, *self._paired, *self._mixed} - {*live}:
            self.forget(channel)

    def bridged(self, channel: str) -> bool:
        return channel in self._bridge_of

    def beside(self, channel: str) -> frozenset[str]:
        """The others in the channel's own bridge."""
        return frozenset(self._inside.get(self._bridge_of.get(channel, ""), ())) - {channel}

    def reach(self, channel: str, *, mixed: bool = True) -> frozenset[str]:
        """Everybody who is reached from the channel, itself included; through mixing phones if `mixed`."""
        found, left = {channel}, [channel]
        while left:
            at = left.pop()
            heard = self.beside(at) | self._paired.of(at) | (self._mixed.of(at) if mixed else frozenset())
            left += heard - found
            found |= heard
        return frozenset(found)


class Links:
    """Pairs of channels, either way round."""

    def __init__(self) -> None:
        self._of: defaultdict[str, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def add(self, one: str, other: str) -> None:
        self._of[one].add(other)
        self._of[other].add(one)

    def remove(self, channel: str) -> None:
        for other in self._of.pop(channel, ()):
            self._of[other].discard(channel)
            if not self._of[other]:
                del self._of[other]

    def of(self, channel: str) -> frozenset[str]:
        return frozenset(self._of.get(channel, ()))
