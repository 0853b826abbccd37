"""What is still to be recorded or approved, by plan; what proves to an alta that nothing is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.telephone import wav_samples
from plans.book import PlanBook, StoredPlan
from plans.model import Plan, PlanVersion, Prompt
from provisioning.alta.views import AltaView
from provisioning.prompts.known import KnownPlans, Where
from provisioning.prompts.needs import Stand
from provisioning.prompts.overview import Overview, PlanFilter
from provisioning.prompts.proof import PromptProof
from provisioning.prompts.states import Step
from staff.scope import Scope
from tests.support.databases import fresh_engine
from tests.unit.provisioning.prompts.conftest import Booth, of

ALTA = SimpleNamespace(plan="hogar-nandu")


def saying(plan: Plan, **texts: str | None) -> Plan:
    """The plan with these prompts and no other; None has only a recording in the plan's file."""
    prompts = {
        name: Prompt(text=text) if text is not None else Prompt(audio="a.wav") for name, text in texts.items()
    }
    return plan.model_copy(update={"prompts": prompts})


class Library:
    """Plans as they stand, and what is known of their recordings."""

    def __init__(self, booth: Booth) -> None:
        self.book = PlanBook()
        self.drafts: list[Plan] = []
        self.booth = booth
        known = KnownPlans(self.book, lambda: [self._drafts])
        self.overview = Overview(known, booth.desk.store, booth.desk.waivers)

    async def _drafts(self) -> list[Plan]:
        return self.drafts

    def live(self, *plans: Plan, recordings: dict[str, str] | None = None) -> None:
        self.book.replace(
            StoredPlan(PlanVersion(plan=plan, hash="a" * 64, recordings=recordings or {}), 1, "", True,
                       self.booth.now, "raul")
            for plan in plans
        )  # fmt: skip

    async def stands(self, plan: str = "hogar-nandu") -> dict[str, Stand]:
        needs = await self.overview.of(plan)
        assert needs is not None
        return {need.prompt: need.stand for need in needs.needs}


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Which database it is makes no difference here."""
    async with fresh_engine("sqlite", tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
def library(booth: Booth) -> Library:
    return Library(booth)


async def test_a_prompt_stands_as_what_happened_to_its_recordings(booth, library, nandu):
    plan = saying(nandu, saludo="Uno.", espera="Dos.")
    library.live(plan)
    assert await library.stands() == {"saludo": Stand.MISSING, "espera": Stand.MISSING}
    made = await booth.record(plan)
    assert (await library.stands())["saludo"] is Stand.PENDING
    with of("olga"):
        rejected = await booth.desk.store.take(made, Step.REJECT, "mal")
        assert (await library.stands())["saludo"] is Stand.REJECTED
        made = await booth.desk.store.take(rejected, Step.RECONSIDER)
        made = await booth.desk.approve(made, "Uno.")
        assert (await library.stands())["saludo"] is Stand.APPROVED
        await booth.desk.waivers.give("hogar-nandu", "espera", "Dos.", "así")
        assert (await library.stands())["espera"] is Stand.WAIVED
        await booth.desk.store.take(made, Step.WITHDRAW, "ya no")
    assert (await library.stands())["saludo"] is Stand.MISSING


async def test_a_text_that_changes_asks_for_another_recording_and_ends_what_was_accepted(
    booth, library, nandu
):
    plan = saying(nandu, saludo="Uno.", espera="Dos.")
    library.live(plan)
    made = await booth.record(plan)
    with of("olga"):
        await booth.desk.approve(made, "Uno.")
        await booth.desk.waivers.give("hogar-nandu", "espera", "Dos.", "así")
    library.drafts = [saying(nandu, saludo="Otro.", espera="Más.", nuevo="Tres.")]
    assert await library.stands() == {
        "saludo": Stand.OUTDATED, "espera": Stand.MISSING, "nuevo": Stand.MISSING
    }  # fmt: skip
    need = (await library.overview.of("hogar-nandu")).need("saludo")
    assert need.text == "Otro." and need.texts == {Where.LIVE: "Uno."}


async def test_it_is_known_where_the_recording_is_heard(booth, library, nandu):
    plan = saying(nandu, saludo="Uno.")
    made = await booth.record(plan)
    with of("olga"):
        await booth.desk.approve(made, "Uno.")
    library.live(plan)
    for recordings in ({}, {"saludo": "another"}):
        library.live(plan, recordings=recordings)
        need = (await library.overview.of("hogar-nandu")).needs[0]
        assert not need.heard(Where.LIVE) and need.kept(Where.LIVE) is None
    library.live(plan, recordings={"saludo": made.sound})
    need = (await library.overview.of("hogar-nandu")).needs[0]
    assert need.heard(Where.LIVE) and need.kept(Where.LIVE).id == made.id


async def test_a_plan_that_is_only_being_written_is_listed_too(library, nandu):
    library.drafts = [saying(nandu.model_copy(update={"plan": "nuevo", "name": "Nuevo"}), saludo="Uno.")]
    page = await library.overview.page(PlanFilter())
    assert [each.plan.plan for each in page.plans] == ["nuevo"] and page.to_record == 1


async def test_those_with_something_to_record_come_first_page_by_page(booth, library, nandu):
    def named(name: str) -> Plan:
        return saying(nandu.model_copy(update={"plan": name, "name": name.title()}), saludo="Uno.")

    plans = [named(name) for name in ("a-listo", "b-espera", "c-falta", "d-falta")]
    library.live(*plans)
    for plan in plans[:2]:
        made = await booth.record(plan)
        if plan.plan == "a-listo":
            with of("olga"):
                await booth.desk.approve(made, "Uno.")
    first = await library.overview.page(PlanFilter(), limit=3)
    assert [each.plan.plan for each in first.plans] == ["c-falta", "d-falta", "b-espera"]
    assert (first.to_record, first.to_approve) == (2, 1)
    rest = await library.overview.page(PlanFilter(), after=first.next, limit=3)
    assert [each.plan.plan for each in rest.plans] == ["a-listo"] and rest.next is None
    for what, names in {"record": 2, "approve": 1, "done": 1}.items():
        assert len((await library.overview.page(PlanFilter(what=what))).plans) == names


async def test_what_is_out_of_sight_is_neither_listed_nor_found(library, nandu):
    library.live(saying(nandu, saludo="Uno."))
    mexico = Scope(frozenset({"MX"}))
    assert (await library.overview.page(PlanFilter(), mexico)).plans == ()
    assert await library.overview.of("hogar-nandu", mexico) is None


async def not_yet(_alta: AltaView) -> bool:
    return False


async def stands(_alta: AltaView) -> bool:
    return True


async def test_what_is_written_on_takes_nothing_away_from_what_stands(booth, library, nandu):
    plan, proof = saying(nandu, saludo="Uno."), PromptProof(library.overview, stands)
    made = await booth.record(plan)
    with of("olga"):
        await booth.desk.approve(made, "Uno.")
    library.live(plan, recordings={"saludo": made.sound})
    library.drafts = [saying(nandu, saludo="Otro.", nuevo="Dos.")]
    assert (await proof.found(ALTA)).ok
    assert not (await PromptProof(library.overview, not_yet).found(ALTA)).ok
    newer = await booth.record(library.drafts[0])
    with of("olga"):
        await booth.desk.approve(newer, "Otro.")
    found = await proof.found(ALTA)
    assert found.ok and found.items[0].said == "«saludo»: grabación 1, la que está en la central"


async def test_an_alta_goes_on_only_when_every_prompt_is_approved_or_accepted(booth, library, nandu):
    proof = PromptProof(library.overview, not_yet)
    unknown = await proof.found(ALTA)
    assert not unknown.ok and "cárguelo" in unknown.said
    plan = saying(nandu, saludo="Uno.", espera="Dos.")
    library.live(plan)
    found = await proof.found(ALTA)
    assert not found.ok and found.said == "2 de 2 mensajes están sin audio aprobado."
    made = await booth.record(plan)
    with of("olga"):
        await booth.desk.waivers.give("hogar-nandu", "espera", "Dos.", "el cliente la prefiere")
        assert (await proof.found(ALTA)).said == "1 de 2 mensajes está sin audio aprobado."
    with of("omar"):
        await booth.desk.approve(made, "Uno.")
    found = await proof.found(ALTA)
    assert found.ok and found.by == ("olga", "omar") and found.link == "/prompts/hogar-nandu"
    assert [item.said for item in found.items] == [
        "«saludo»: grabación 1, aprobada",
        "«espera»: queda con la voz incorporada (el cliente la prefiere)",
    ]
    assert found.at == (await booth.desk.store.get(made.id)).decided_at


async def test_a_recording_that_the_plans_file_brings_is_no_approved_one(booth, library, nandu):
    plan = saying(nandu, saludo=None)
    library.live(plan, recordings={"saludo": "altavoz/" + "0" * 20})
    assert not (await PromptProof(library.overview, not_yet).found(ALTA)).ok
    with of("carla"):
        made = await booth.desk.bring("hogar-nandu", "saludo", "", booth.file(), "a.flac", "file")
    with of("olga"):
        await booth.desk.approve(made, None)
    assert (await PromptProof(library.overview, not_yet).found(ALTA)).ok
    assert await booth.desk.approved(plan) == {"saludo": made.sound}


async def test_the_built_in_voice_is_heard_as_on_the_telephone(booth):
    heard = await booth.desk.spoken("Gracias por llamar.", "es-AR")
    plain = booth.sounds.path(spoken_name(Speech("Gracias por llamar.", "es-AR")))
    one, other = wav_samples(heard.read_bytes()), wav_samples(plain.read_bytes())
    assert len(one) == len(other) > 8000 and abs(one - other).max() > 0
    assert await booth.desk.spoken("Gracias por llamar.", "es-AR") == heard


async def test_a_version_that_is_suspended_is_said_to_be(library, nandu, booth):
    plan = saying(nandu, saludo="Uno.")
    stored = StoredPlan(PlanVersion(plan=plan, hash="a" * 64), 1, "", True, booth.now, "raul")
    library.book.replace([replace(stored, live=False, suspended=True)])
    assert (await library.overview.of("hogar-nandu")).wheres == (Where.SUSPENDED,)
