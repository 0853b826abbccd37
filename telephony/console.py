"""Commands to a running Asterisk by its control socket, as its own remote console sends them."""

import asyncio
from contextlib import suppress
from pathlib import Path

_LONGEST_ANSWER = 1_000_000


class NoConsole(Exception):
    """Nobody answers at the control socket, or not in time."""


async def console(control: Path, command: str, deadline: float = 5.0) -> str:
    """What Asterisk answers to `command` (one line) within `deadline` seconds. Raises NoConsole."""
    try:
        async with asyncio.timeout(deadline):
            return await _ask(control, command)
    except (OSError, TimeoutError) as problem:
        raise NoConsole(f"la central no respondió «{command}» en {control}") from problem


async def _ask(control: Path, command: str) -> str:
    reader, writer = await asyncio.open_unix_connection(control)
    try:
        await reader.readuntil(b"\n")
        writer.write(b"cli quit after " + command.encode() + b"\0")
        await writer.drain()
        answer = await reader.read(_LONGEST_ANSWER)
        while piece := await reader.read(_LONGEST_ANSWER):
            answer += piece
        return answer.replace(b"\0", b"").decode(errors="replace").strip()
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
