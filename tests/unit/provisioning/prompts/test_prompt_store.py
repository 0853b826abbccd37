"""Recordings are kept in versions; one is heard only when somebody else than who recorded it says so."""

import asyncio

import pytest
from sqlalchemy import select

from ivr_audio.decode import BadRecording
from ivr_audio.telephone import wav_samples
from plans.model import Prompt
from provisioning.prompts.states import TRANSITIONS, RecordingState, Step, after
from provisioning.prompts.values import OwnRecording, PromptRefused, StaleRecording
from staff.audit_table import audit
from tests.unit.provisioning.prompts.conftest import of


async def deeds(engine):
    query = select(audit.c.actor, audit.c.action, audit.c.subject).order_by(audit.c.id)
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def test_a_recording_waits_until_somebody_else_approves_it(booth, nandu):
    made = await booth.record(nandu)
    assert (made.number, made.state, made.by, made.source) == (1, RecordingState.PENDING, "carla", "file")
    assert await booth.desk.approved(nandu) == {}
    with of("carla"), pytest.raises(OwnRecording, match="otra persona"):
        await booth.desk.approve(made, made.said)
    with of("olga"):
        done = await booth.desk.approve(made, made.said)
    assert (done.state, done.decided_by) == (RecordingState.APPROVED, "olga")
    assert await booth.desk.approved(nandu) == {"saludo": made.sound}
    assert await deeds(booth.engine) == [
        ("carla", "prompt.recorded", "hogar-nandu/saludo"),
        ("olga", "prompt.approved", "hogar-nandu/saludo"),
    ]


async def test_the_file_as_it_came_and_the_telephones_are_both_kept(booth, nandu):
    made = await booth.record(nandu)
    assert booth.desk.originals.path(made.original).read_bytes() == booth.file().read_bytes()
    assert len(wav_samples(booth.sounds.path(made.sound).read_bytes())) > 8000 * 4
    assert made.kind == "FLAC" and made.seconds > 4 and made.size == booth.file().stat().st_size
    again = await booth.record(nandu)
    assert (again.number, again.sound, again.original) == (2, made.sound, made.original)


async def test_an_approved_recording_replaces_the_one_before_and_that_can_come_back(booth, nandu):
    first, second = await booth.record(nandu), await booth.record(nandu, loudness=0.5)
    with of("olga"):
        first = await booth.desk.approve(first, first.said)
        second = await booth.desk.approve(second, second.said)
        former = await booth.desk.store.get(first.id)
        assert former.state is RecordingState.REPLACED and former.reason == "La reemplaza la grabación 2."
        assert await booth.desk.approved(nandu) == {"saludo": second.sound}
        await booth.desk.approve(former, former.said)
    assert await booth.desk.approved(nandu) == {"saludo": first.sound}
    states = [each.state.value for each in await booth.desk.store.history(first.id)]
    assert states == ["pending", "approved", "replaced", "approved"]


async def test_what_is_withdrawn_is_heard_no_longer(booth, nandu):
    made = await booth.record(nandu)
    with of("olga"):
        made = await booth.desk.approve(made, made.said)
        with pytest.raises(PromptRefused, match="motivo"):
            await booth.desk.store.take(made, Step.WITHDRAW, "\u200b \u00a0")
        await booth.desk.store.take(made, Step.WITHDRAW, "la voz ya no es de la casa")
    assert await booth.desk.approved(nandu) == {}
    last = (await booth.desk.store.history(made.id))[-1]
    assert (last.by, last.reason) == ("olga", "la voz ya no es de la casa")


async def test_a_recording_of_a_former_text_is_not_heard(booth, nandu):
    made = await booth.record(nandu)
    changed = nandu.model_copy(update={"prompts": {**nandu.prompts, "saludo": Prompt(text="Otro saludo.")}})
    broken = Prompt(text=made.said.replace(" ", "\n"))
    same = nandu.model_copy(update={"prompts": {**nandu.prompts, "saludo": broken}})
    with of("olga"):
        with pytest.raises(PromptRefused, match="texto del mensaje cambió"):
            await booth.desk.approve(made, "Otro saludo.")
        await booth.desk.approve(made, made.said)
    assert await booth.desk.approved(changed) == {}
    assert await booth.desk.approved(same) == {"saludo": made.sound}


