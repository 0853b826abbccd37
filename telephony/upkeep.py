"""What the PBX writes without end is kept in bounds: its journal, its `queue_log`, its messages.

The journal loses its oldest rows a portion at a time, so that the PBX never waits for the file; SQLite uses
their room again. A text file that has grown is renamed, and the PBX told to open a new one; two are kept.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from telephony.console import NoConsole, console
from telephony.journal import NoJournal, prune
from telephony.queue_log import rotated

log = structlog.get_logger()

KEPT = timedelta(days=30)
"""How long the journal's rows are kept."""
LONGEST = 16 * 1024 * 1024
"""Bytes of a text file."""
_BREATH = 0.05


async def prune_journal(cel: Path, now: datetime, kept: timedelta = KEPT) -> int:
    """Deletes what is older than `kept`; how many rows. Raises NoJournal."""
    total = 0
    while deleted := await asyncio.to_thread(prune, cel, now - kept):
        total += deleted
        await asyncio.sleep(_BREATH)
    if total:
        log.info("journal_pruned", rows=total)
    return total


async def rotate(control: Path, files: Iterable[Path], longest: int = LONGEST) -> tuple[Path, ...]:
    """Renames the files that are longer than `longest` to `NAME.1`; which. The PBX then opens new ones.

    Until it has, it writes on in the renamed ones. A PBX that does not answer leaves all as it is.
    """
    grown = tuple(file for file in files if file.exists() and file.stat().st_size > longest)
    if not grown:
        return ()
    try:
        await console(control, "core show uptime")
        for file in grown:
            file.replace(rotated(file))
        await console(control, "module reload logger")
    except NoConsole as error:
        log.warning("logs_not_rotated", error=str(error))
        return ()
    log.info("logs_rotated", files=[file.name for file in grown])
    return grown


async def keep_in_bounds(cel: Path, control: Path, logs: Iterable[Path], now: datetime) -> None:
    """Once; what fails is said and left for the next time."""
    await rotate(control, logs)
    try:
        await prune_journal(cel, now)
    except NoJournal as error:
        log.warning("journal_not_pruned", error=str(error))
