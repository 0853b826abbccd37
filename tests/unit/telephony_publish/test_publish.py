import asyncio
import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dialplan.nodes import Step
from dialplan.render import Rendered
from ivr_audio.store import SoundStore
from telephony import releases
from telephony.publish import NotPublished, Publisher
from telephony.releases import EMPTY, MARKER

Plan = Callable[..., Rendered]


async def test_before_any_publication_the_pbx_finds_what_it_includes(publisher, pbx, folder) -> None:
    assert (folder / "current").readlink() == Path("releases", EMPTY)
    assert (folder / "draining.conf").exists()
    assert publisher.current() is None
    assert (await publisher.status()).agrees
    assert set(pbx.contexts) == {MARKER}


async def test_a_published_release_stands_on_disk_and_in_the_pbx(publisher, pbx, plan: Plan) -> None:
    rendered = plan("hogar-1")
    published = await publisher.publish(rendered, "ana")
    assert (published.release, published.previous, published.changed) == (rendered.release, None, True)
    assert publisher.current() == rendered.release
    assert publisher.text(rendered.release) == rendered.files
    assert "plan-hogar-1" in pbx.contexts
    (entry,) = publisher.history()
    assert (entry.release, entry.by, entry.what) == (rendered.release, "ana", "published")


async def test_files_can_be_read_by_the_pbx_s_user(publisher, folder, plan: Plan) -> None:
    old = os.umask(0o077)
    try:
        rendered = plan("hogar-1")
        await publisher.publish(rendered, "ana")
    finally:
        os.umask(old)
    release = folder / "releases" / rendered.release
    modes = {path.name: path.stat().st_mode & 0o777 for path in (release, *release.iterdir())}
    assert modes == {rendered.release: 0o755, "extensions.conf": 0o644, "plans.conf": 0o644}
    assert (folder / "draining.conf").stat().st_mode & 0o777 == 0o644


async def test_the_release_that_stands_is_not_loaded_again(publisher, pbx, plan: Plan) -> None:
    await publisher.publish(plan("hogar-1"), "ana")
    again = await publisher.publish(plan("hogar-1"), "ana")
    assert (again.changed, again.previous, pbx.reloads) == (False, again.release, 1)
    assert len(publisher.history()) == 1


async def test_only_what_changed_is_read_back(publisher, pbx, plan: Plan) -> None:
    many = [f"hogar-{n}" for n in range(50)]
    await publisher.publish(plan(*many), "ana")
    pbx.asked.clear()
    await publisher.publish(plan(*many, "vial-1"), "ana")
    assert set(pbx.asked) == {MARKER, "did-765", "plan-vial-1"}


async def test_sentences_are_spoken_before_the_switch(publisher, sounds, plan: Plan) -> None:
    rendered = plan("hogar-1", text="Gracias por llamar.")
    seen: list[tuple[int, int]] = []
    await publisher.publish(rendered, "ana", lambda done, total: seen.append((done, total)))
    assert sounds.missing(rendered.dialplan.speech) == set()
    assert seen == [(1, 1)]


async def test_a_sentence_that_cannot_be_spoken_publishes_nothing(publisher, pbx, plan: Plan) -> None:
    with pytest.raises(NotPublished, match="no tiene palabras") as refused:
        await publisher.publish(plan("hogar-1", text="…"), "ana")
    assert refused.value.restored
    assert (pbx.reloads, publisher.current()) == (0, None)


async def test_a_recording_that_is_missing_publishes_nothing(publisher, pbx, plan: Plan) -> None:
    name = "altavoz/0123456789abcdef0123"
    with pytest.raises(NotPublished, match=f"faltan 1 sonidos .{name}") as refused:
        await publisher.publish(plan("hogar-1", step=Step("Playback", name)), "ana")
    assert refused.value.restored
    assert pbx.reloads == 0


async def test_an_unknown_application_publishes_nothing(publisher, pbx, plan: Plan) -> None:
    with pytest.raises(NotPublished, match="no se permite la aplicación «Nope»"):
        await publisher.publish(plan("hogar-1", step=Step("Nope")), "ana")
    assert pbx.reloads == 0


async def test_a_module_that_is_not_loaded_publishes_nothing(publisher, pbx, plan: Plan) -> None:
    pbx.missing_modules.add("app_queue")
    with pytest.raises(NotPublished, match="le falta el módulo app_queue"):
        await publisher.publish(plan("hogar-1", step=Step("Queue", "cat")), "ana")
    assert pbx.reloads == 0


