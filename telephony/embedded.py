"""An Asterisk of our own: unpacked, configured, started apart from us, found again, stopped.

It runs in a session of its own, so that our end (even kill -9) hangs up no call; the next start finds it.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import structlog

from telephony.base_config import RELOADS, modules_to_reload, needs_restart
from telephony.console import NoConsole, console
from telephony.layout import PbxAddresses, PbxLayout
from telephony.pbx_files import make_folders, remove_outside, write_files
from telephony.pbx_log import LogFollower
from telephony.pbx_ports import ami_answers, taken
from telephony.pbx_process import begin, find, send
from telephony.privileges import RunAs, choose_user
from telephony.unpack import unpack

_READY = 30.0
_TURNS, _TURN = 50, 0.1
_IN_TURN = "already in progress"
_RELOADED = "reloaded successfully"
_LOOK = 0.05
_END = 1.0
_LAST = 8


class PbxNotStarted(Exception):
    """The PBX did not come up; the message says why and what to change."""


class NotReloaded(Exception):
    """The PBX goes on with what it had read before."""


class EmbeddedPbx:
    """One Asterisk, called `name` in the ids of its calls.

    `user` is whom it runs as when we are root (None: `asterisk` or `nobody`); `say` takes sentences for a
    person.
    """

    def __init__(
        self,
        layout: PbxLayout,
        addresses: PbxAddresses,
        user: str | None,
        say: Callable[[str], None],
        name: str = "pbx1",
    ) -> None:
        self._name = name
        self._layout = layout
        self._addresses = addresses
        self._user = user
        self._say = say
        self._log = structlog.get_logger("pbx")
        self._run_as: RunAs | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._follower: LogFollower | None = None

    async def unpack(self) -> None:
        """Unpacks Asterisk when it is not there yet. Raises NotUnpacked."""
        if self._layout.program is None:
            await unpack(self._layout.root, self._say)

    def write_config(self, files: Mapping[str, str]) -> frozenset[str]:
        """Writes files (name → text), each whole or not at all; the names of those that changed.

        Raises PbxNotStarted when the user to run as does not exist.
        """
        return write_files(self._layout.conf, files, self._prepared().account)

    async def start(self) -> bool:
        """Starts the PBX, or finds it running: then True. Returns when it takes calls and AMI answers.

        The configuration and what is published must be written before; a PBX that was found running reads
        it again, as far as a running one can (`reload` tells the rest). Raises PbxNotStarted.
        """
        run_as = self._prepared()
        await self.leave()
        self._follower = follower = LogFollower(self._layout.message_log, self._name)
        adopted = self.running()
        if not adopted:
            self._begin(run_as)
        follower.start()
        try:
            await self._ready(adopted)
        except PbxNotStarted:
            await self.leave()
            raise
        return adopted

    async def reload(self, files: Iterable[str]) -> tuple[str, ...]:
        """Has the PBX read changed `files` again; returns those that only a new start reads.

        Raises NotReloaded after having tried all.
        """
        changed = tuple(files)
        failed = [module for module in modules_to_reload(changed) if not await self._reloaded(module)]
        if failed:
            raise NotReloaded(
                f"la central no volvió a leer lo de {', '.join(failed)}; vea {self._layout.log}"
            )
        return needs_restart(changed)

    async def _reloaded(self, module: str) -> bool:
        """Another reload may be going on; then this one waits its turn."""
        for _ in range(_TURNS):
            try:
                answer = await console(self._layout.control, f"module reload {module}")
            except NoConsole:
                return False
            if _IN_TURN not in answer:
                return _RELOADED in answer
            await asyncio.sleep(_TURN)
        return False

    async def stop(self, seconds: float = 8) -> None:
        """Ends the PBX and its calls: asked first, killed in the last of `seconds`; harmless without one."""
        pid = self._pid()
        if pid is not None:
            send(pid, signal.SIGTERM)
            if not await self._gone(seconds - _END):
                self._log.warning("pbx killed", pid=pid)
                send(pid, signal.SIGKILL)
                await self._gone(_END)
        await self.leave()
        remove_outside(self._layout)

    async def leave(self) -> None:
        """Lets the PBX run on and follows it no more."""
        follower, self._follower = self._follower, None
        if follower is not None:
            await follower.stop()

    def running(self) -> bool:
        """True while the Asterisk of this layout is alive, whoever started it."""
        return self._pid() is not None

    def _pid(self) -> int | None:
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        return find(self._layout.pid, self._layout.main_conf)

    def _prepared(self) -> RunAs:
        if self._run_as is None:
            make_folders(self._layout, None)
            places = (self._layout.conf, self._layout.run.parent, self._layout.asterisk.share)
            try:
                self._run_as = choose_user(self._user, places, os.geteuid())
            except KeyError:
                raise PbxNotStarted(
                    f"no existe el usuario «{self._user}» para la central: cambie ALTAVOZ_PBX_USER"
                ) from None
            make_folders(self._layout, self._run_as.account)
            if self._run_as.warning:
                self._say(f"Atención: {self._run_as.warning}.")
        return self._run_as

    def _begin(self, run_as: RunAs) -> None:
        if busy := taken(self._addresses):
            raise PbxNotStarted(busy)
        layout = self._layout
        words = (*run_as.words(), *layout.asterisk.command, "-f", "-C", str(layout.main_conf))
        self._process = begin(words, layout.output, layout.own)

    async def _ready(self, adopted: bool) -> None:
        try:
            async with asyncio.timeout(_READY):
                await self._booted()
                if adopted:
                    await self.reload(RELOADS)
                await self._greeted()
        except (TimeoutError, NotReloaded):
            which = "que ya corría " if adopted else ""
            raise PbxNotStarted(self._why(f"la central {which}no responde como debe")) from None

    async def _greeted(self) -> None:
        while True:
            if await ami_answers(self._addresses.ami):
                return
            await asyncio.sleep(_LOOK)

    async def _booted(self) -> None:
        while True:
            with suppress(NoConsole):
                if "fully booted" in await console(self._layout.control, "core waitfullybooted"):
                    return
            if not self.running():
                raise PbxNotStarted(self._why("la central terminó al arrancar"))
            await asyncio.sleep(_LOOK)

    def _why(self, what: str) -> str:
        messages: list[str] = []
        if self._follower is not None:
            self._follower.carry()
            messages += self._follower.recent
        printed = self._layout.output.read_text(errors="replace").splitlines()[-_LAST:]
        return "\n  ".join((f"{what}. Sus últimos mensajes:", *messages, *printed))

    async def _gone(self, seconds: float) -> bool:
        deadline = asyncio.get_running_loop().time() + seconds
        while self.running():
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(_LOOK)
        return True
