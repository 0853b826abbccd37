"""Who was on hold when a gap began. Pure.

Neither the journal nor a phone's state tells of holds: what was known before the gap is taken to last.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from telephony.events import AmiEvent, AmiMessage
from telephony.facts import CallEnded, CallFact, CallHeld, CallQueued, CallResumed, CallTransferred
from telephony.names import phone

_OVER = (CallResumed, CallTransferred, CallQueued, CallEnded)


def held_by(facts: Iterable[CallFact]) -> str | None:
    """The phone that holds the call, as far as its facts say."""
    holder = None
    for fact in sorted(facts, key=lambda fact: fact.at):
        if isinstance(fact, CallHeld):
            holder = fact.extension
        elif isinstance(fact, _OVER):
            holder = None
    return holder


def holds_before(
    pbx: str, known: Mapping[str, Sequence[CallFact]], channels: Sequence[AmiMessage], at: datetime
) -> Iterator[AmiEvent]:
    """The hold of each call that is held by what is `known` of it (id → facts), as AMI would say it anew.

    `channels` are the items of CoreShowChannels: the phone must still be in the call's bridge.
    """
    bridges = {f"{pbx}-{row.get('Uniqueid')}": row.get("BridgeId") for row in channels}
    for call, facts in known.items():
        holder, bridge = held_by(facts), bridges.get(call)
        for row in channels if holder and bridge else ():
            if row.get("BridgeId") == bridge and phone(row.get("Channel")) == holder:
                yield _hold(row, at)


def _hold(row: AmiMessage, at: datetime) -> AmiEvent:
    headers = {"Event": "Hold", **{name: row.get(name) for name in ("Channel", "Uniqueid", "Linkedid")}}
    return AmiEvent("Hold", MappingProxyType(headers), at)
