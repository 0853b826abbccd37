"""What happened to a call, in the words of the field. Values only; the tracker makes them, intake takes them.

`call` is the id that names a call for ever: `<pbx>-<uniqueid of the trunk channel>`. `at` is an aware UTC
instant by the PBX's clock.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallFact:
    call: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallArrived(CallFact):
    """A call reached a line of ours. `line` and `caller` are E.164; an anonymous caller is None."""

    linkedid: str
    line: str
    plan: str
    version: str
    carrier: str
    caller: str | None
    caller_name: str


@dataclass(frozen=True, slots=True)
class ChoiceMade(CallFact):
    """The caller pressed a key of a menu."""

    menu: str
    digit: str


@dataclass(frozen=True, slots=True)
class DigitsEntered(CallFact):
    """The caller typed digits for what `name` asks (`documento`)."""

    name: str
    digits: str


@dataclass(frozen=True, slots=True)
class CallQueued(CallFact):
    queue: str
    priority: int


@dataclass(frozen=True, slots=True)
class CallRinging(CallFact):
    """A coordinator's phone rings. `extension` names the phone (`101`).

    `queue` is empty when no queue rings it: the call was passed to that very phone.
    """

    queue: str
    extension: str


@dataclass(frozen=True, slots=True)
class RingUnanswered(CallFact):
    """That phone stopped ringing and its coordinator did not answer."""

    queue: str
    extension: str


@dataclass(frozen=True, slots=True)
class CallAnswered(CallFact):
    """Somebody answered: a coordinator by `extension`, or the outside `number` on duty (E.164)."""

    queue: str | None
    extension: str | None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class CallHeld(CallFact):
    """The phone `extension` put the caller on hold (of an outgoing call: whom it had called)."""

    extension: str


@dataclass(frozen=True, slots=True)
class CallResumed(CallFact):
    """The phone `extension` took the caller off hold."""

    extension: str


@dataclass(frozen=True, slots=True)
class CallTransferred(CallFact):
    """The phone `by` passed the caller on. `way` is `blind` or `attended`.

    `to` is an extension (`102`), a queue's name, an outside number (E.164), or the id of another call to us;
    empty when it was nothing that can be called. After a blind one `by` speaks with the caller no more
    (no PartyLeft says so), and nobody does until CallAnswered; what cannot be reached leads to CallQueued.
    """

    way: str
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class PartyJoined(CallFact):
    """Somebody else speaks with the caller now, besides or after whoever answered.

    `party` is an extension (`102`), an outside number (E.164), or the id of another call to us that was
    bridged with this one.
    """

    party: str


@dataclass(frozen=True, slots=True)
class PartyLeft(CallFact):
    """`party` speaks with the caller no more, and the call goes on."""

    party: str


@dataclass(frozen=True, slots=True)
class CallPlaced(CallFact):
    """A coordinator's phone calls an outside `number` by `carrier`, showing `shown` (E.164 or empty).

    `number` is E.164, or a short code as it was dialled (`911`). It begins an outgoing call: `call` is named
    by the phone's own channel. `CallAnswered` (with `number`), `CallHeld`, `CallResumed` and `CallEnded`
    follow as for any call.
    """

    linkedid: str
    extension: str
    number: str
    carrier: str
    shown: str


@dataclass(frozen=True, slots=True)
class CallbackOwed(CallFact):
    """The caller was promised a call back by the queue's coordinators."""

    queue: str


@dataclass(frozen=True, slots=True)
class CallEnded(CallFact):
    """The trunk channel is gone.

    `outcome`: `answered`, `callback`, `abandoned` (the caller hung up), `closed` (outside hours) or
    `unserved` (the PBX ended it). `phase` is where it ended: `greeting`, `menu`, `queue`, `ringing`,
    `talking`, `callback`. `by` is `caller`, `coordinator` or `pbx`. `cause` is the Q.850 number.

    Of an outgoing call `outcome` is `answered` or `unanswered`, `phase` is `ringing` or `talking` and `by` is
    `coordinator`, `called` (whom it had called) or `pbx`.
    """

    outcome: str
    phase: str
    by: str
    cause: int


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The link to the PBX was lost `at`: what happens from then on is known from its journal only."""

    pbx: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """A coordinator's phone changed: `unavailable` (not registered), `idle`, `ringing` or `busy`."""

    extension: str
    state: str


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that had not ended when this process stopped, as its record knows it: for `CallTracker.resume`.

    `phase` is a word of `CallEnded.phase`; `answered`, `callback` and `closed` say what already happened.
    """

    call: str
    linkedid: str
    phase: str
    answered: bool = False
    callback: bool = False
    closed: bool = False
