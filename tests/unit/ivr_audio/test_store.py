import asyncio
import stat
from pathlib import Path

import pytest

from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.voice import SpeechError


class Speaker:
    """Writes the text itself, slowly, and counts."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.at_once = self.most_at_once = 0

    async def __call__(self, speech: Speech, target: Path) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        self.said.append(speech.text)
        if "mal" in speech.text:
            raise SpeechError(f"no se pudo decir «{speech.text}»")
        target.write_text(speech.text)


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def store(tmp_path: Path, speaker: Speaker) -> SoundStore:
    return SoundStore(tmp_path / "sounds", speaker, at_once=2)


def named(*texts: str) -> list[tuple[str, Speech]]:
    return [(spoken_name(speech), speech) for speech in (Speech(text, "es-AR") for text in texts)]


async def test_what_is_there_is_not_spoken_again(store: SoundStore, speaker: Speaker) -> None:
    await store.ensure(named("uno", "dos"))
    await store.ensure(named("dos", "tres"))
    assert sorted(speaker.said) == ["dos", "tres", "uno"]
    assert store.missing(name for name, _ in named("uno", "dos", "tres", "cuatro")) == {named("cuatro")[0][0]}


async def test_a_name_asked_for_twice_at_once_is_spoken_once(store: SoundStore, speaker: Speaker) -> None:
    await asyncio.gather(store.ensure(named("uno")), store.ensure(named("uno", "dos")))
    assert sorted(speaker.said) == ["dos", "uno"]


async def test_no_more_are_spoken_at_once_than_allowed(store: SoundStore, speaker: Speaker) -> None:
    await store.ensure(named(*"abcdefgh"))
    assert speaker.most_at_once == 2


async def test_progress_counts_what_had_to_be_spoken(store: SoundStore) -> None:
    await store.ensure(named("uno"))
    seen: list[tuple[int, int]] = []
    await store.ensure(named("uno", "dos", "tres"), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


async def test_who_gives_up_waiting_does_not_stop_the_others(store: SoundStore, speaker: Speaker) -> None:
    first = asyncio.create_task(store.ensure(named("uno")))
    second = asyncio.create_task(store.ensure(named("uno")))
    await asyncio.sleep(0.005)
    first.cancel()
    await second
    assert speaker.said == ["uno"]


async def test_a_failure_is_told_after_the_others_are_spoken_and_can_be_tried_again(
    store: SoundStore, speaker: Speaker
) -> None:
    wanted = named("a", "mal", "b", "mal otra vez")
    with pytest.raises(SpeechError, match="mal"):
        await store.ensure(wanted)
    assert store.missing(name for name, _ in wanted) == {wanted[1][0], wanted[3][0]}
    with pytest.raises(SpeechError):
        await store.ensure(wanted[1:2])
    assert speaker.said.count("mal") == 2


async def test_the_pbx_s_user_may_enter_the_folder(store: SoundStore, tmp_path: Path) -> None:
    await store.ensure(named("uno"))
    assert stat.S_IMODE((tmp_path / "sounds").stat().st_mode) & 0o755 == 0o755


def test_a_sound_of_the_pbx_s_own_is_not_missing(store: SoundStore) -> None:
    assert store.missing(["beep", "vm-goodbye"]) == set()


@pytest.mark.parametrize("name", ["altavoz/../../etc/passwd", "altavoz/x", "beep", "altavoz/" + "A" * 20])
def test_a_name_that_is_no_sound_of_ours_has_no_path(store: SoundStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a sound of ours"):
        store.path(name)


async def test_eight_prompts_are_spoken_by_the_real_voice(tmp_path: Path) -> None:
    store = SoundStore(tmp_path)
    wanted = named(*(f"Para la opción número {n}, marque {n}." for n in range(8)))
    await store.ensure(wanted)
    assert store.missing(name for name, _ in wanted) == set()
    assert all(path.suffix == ".wav" for path in tmp_path.iterdir())
