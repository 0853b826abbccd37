"""Asterisk unpacked from Debian's packages into a folder of ours, once; no root, no container."""

import asyncio
import fcntl
import os
import shutil
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

_PACKAGES = ("asterisk", "asterisk-core-sounds-es-wav", "asterisk-moh-opsound-wav")
_SUITE = "sid"
_RECIPE = " ".join((_SUITE, *_PACKAGES)) + "\n"
_STAMP = ".altavoz-unpacked"
_PARTS = (
    "usr/sbin/asterisk",
    "usr/share/asterisk/sounds/es_MX_f_Allison/vm-goodbye.wav",
    "usr/share/asterisk/moh",
)
_BEGUN = ".unpacking-"
_STEPS = {
    "running apt-get update": "se consulta la lista de paquetes de Debian…",
    "downloading packages": "se descargan los paquetes…",
    "extracting archives": "se extraen los paquetes…",
    "cleaning package lists": "se limpia lo que no hace falta…",
}
_ASK_AGAIN = 0.5
_TAIL = 15

Say = Callable[[str], None]


class NotUnpacked(Exception):
    """The PBX could not be unpacked; the message says what to do."""


async def unpack(root: Path, say: Say) -> None:
    """Makes sure that an Asterisk is unpacked in `root`; the second time at once and without a network.

    Two instances that begin together do it once. Raises NotUnpacked.
    """
    if is_unpacked(root):
        return
    root.parent.mkdir(parents=True, exist_ok=True)
    async with _alone(root.parent / ".unpack.lock", say):
        if not is_unpacked(root):
            await _unpack(root, say)


def is_unpacked(root: Path) -> bool:
    """True when the whole tree is there. One that was unpacked by hand counts."""
    stamp = root / _STAMP
    if stamp.exists():
        return stamp.read_text() == _RECIPE
    return all((root / part).exists() for part in _PARTS)


@asynccontextmanager
async def _alone(lock: Path, say: Say) -> AsyncIterator[None]:
    with lock.open("w") as file:
        told = False
        while not _locked(file.fileno()):
            if not told:
                say("Otra instancia está desempaquetando la central: se espera a que termine…")
                told = True
            await asyncio.sleep(_ASK_AGAIN)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _unpack(root: Path, say: Say) -> None:
    for leftover in root.parent.glob(f"{_BEGUN}*"):
        await asyncio.to_thread(shutil.rmtree, leftover, ignore_errors=True)
    say("Se desempaqueta la central (Asterisk de Debian, unos 300 MB); tarda alrededor de un minuto.")
    beside = root.parent / f"{_BEGUN}{os.getpid()}"
    try:
        await _run(command(beside, as_root=os.geteuid() == 0), say)
        _check(beside)
        (beside / _STAMP).write_text(_RECIPE)
        await asyncio.to_thread(_put_in_place, beside, root)
    finally:
        if beside.exists():
            await asyncio.to_thread(shutil.rmtree, beside, ignore_errors=True)
    say("La central quedó desempaquetada.")


async def _run(command: tuple[str, ...], say: Say) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise NotUnpacked(
            "falta el programa mmdebstrap; instálelo con: sudo apt-get install mmdebstrap"
        ) from None
    try:
        last = await _tell(process, say)
        if await process.wait() != 0:
            raise NotUnpacked(_failure(last))
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
            await process.wait()


async def _tell(process: asyncio.subprocess.Process, say: Say) -> tuple[str, ...]:
    """Says each step in Spanish; the last lines as they came."""
    assert process.stderr is not None
    last: deque[str] = deque(maxlen=_TAIL)
    async for raw in process.stderr:
        line = raw.decode(errors="replace").strip()
        last.append(line)
        for english, spanish in _STEPS.items():
            if english in line:
                say(f"Central: {spanish}")
    return tuple(last)


def _failure(last: tuple[str, ...]) -> str:
    lines = "\n".join(f"  {line}" for line in last if line)
    return (
        "mmdebstrap no pudo desempaquetar la central; revise la conexión con el depósito de Debian y pruebe "
        f"de nuevo. Sus últimas líneas:\n{lines}"
    )


def command(target: Path, *, as_root: bool) -> tuple[str, ...]:
    """The words that unpack into `target`; an ordinary user needs no chroot and no name-space."""
    return (
        "mmdebstrap",
        *(() if as_root else ("--mode=chrootless",)),
        "--variant=extract",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        f"--include={','.join(_PACKAGES)}",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        _SUITE,
        str(target),
    )


def _check(tree: Path) -> None:
    missing = [part for part in _PARTS if not (tree / part).exists()]
    if missing:
        raise NotUnpacked(f"a la central desempaquetada le falta {missing[0]}; pruebe de nuevo más tarde")


def _put_in_place(tree: Path, root: Path) -> None:
    if root.exists():
        former = tree.with_name(f"{_BEGUN}former")
        root.rename(former)
        tree.rename(root)
        shutil.rmtree(former, ignore_errors=True)
    else:
        tree.rename(root)