async def test_of_two_who_decide_at_once_one_is_told(booth, nandu):
    made = await booth.record(nandu)

    async def decide(name, step):
        with of(name):
            return await booth.desk.store.take(made, step, "no se entiende")

    results = await asyncio.gather(
        decide("olga", Step.APPROVE), decide("omar", Step.REJECT), return_exceptions=True
    )
    assert sum(isinstance(each, StaleRecording) for each in results) == 1
    assert len(await booth.desk.store.history(made.id)) == 2


async def test_two_recordings_approved_at_once_leave_one(booth, nandu):
    first, second = await booth.record(nandu), await booth.record(nandu)
    with of("olga"):
        await asyncio.gather(
            booth.desk.approve(first, first.said), booth.desk.approve(second, second.said),
            return_exceptions=True,
        )  # fmt: skip
    standing = await booth.desk.store.in_states(["hogar-nandu"], [RecordingState.APPROVED])
    assert len(standing) == 1


async def test_recordings_that_come_at_once_have_numbers_of_their_own(booth, nandu):
    booth.file()
    made = await asyncio.gather(*(booth.record(nandu) for _ in range(4)))
    assert sorted(each.number for each in made) == [1, 2, 3, 4]


async def test_a_refused_file_leaves_nothing_behind(booth, nandu):
    with of("carla"), pytest.raises(BadRecording, match="demasiado bajo"):
        await booth.desk.bring("hogar-nandu", "saludo", "x", booth.file(0.02), "toma.flac", "file")
    assert await booth.desk.store.all_of(["hogar-nandu"]) == () and await deeds(booth.engine) == []
    assert not (booth.folder / "originals").exists() and not (booth.folder / "sounds").exists()


async def test_a_sound_that_is_lost_is_made_anew_from_the_file_that_came(booth, nandu):
    made = await booth.record(nandu)
    with of("olga"):
        await booth.desk.approve(made, made.said)
    former = booth.sounds.path(made.sound).read_bytes()
    booth.sounds.path(made.sound).unlink()
    assert await booth.desk.approved(nandu) == {"saludo": made.sound}
    assert booth.sounds.path(made.sound).read_bytes() == former
    booth.sounds.path(made.sound).unlink()
    booth.desk.originals.path(made.original).unlink()
    assert await booth.desk.approved(nandu) == {}


async def test_a_recording_whose_files_are_gone_cannot_be_approved(booth, nandu):
    made = await booth.record(nandu)
    booth.sounds.path(made.sound).unlink()
    booth.desk.originals.path(made.original).unlink()
    with of("olga"), pytest.raises(PromptRefused, match="Falta el archivo"):
        await booth.desk.approve(made, made.said)


async def test_a_prompt_may_deliberately_stay_in_the_built_in_voice(booth):
    waivers = booth.desk.waivers
    with of("olga"):
        with pytest.raises(PromptRefused, match="por qué"):
            await waivers.give("hogar-nandu", "espera", "Aguarde.", "\u200b \u00a0")
        await waivers.give("hogar-nandu", "espera", "Aguarde.", "el cliente la prefiere")
        await waivers.give("hogar-nandu", "espera", "Aguarde un momento.", "cambió el texto")
    (standing,) = await waivers.of(["hogar-nandu"])
    assert (standing.said, standing.by, standing.reason) == ("Aguarde un momento.", "olga", "cambió el texto")
    with of("carla"):
        await waivers.end("hogar-nandu", "espera")
        with pytest.raises(StaleRecording):
            await waivers.end("hogar-nandu", "espera")
    assert await waivers.of(["hogar-nandu"]) == ()


@pytest.mark.parametrize("state", RecordingState)
@pytest.mark.parametrize("step", Step)
def test_no_step_leads_anywhere_but_as_the_table_says(state, step):
    assert after(state, step) is TRANSITIONS[state].get(step)
    assert after(RecordingState.WITHDRAWN, Step.APPROVE) is None
