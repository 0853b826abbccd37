"""Publishing a dialplan: check, write beside, switch, reload, read back from the PBX, else put it back.

What was published is what the log of releases says, and the log is written last: a crash anywhere before
leaves the former release as the one that stands, and `prepare` or the next publication puts it back on disk.
"""

import asyncio
import errno
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from dialplan.render import Rendered
from ivr_audio.store import Progress, SoundStore
from ivr_audio.voice import SpeechError
from telephony import release_log
from telephony.dialplan_port import DialplanPort, PbxUnanswered
from telephony.dialplan_text import all_lines, sections, sounds, unreadable
from telephony.draining import drained
from telephony.modules_needed import modules_needed, unknown_applications
from telephony.readback import Unlike, loaded, read_back, standing_in
from telephony.release_log import Entry, What
from telephony.release_state import State, release_contexts
from telephony.releases import EMPTY, PublicationUnderWay, Releases

log = structlog.get_logger()

Files = Mapping[str, str]


class NotPublished(Exception):
    """The release was not published; the message says in Spanish why and how things stand now.

    `restored`: the former release stands as before, by what the PBX itself shows if it had been touched.
    When False nobody knows what the PBX holds; on disk it is the former release.
    """

    def __init__(self, reason: str, restored: bool) -> None:
        state = (
            "la publicación anterior sigue en pie"
            if restored
            else "la central no confirmó la anterior: revise que esté en marcha y publique de nuevo"
        )
        super().__init__(f"no se publicó: {reason}; {state}")
        self.reason = reason
        self.restored = restored


