"""The gaps in listening to the PBX, in words. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from altavoz.watch_finds import sentence
from telephony.journal_store import LinkGap
from web import words
from web.status_lines import Line, State


def gap_lines(gaps: Iterable[LinkGap], now: datetime, zone: ZoneInfo) -> Iterator[Line]:
    """A line a gap: from when to when, and what the PBX's journal made up for."""
    for gap in gaps:
        state = State.BAD if gap.regained is None else State.GOOD
        text = f"Sin conexión con la central: {recovered(gap)}"
        yield Line(_span(gap, now, zone), state, text, sentence(gap.reason).rstrip("."))


def _span(gap: LinkGap, now: datetime, zone: ZoneInfo) -> str:
    lost = words.lately(gap.lost, now, zone)
    if gap.regained is None:
        return f"Desde {lost}"
    return f"{lost} – {words.lately(gap.regained, gap.lost, zone)}"


def recovered(gap: LinkGap) -> str:
    """`3 llamadas recuperadas`; of a gap that is open, that it is."""
    if gap.regained is None:
        return "todavía no volvió"
    if gap.calls == 1:
        return "1 llamada recuperada"
    return f"{gap.calls} llamadas recuperadas" if gap.calls else "ninguna llamada que recuperar"
