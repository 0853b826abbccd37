"""Whether the PBX's addresses are free before it starts, and whether its AMI answers after."""

import asyncio
import errno
import socket

from telephony.layout import PbxAddresses

_BANNER = b"Asterisk Call Manager/"
_REASONS = {
    errno.EADDRINUSE: "ya lo usa otro programa",
    errno.EADDRNOTAVAIL: "esa dirección no es de esta máquina",
    errno.EACCES: "hace falta permiso para ese puerto",
}


def taken(addresses: PbxAddresses) -> str | None:
    """What to say when another program has one of the addresses, or when one is not this machine's."""
    wanted = (
        ("ALTAVOZ_SIP", addresses.sip, socket.SOCK_DGRAM),
        ("ALTAVOZ_SIP", addresses.sip, socket.SOCK_STREAM),
        ("ALTAVOZ_AMI", addresses.ami, socket.SOCK_STREAM),
    )
    for setting, (host, port), kind in wanted:
        problem = _problem(host, port, kind)
        if problem:
            return f"la central no puede usar {host}:{port} ({problem}); cambie {setting}"
    return None


def _problem(host: str, port: int, kind: socket.SocketKind) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _REASONS.get(error.errno or 0, error.strerror)
    return None


async def ami_answers(address: tuple[str, int]) -> bool:
    """True when an Asterisk's manager greets at `address`."""
    host, port = address
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(_reachable(host), port)
            try:
                return (await reader.read(len(_BANNER))).startswith(_BANNER)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
