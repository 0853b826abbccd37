"""A PBX that reads what lies on disk, as Asterisk does, and can be told to misbehave."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.render import Rendered, render
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from telephony.dialplan_port import PbxUnanswered
from telephony.dialplan_text import DialplanLine, joined, lines, sections
from telephony.publish import Publisher


class DiskPbx:
    """`refuses(text)` says which files it stops reading at; `before_reload` runs first on every reload."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts: dict[str, str] = {}
        self.reloads = 0
        self.asked: list[str] = []
        self.missing_modules: set[str] = set()
        self.deaf = False
        self.before_reload: Callable[[], None] = lambda: None
        self.reads: Callable[[str], str] = lambda text: text

    async def reload(self) -> None:
        self.before_reload()
        self._listen()
        self.reloads += 1
        self.contexts = self.on_disk()

    def on_disk(self) -> dict[str, str]:
        names = ("current/extensions.conf", "current/plans.conf", "draining.conf")
        found: dict[str, str] = {}
        for name in names:
            for context, body in sections(self.reads((self.folder / name).read_text())).items():
                found.setdefault(context, body)
        return joined([found])

    async def show(self, context: str) -> list[DialplanLine]:
        self._listen()
        self.asked.append(context)
        return list(lines(context, self.contexts.get(context, "")))

    async def has_module(self, module: str) -> bool:
        self._listen()
        return module not in self.missing_modules

    def _listen(self) -> None:
        if self.deaf:
            raise PbxUnanswered("la central dejó de responder")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "conf" / "altavoz"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pbx(folder: Path) -> DiskPbx:
    return DiskPbx(folder)


@pytest.fixture
def sounds(tmp_path: Path) -> SoundStore:
    return SoundStore(tmp_path / "sounds")


@pytest.fixture
def publisher(folder: Path, sounds: SoundStore, pbx: DiskPbx, clock: Clock) -> Publisher:
    """Prepared, with the PBX started on the empty release."""
    made = Publisher(folder, sounds, pbx, clock)
    made.prepare()
    pbx.contexts = pbx.on_disk()
    return made


@pytest.fixture
def plan() -> Callable[..., Rendered]:
    """A release: `plan("hogar-1")` has that plan version, a number that leads to it, and a shared routine."""

    def made(*versions: str, shared: str = "shared", text: str = "", step: Step | None = None) -> Rendered:
        speech = {spoken_name(Speech(text, "es-AR")): Speech(text, "es-AR")} if text else {}
        play = [Step("Playback", sound) for sound in speech]
        steps = (*play, step or Step("NoOp", "a,b;c"), Step("Hangup"))
        contexts = (
            Context(
                "did-765", tuple(Extension(f"{n}", (Step("Goto", v),)) for n, v in enumerate(versions, 1))
            ),
            Context("altavoz-mark", (Extension("s", (Step("NoOp", shared), Step("Return"))),)),
            *(Context(f"plan-{version}", (Extension("s", steps),)) for version in versions),
        )
        return render(Dialplan(contexts, speech, frozenset(speech)))

    return made