async def test_a_file_cut_short_by_an_error_brings_the_former_release_back(
    publisher, pbx, plan: Plan
) -> None:
    good = await publisher.publish(plan("hogar-1", "vial-1"), "ana")
    broken = plan("hogar-2", "vial-1")
    pbx.reads = lambda text: text.partition("[plan-hogar-2]")[0]
    with pytest.raises(NotPublished, match="no cargó «plan-hogar-2»") as refused:
        await publisher.publish(broken, "ana")
    assert refused.value.restored
    assert "la publicación anterior sigue en pie" in str(refused.value)
    assert (publisher.current(), pbx.reloads) == (good.release, 3)
    assert (await publisher.status()).agrees


async def test_unchanged_contexts_that_an_error_swallowed_are_missed(publisher, pbx, plan: Plan) -> None:
    await publisher.publish(plan("hogar-1", "vial-1"), "ana")
    pbx.reads = lambda text: text.partition("[plan-vial-1]")[0] if "zona-1" in text else text
    with pytest.raises(NotPublished, match="no cargó «plan-vial-1»") as refused:
        await publisher.publish(plan("zona-1", "vial-1"), "ana")
    assert refused.value.restored


async def test_a_pbx_that_keeps_its_old_dialplan_is_noticed(publisher, pbx, plan: Plan) -> None:
    good = await publisher.publish(plan("hogar-1"), "ana")
    new = plan("hogar-2")
    old_contexts = dict(pbx.contexts)
    pbx.on_disk = lambda: old_contexts
    with pytest.raises(NotPublished, match=f"no cargó la publicación {new.release}: sigue en {good.release}"):
        await publisher.publish(new, "ana")
    assert publisher.current() == good.release


async def test_a_pbx_that_does_not_answer_is_left_alone(publisher, pbx, plan: Plan) -> None:
    good = await publisher.publish(plan("hogar-1"), "ana")
    pbx.deaf = True
    with pytest.raises(NotPublished, match="la central no responde") as refused:
        await publisher.publish(plan("hogar-2"), "ana")
    assert refused.value.restored
    assert publisher.current() == good.release
    standing = await publisher.status()
    assert (standing.on_disk, standing.in_pbx, standing.answered) == (good.release, None, False)


async def test_a_pbx_that_falls_silent_at_the_reload_leaves_the_former_on_disk_and_says_so(
    publisher, pbx, plan: Plan
) -> None:
    good = await publisher.publish(plan("hogar-1"), "ana")
    pbx.before_reload = lambda: setattr(pbx, "deaf", True)
    with pytest.raises(NotPublished, match="dejó de responder; la central no confirmó") as refused:
        await publisher.publish(plan("hogar-2"), "ana")
    assert not refused.value.restored
    assert publisher.current() == good.release
    pbx.deaf, pbx.before_reload = False, lambda: None
    assert (await publisher.publish(plan("hogar-2"), "ana")).previous == good.release
    assert (await publisher.status()).agrees


def _fail_from(monkeypatch: pytest.MonkeyPatch, module: object, name: str, code: int) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code), "/var/altavoz")

    monkeypatch.setattr(module, name, fail)


