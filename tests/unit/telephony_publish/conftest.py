"""A publisher beside a PBX that can be told to misbehave."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.render import Rendered, render
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from telephony.publish import Publisher
from tests.support.disk_pbx import DiskPbx


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
