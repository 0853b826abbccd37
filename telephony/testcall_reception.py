"""How sound comes to the caller of a test call, as the PBX counts its RTP while the call stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from statistics import mean

from ivr_audio.reception import Reception
from telephony.exchange import AmiError
from telephony.queues import Actions
from telephony.testcall_events import Witness

_LOOK = 0.5
"""Seconds between two looks: the desk rings for as long after the last prompt, and with its answer begins
another stream, whose counts begin anew."""
_ASKED = "CHANNEL(rtcp,all)"


@dataclass
class _Stream:
    packets: int = 0
    lost: int = 0
    jitters: list[float] = field(default_factory=list)


class Meter:
    """Adds up the streams that come in, each known by its source (SSRC)."""

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}

    def reads(self, told: str) -> None:
        """What `CHANNEL(rtcp,all)` says: `name=value` with semicolons between.

        The jitter of what comes in stands under `txjitter`, in seconds: it is what our reports transmit.
        """
        values = dict(pair.partition("=")[::2] for pair in told.split(";"))
        try:
            packets, lost = int(values["rxcount"]), int(values["lp"])
            jitter = float(values["txjitter"])
        except (KeyError, ValueError):
            return
        if packets > 0:
            stream = self._streams.setdefault(values.get("themssrc", ""), _Stream())
            stream.packets, stream.lost = packets, max(lost, 0)
            stream.jitters.append(jitter)

    @property
    def reception(self) -> Reception:
        """Jitter is the mean of what was looked at: a stream's first packets tell too much of it."""
        streams = self._streams.values()
        jitters = [jitter for stream in streams for jitter in stream.jitters]
        return Reception(
            packets=sum(stream.packets for stream in streams),
            lost=sum(stream.lost for stream in streams),
            jitter_ms=round(mean(jitters or [0.0]) * 1000),
        )


@asynccontextmanager
async def measured(acts: Actions, witness: Witness) -> AsyncIterator[Meter]:
    """Looks at the call's channel until its end."""
    meter = Meter()
    looking = asyncio.create_task(_looks(acts, witness, meter), name=f"reception of {witness.call.id}")
    try:
        yield meter
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _looks(acts: Actions, witness: Witness, meter: Meter) -> None:
    """A channel that is gone says nothing more."""
    while not witness.over:
        if witness.hears:
            with suppress(AmiError):
                answer = await acts.action("Getvar", {"Channel": witness.hears, "Variable": _ASKED})
                meter.reads(answer[0].get("Value"))
        await asyncio.sleep(_LOOK)