async def test_a_full_disk_publishes_nothing(
    publisher, pbx, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await publisher.publish(plan("hogar-1"), "ana")
    with monkeypatch.context() as broken:
        _fail_from(broken, releases, "write_durably", errno.ENOSPC)
        with pytest.raises(NotPublished, match="no queda espacio en el disco en /var/altavoz") as refused:
            await publisher.publish(plan("hogar-2"), "ana")
    assert refused.value.restored
    assert (publisher.current(), pbx.reloads) == (good.release, 1)
    assert (await publisher.publish(plan("hogar-2"), "ana")).changed


async def test_a_disk_that_fills_up_after_the_switch_brings_the_former_release_back(
    publisher, pbx, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await publisher.publish(plan("hogar-1"), "ana")

    def fill() -> None:
        _fail_from(monkeypatch, releases, "write_durably", errno.ENOSPC)
        _fail_from(monkeypatch, publisher._releases, "record", errno.ENOSPC)

    pbx.before_reload = fill
    with pytest.raises(NotPublished, match="no queda espacio") as refused:
        await publisher.publish(plan("hogar-2"), "ana")
    assert refused.value.restored
    assert (await publisher.status()).in_pbx == good.release == publisher.current()


async def test_a_folder_that_may_not_be_written_is_told(
    publisher, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_from(monkeypatch, releases, "write_durably", errno.EACCES)
    with pytest.raises(NotPublished, match="no hay permiso para escribir en /var/altavoz"):
        await publisher.publish(plan("hogar-1"), "ana")


async def test_one_publication_at_a_time(publisher, plan: Plan) -> None:
    first, second = plan("hogar-1"), plan("hogar-2")
    done = await asyncio.gather(publisher.publish(first, "ana"), publisher.publish(second, "luis"))
    assert [published.previous for published in done] == [None, first.release]


async def test_a_publication_of_another_process_is_waited_out_by_the_person(
    publisher, folder, plan: Plan
) -> None:
    with (
        releases.Releases(folder).alone(),
        pytest.raises(NotPublished, match="otra publicación está en curso"),
    ):
        await publisher.publish(plan("hogar-1"), "ana")
    assert (await publisher.publish(plan("hogar-1"), "ana")).changed


async def test_who_stops_waiting_does_not_stop_the_publication(publisher, plan: Plan) -> None:
    rendered = plan("hogar-1", text="Hola.")
    waiting = asyncio.create_task(publisher.publish(rendered, "ana"))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not (await publisher.publish(rendered, "ana")).changed


async def test_rolling_back_needs_something_to_go_back_to(publisher, plan: Plan) -> None:
    with pytest.raises(NotPublished, match="no hay una publicación anterior"):
        await publisher.rollback()
    await publisher.publish(plan("hogar-1"), "ana")
    with pytest.raises(NotPublished, match="no hay una publicación anterior"):
        await publisher.rollback()


async def test_rolling_back_goes_release_by_release(publisher, plan: Plan) -> None:
    made = [await publisher.publish(plan(f"hogar-{n}"), "ana") for n in range(3)]
    back = await publisher.rollback("luis")
    assert (back.release, back.previous) == (made[1].release, made[2].release)
    assert (await publisher.rollback("luis")).release == made[0].release
    assert (await publisher.status()).in_pbx == made[0].release
    assert publisher.history()[-1].what == "rolled-back"


async def test_rolling_back_to_a_lost_sound_is_refused(publisher, sounds: SoundStore, plan: Plan) -> None:
    old = plan("hogar-1", text="Hola.")
    await publisher.publish(old, "ana")
    new = await publisher.publish(plan("hogar-2"), "ana")
    sounds.path(next(iter(old.dialplan.speech))).unlink()
    with pytest.raises(NotPublished, match="faltan 1 sonidos"):
        await publisher.rollback()
    assert publisher.current() == new.release


async def test_a_sound_that_was_lost_is_spoken_again_for_the_release_that_stands(
    publisher, sounds: SoundStore, plan: Plan
) -> None:
    rendered = plan("hogar-1", text="Hola.")
    await publisher.publish(rendered, "ana")
    path = sounds.path(next(iter(rendered.dialplan.speech)))
    path.unlink()
    assert not (await publisher.publish(rendered, "ana")).changed
    assert path.exists()


async def test_former_plans_stay_beside_for_twelve_hours(publisher, pbx, clock, plan: Plan) -> None:
    await publisher.publish(plan("hogar-1"), "ana")
    await publisher.publish(plan("hogar-2"), "ana")
    clock.now += timedelta(hours=11)
    await publisher.publish(plan("hogar-3"), "ana")
    assert {"plan-hogar-1", "plan-hogar-2", "plan-hogar-3"} <= set(pbx.contexts)
    clock.now += timedelta(hours=2)
    await publisher.publish(plan("hogar-4"), "ana")
    assert "plan-hogar-1" not in pbx.contexts
    assert {"plan-hogar-2", "plan-hogar-3", "plan-hogar-4"} <= set(pbx.contexts)


async def test_a_plan_that_comes_back_is_in_the_release_alone(publisher, folder, plan: Plan) -> None:
    await publisher.publish(plan("hogar-1"), "ana")
    await publisher.publish(plan("hogar-2"), "ana")
    await publisher.rollback()
    draining = (folder / "draining.conf").read_text()
    assert "[plan-hogar-2]" in draining
    assert "[plan-hogar-1]" not in draining


async def test_what_stands_without_being_known_is_read_back_whole(
    publisher, pbx, folder, sounds, clock, plan: Plan
) -> None:
    await publisher.publish(plan("hogar-1"), "ana")
    pbx.contexts[MARKER] = "exten => id,1,NoOp(ffffffffffff)\n"
    pbx.asked.clear()
    assert (await publisher.publish(plan("hogar-1"), "ana")).changed
    assert set(pbx.asked) == {MARKER, "did-765", "altavoz-mark", "plan-hogar-1"}


class Killed(BaseException):
    """What `kill -9` leaves undone."""


@pytest.mark.parametrize("at", ["write", "keep", "switch", "reload", "record"])
async def test_killed_at_any_point_the_next_start_finds_the_former_release_and_can_publish(
    at: str, publisher, pbx, folder, sounds, clock, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, new = plan("hogar-1"), plan("hogar-2")
    await publisher.publish(good, "ana")

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as killing:
        if at == "reload":
            pbx.before_reload = kill
        else:
            killing.setattr(publisher._releases, at, kill)
        with pytest.raises(Killed):
            await publisher.publish(new, "ana")
    pbx.before_reload = lambda: None
    started = Publisher(folder, sounds, pbx, clock)
    started.prepare()
    assert started.current() == good.release
    assert "plan-hogar-1" in pbx.on_disk()
    assert (await started.publish(new, "ana")).previous == good.release
    assert (await started.status()).agrees
    assert {"plan-hogar-1", "plan-hogar-2"} <= set(pbx.contexts)


async def test_killed_and_not_started_anew_the_next_publication_mends_it(
    publisher, pbx, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, new, newer = plan("hogar-1"), plan("hogar-2"), plan("hogar-3")
    await publisher.publish(good, "ana")

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as killing:
        killing.setattr(publisher._releases, "record", kill)
        with pytest.raises(Killed):
            await publisher.publish(new, "ana")
    assert (await publisher.publish(newer, "ana")).previous == good.release
    assert {"plan-hogar-1", "plan-hogar-2"} <= set(pbx.contexts), "calls may be in both"


async def test_plans_that_stood_for_a_moment_before_a_failure_stay_beside(publisher, pbx, plan: Plan) -> None:
    await publisher.publish(plan("hogar-1"), "ana")
    pbx.reads = lambda text: text.replace("[plan-vial-1]", "[other]")
    with pytest.raises(NotPublished, match="plan-vial-1") as refused:
        await publisher.publish(plan("hogar-2", "vial-1"), "ana")
    assert refused.value.restored
    assert "plan-hogar-2" in pbx.contexts
    assert "plan-vial-1" not in pbx.contexts


async def test_a_release_damaged_on_disk_is_mended_by_publishing_it(publisher, folder, plan: Plan) -> None:
    rendered = plan("hogar-1")
    await publisher.publish(rendered, "ana")
    (folder / "releases" / rendered.release / "plans.conf").write_text("basura")
    await publisher.publish(rendered, "ana")
    assert publisher.text(rendered.release) == rendered.files


async def test_a_header_that_the_pbx_would_stop_at_publishes_nothing(publisher, pbx, plan: Plan) -> None:
    rendered = plan("hogar-1")
    broken = {**rendered.files, "plans.conf": rendered.files["plans.conf"] + "[cortado\n"}
    with pytest.raises(NotPublished, match=r"«.cortado» no se entiende") as refused:
        await publisher.publish(Rendered(rendered.release, broken, rendered.dialplan), "ana")
    assert refused.value.restored
    assert pbx.reloads == 0


async def test_of_thousands_of_changed_plans_a_thousand_are_read_back(publisher, pbx, plan: Plan) -> None:
    await publisher.publish(plan(*(f"hogar-{n}" for n in range(2500))), "ana")
    read = [name for name in pbx.asked if name.startswith("plan-")]
    assert 800 <= len(read) <= 1001
    assert {"did-765", "altavoz-mark", "plan-hogar-0", "plan-hogar-2499"} <= set(pbx.asked)


@pytest.mark.parametrize("release", ["../../etc", "x", ""])
def test_a_name_that_is_no_release_opens_no_file(publisher, release: str) -> None:
    with pytest.raises(ValueError, match="not a release"):
        publisher.text(release)