@dataclass(frozen=True, slots=True)
class Published:
    """`previous` is what stood before, None before the first; `changed` is False when it stood already."""

    release: str
    previous: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The release on disk and the one that the PBX says it stands on; None for none published.

    `answered` is False when the PBX did not say.
    """

    on_disk: str | None
    in_pbx: str | None
    answered: bool

    @property
    def agrees(self) -> bool:
        return self.answered and self.on_disk == self.in_pbx


class Publisher:
    """Publishes into `folder`, which the PBX includes, one release at a time."""

    def __init__(
        self,
        folder: Path,
        sounds: SoundStore,
        pbx: DialplanPort,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._releases = Releases(folder)
        self._sounds = sounds
        self._pbx = pbx
        self._clock = clock
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Published]] = set()

    def prepare(self) -> None:
        """Make what the PBX includes exist and be the last release published; before the PBX starts.

        Raises NotPublished when the folder cannot be written.
        """
        with self._alone():
            former = self._former()
            if self._releases.current() != former:
                self._releases.switch(former)
            own = release_contexts(self._releases.text(former))
            self._releases.keep(drained(self._releases.pool(), {}, own, self._clock()), own)

    def current(self) -> str | None:
        """The release on disk, None when none was published."""
        return _shown(self._releases.current())

    def text(self, release: str) -> Files:
        """File name → text of a release. Raises FileNotFoundError."""
        return self._releases.text(release)

    def history(self) -> tuple[Entry, ...]:
        """What was published, oldest first."""
        return self._releases.entries()

    async def status(self) -> Standing:
        """Whether what stands in the PBX is what is on disk."""
        try:
            return Standing(self.current(), _shown(await standing_in(self._pbx)), True)
        except PbxUnanswered:
            return Standing(self.current(), None, False)

    async def publish(self, rendered: Rendered, by: str, progress: Progress | None = None) -> Published:
        """Make `rendered` stand in the PBX and answer when it does. Raises `NotPublished`.

        Once begun it is carried through, even when the caller is cancelled.
        """
        return await self._carried_through(self._publish(rendered, by, progress))

    async def rollback(self, by: str = "") -> Published:
        """Publish the release before the one that stands, and again the one before that. NotPublished."""
        return await self._carried_through(self._roll_back(by))

    async def _carried_through(self, change: Coroutine[None, None, Published]) -> Published:
        task = asyncio.create_task(change)
        self._under_way.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Published]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # somebody may have stopped waiting for it

    async def _publish(self, rendered: Rendered, by: str, progress: Progress | None) -> Published:
        async with self._turn:
            with self._alone():
                try:
                    await self._sounds.ensure(rendered.dialplan.speech.items(), progress)
                except SpeechError as error:
                    raise NotPublished(str(error), True) from error
                return await self._stand(rendered.release, rendered.files, by, "published")

    async def _roll_back(self, by: str) -> Published:
        async with self._turn:
            with self._alone():
                target = release_log.before_standing(self._releases.entries())
                if target is None:
                    raise NotPublished("no hay una publicación anterior a la que volver", True)
                return await self._stand(target, self._releases.text(target), by, "rolled-back")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """What goes wrong on disk before anything is touched ends here."""
        try:
            with self._releases.alone():
                yield
        except PublicationUnderWay:
            raise NotPublished("otra publicación está en curso; espere a que termine", True) from None
        except OSError as error:
            raise NotPublished(_disk_words(error), True) from error

    def _former(self) -> str:
        """The release that was last found whole in the PBX."""
        recorded = release_log.standing(self._releases.entries())
        return recorded if recorded is not None and self._releases.has(recorded) else EMPTY

    async def _stand(self, release: str, files: Files, by: str, what: What) -> Published:
        self._check_text(files)
        self._check_sounds(files)
        found, former = await self._found(), self._former()
        await asyncio.to_thread(self._releases.write, release, files)
        previous = _shown(former)
        if release == former == found == self._releases.current():
            return Published(release, previous, False)
        old = State(former, self._releases.text(former), self._releases.pool())
        leaving = old.plans | await self._calls_may_be_in(found, former)
        new = await asyncio.to_thread(old.followed_by, release, files, leaving, self._clock())
        await self._change(old, new, found == former, Entry(release, self._clock(), by, what))
        log.info("published", release=release, previous=previous, by=by, what=what)
        return Published(release, previous, True)

    def _check_text(self, files: Files) -> None:
        for name, text in files.items():
            line = unreadable(text)
            if line:
                raise NotPublished(
                    f"la línea {line} de {name} no se entiende; repórtelo con el plan que la produjo", True
                )

    def _check_sounds(self, files: Files) -> None:
        missing = sorted(self._sounds.missing(sounds(files)))
        if missing:
            names = ", ".join(missing[:3])
            raise NotPublished(
                f"faltan {len(missing)} sonidos ({names}); aplique de nuevo el plan que los usa", True
            )

    async def _found(self) -> str | None:
        try:
            return await standing_in(self._pbx)
        except PbxUnanswered as error:
            raise NotPublished(f"la central no responde ({error})", True) from error

    async def _calls_may_be_in(self, found: str | None, former: str) -> dict[str, str]:
        """The plans of a release that stands without being in the log: a crash came between."""
        if found is None or found == former or not self._releases.has(found):
            return {}
        plans = sections(self._releases.text(found)["plans.conf"])
        try:
            return await loaded(self._pbx, plans)
        except PbxUnanswered as error:
            raise NotPublished(f"la central no responde ({error})", True) from error

    async def _change(self, old: State, new: State, known: bool, entry: Entry) -> None:
        """`known`: the PBX stands on `old`, so that only what differs from it needs to be read back."""
        expected = await asyncio.to_thread(new.expected_after, old if known else None)
        await self._check_applications(expected)
        await asyncio.to_thread(self._releases.keep, new.pool, new.contexts)
        try:
            await self._put(new, expected)
            self._releases.record(entry)
        except (OSError, PbxUnanswered, Unlike) as error:
            reason = _disk_words(error) if isinstance(error, OSError) else str(error)
            restored = await self._restored(old, new)
            log.warning("not_published", release=new.release, reason=reason, restored=restored)
            raise NotPublished(reason, restored) from error

    async def _check_applications(self, contexts: Mapping[str, str]) -> None:
        unknown, modules = await asyncio.to_thread(_called, contexts)
        if unknown:
            raise NotPublished(f"no se permite la aplicación «{min(unknown)}» en un plan de marcación", True)
        try:
            missing = [name for name in sorted(modules) if not await self._pbx.has_module(name)]
        except PbxUnanswered as error:
            raise NotPublished(f"la central no responde ({error})", True) from error
        if missing:
            raise NotPublished(
                f"a la central le falta el módulo {missing[0]}; cárguelo en modules.conf", True
            )

    async def _put(self, state: State, expected: Mapping[str, str]) -> None:
        self._releases.switch(state.release)
        await self._pbx.reload()
        await read_back(self._pbx, state.release, expected)

    async def _restored(self, old: State, failed: State) -> bool:
        """Whether the old state is back and was read back whole."""
        back = old.followed_by(old.release, old.files, await self._stood(old, failed), self._clock())
        try:
            self._releases.keep(back.pool, back.contexts)
        except OSError:
            back = old.beside(failed)
        try:
            await self._put(back, back.expected_after(failed))
        except (OSError, PbxUnanswered, Unlike) as error:
            log.error("former_release_unverified", release=old.release, reason=str(error))
            return False
        return True

    async def _stood(self, old: State, failed: State) -> dict[str, str]:
        """New plans that stood for the moment before the failure: calls may be in them."""
        plans = {name: body for name, body in failed.plans.items() if name not in old.plans}
        try:
            return await loaded(self._pbx, plans)
        except PbxUnanswered:
            return {}


def _called(contexts: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Applications that may not be used, modules that are needed."""
    called = tuple(all_lines(contexts))
    return unknown_applications(called), modules_needed(called)


def _shown(release: str | None) -> str | None:
    return None if release == EMPTY else release


def _disk_words(error: OSError) -> str:
    place = f" en {error.filename}" if error.filename else ""
    if error.errno == errno.ENOENT:
        return f"falta el archivo {error.filename}; publique de nuevo los planes"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no queda espacio en el disco{place}; libere espacio y publique de nuevo"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no hay permiso para escribir{place}; dé permiso al usuario del servicio"
    return f"no se pudo escribir{place}: {error.strerror or error}"
