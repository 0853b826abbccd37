"""Publishing a dialplan: check, write beside, switch, reload, read back from the PBX, else put it back.

What was published is what the log of releases says, and the log is written last: a crash anywhere before
leaves the former release as the one that stands, and `prepare` or the next publication puts it back on disk.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import structlog

from dialplan.render import Rendered
from ivr_audio.store import Progress, SoundStore
from ivr_audio.voice import SpeechError
from telephony import release_log
from telephony.dialplan_port import DialplanPort, PbxUnanswered
from telephony.dialplan_text import Unreadable
from telephony.draining import drained
from telephony.metrics import PUBLICATIONS
from telephony.preflight import Unfit, needs
from telephony.readback import Unlike, loaded, read_back, standing_in
from telephony.release_log import Entry, What
from telephony.release_state import MOST_PLANS, State, parted
from telephony.releases import EMPTY, PublicationUnderWay, Releases, disk_words

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
            own = self._state(former).contexts
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

    @property
    def under_way(self) -> bool:
        """Whether a publication is going on: what is on disk and in the PBX may differ meanwhile."""
        return bool(self._under_way)

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

    async def rollback(self, by: str = "", among: Collection[str] | None = None) -> Published:
        """Publish the release before the one that stands, and again the one before that. NotPublished.

        Only those `among` which the caller knows what they held, when given.
        """
        return await self._carried_through(self._roll_back(by, among))

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

    async def _roll_back(self, by: str, among: Collection[str] | None) -> Published:
        async with self._turn:
            with self._alone():
                entries = self._releases.entries()
                known = [entry for entry in entries if among is None or entry.release in among]
                target = release_log.before_standing(known)
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
        except Unreadable as error:
            raise NotPublished(f"la línea {error} no se entiende", True) from error
        except OSError as error:
            raise NotPublished(disk_words(error), True) from error

    def _former(self) -> str:
        """The release that was last found whole in the PBX."""
        recorded = release_log.standing(self._releases.entries())
        return recorded if recorded is not None and self._releases.has(recorded) else EMPTY

    async def _stand(self, release: str, files: Files, by: str, what: What) -> Published:
        found, former = await self._found(), self._former()
        await asyncio.to_thread(self._releases.write, release, files)
        previous = _shown(former)
        if release == former == found == self._releases.current():
            return Published(release, previous, False)
        old = await asyncio.to_thread(self._state, former)
        leaving = {**old.plans, **await self._calls_may_be_in(old, found)}
        new, fresh = await asyncio.to_thread(self._next, old, found, release, files, leaving)
        await self._check(fresh)
        await self._change(old, new, fresh, Entry(release, self._clock(), by, what))
        PUBLICATIONS.labels(what).inc()
        log.info("published", release=release, previous=previous, by=by, what=what)
        return Published(release, previous, True)

    def _state(self, release: str) -> State:
        return State(release, parted(self._releases.text(release)), self._releases.pool())

    def _next(
        self, old: State, found: str | None, release: str, files: Files, leaving: Files
    ) -> tuple[State, Files]:
        """The state to come, and of its contexts those that the PBX may show otherwise now."""
        new = old.followed_by(release, parted(files), leaving, self._clock())
        return new, new.changed_since(old if found == old.release else None)

    async def _check(self, contexts: Mapping[str, str]) -> None:
        """That the PBX has what the contexts need."""
        try:
            wanted = await asyncio.to_thread(needs, contexts)
            lacking = [name for name in sorted(wanted.modules) if not await self._pbx.has_module(name)]
        except Unfit as error:
            raise NotPublished(str(error), True) from error
        except PbxUnanswered as error:
            raise NotPublished(f"la central no responde ({error})", True) from error
        if lacking:
            raise NotPublished(
                f"a la central le falta el módulo {lacking[0]}; cárguelo en modules.conf", True
            )
        missing = sorted(self._sounds.missing(wanted.sounds))
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

    async def _calls_may_be_in(self, old: State, found: str | None) -> dict[str, str]:
        """The plans of a release that stands without being in the log: a crash came between."""
        if found is None or found == old.release or not self._releases.has(found):
            return {}
        try:
            return await self._stood(old, await asyncio.to_thread(self._state, found))
        except PbxUnanswered as error:
            raise NotPublished(f"la central no responde ({error})", True) from error

    async def _change(self, old: State, new: State, fresh: Files, entry: Entry) -> None:
        await asyncio.to_thread(self._releases.keep, new.pool, new.contexts)
        try:
            await self._put(new, fresh)
            await asyncio.to_thread(self._releases.record, entry)
        except (OSError, PbxUnanswered, Unlike) as error:
            reason = disk_words(error) if isinstance(error, OSError) else str(error)
            PUBLICATIONS.labels("refused").inc()
            restored = await self._restored(old, new)
            log.warning("not_published", release=new.release, reason=reason, restored=restored)
            raise NotPublished(reason, restored) from error

    async def _put(self, state: State, fresh: Files) -> None:
        await asyncio.to_thread(self._releases.switch, state.release)
        await self._pbx.reload()
        await read_back(self._pbx, state.release, state.to_read_back(fresh))

    async def _restored(self, old: State, failed: State) -> bool:
        """Whether the old state is back and was read back whole."""
        try:
            stood = await self._stood(old, failed)
        except PbxUnanswered:
            stood = {}
        back = await asyncio.to_thread(self._kept_back, old, failed, stood)
        try:
            await self._put(back, await asyncio.to_thread(back.changed_since, failed))
        except (OSError, PbxUnanswered, Unlike) as error:
            log.error("former_release_unverified", release=old.release, reason=str(error))
            return False
        return True

    def _kept_back(self, old: State, failed: State, stood: Files) -> State:
        back = old.followed_by(old.release, old.files, stood, self._clock())
        try:
            self._releases.keep(back.pool, back.contexts)
        except OSError:
            return old.beside(failed)
        return back

    async def _stood(self, old: State, other: State) -> dict[str, str]:
        """Plans that `other` has and `old` has not, as far as they stand in the PBX: calls may be in them.

        Of thousands the first `MOST_PLANS` are looked at, for the former release must come back soon.
        """
        plans = ((name, body) for name, body in other.plans.items() if name not in old.plans)
        return await loaded(self._pbx, dict(islice(plans, MOST_PLANS)))


def _shown(release: str | None) -> str | None:
    return None if release == EMPTY else release
