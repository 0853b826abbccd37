"""Strangers are let in when the gate is open, at once or on their day, and a dossier tells all of it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

import staff.passwords
from db.all_tables import metadata
from plans.book import PlanBook
from plans.load import load_site
from plans.model import Account
from provisioning.alta.evidence import EVIDENCE, Found
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView
from provisioning.editing.values import Beginning
from provisioning.marking import Going
from provisioning.office import Office
from provisioning.proof.reports import Check, Ear, Kind, Report, Result, TestedCall
from provisioning.release.dossier import verify
from provisioning.release.gate import Demand
from provisioning.release.keys import SigningKey
from provisioning.release.releasing import INTERRUPTED, MOVED_ON, ShutGate
from provisioning.release.store import AlreadyUnderWay, ReleaseRefused
from staff.actor import Actor, acting
from staff.areas import Areas
from staff.audit_table import audit
from staff.changes import PeopleChanges
from staff.people import People
from staff.person import Person
from staff.profile import Profile
from staff.roles import Role
from staff.scope import Scope
from tests.support.databases import BACKENDS, fresh_engine
from tests.support.publishing import Publishing

PLANS = Path(__file__).parents[4] / "plans"
SITE = load_site(PLANS / "example-site.yaml")
NANDU = PLANS / "examples/hogar-nandu.yaml"
NOON = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
PEOPLE = {
    "ivan": Role.IT,
    "ines": Role.IT,
    "olga": Role.OPERATIONS,
    "oscar": Role.OPERATIONS,
    "cata": Role.COMMERCIAL,
}


@dataclass
class House:
    """An office beside a PBX; the plan's first version answers strangers, its second is the candidate."""

    office: Office
    publishing: Publishing
    people: dict[str, Person]
    now: datetime = NOON

    @property
    def releases(self):
        return self.office.line_releases

    @property
    def candidate(self):
        return self.office.book.of("hogar-nandu").candidate

    def live(self) -> str | None:
        stored = self.office.book.of("hogar-nandu").live
        return stored.version.hash if stored else None

    async def change(self, greeting: str = "Gracias por llamar a") -> None:
        """A new candidate by ivan: callers hear something else, coordinators see the same."""
        await self.office.provisioner.apply_text(greeted(greeting), "ivan")

    async def unmet(self) -> dict[str, Demand]:
        """What the gate misses, by code, whoever would release."""
        standing = await self.releases.standing("hogar-nandu")
        return {each.code: each for each in await self.releases.demands(standing, None) if not each.met}

    async def people_of(self, name: str, group: str) -> None:
        """One more coordinator."""
        await self.office.people.add(name, [Role.COORDINATOR], groups=[group], password="una frase larga")
        found = await self.office.people.by_name(name)
        assert found is not None
        self.people[name] = found

    async def tested(self, kind: Kind, by: str) -> Report:
        found = self.candidate
        fingerprint = self.office.provisioner.entry_of("hogar-nandu", found.version.hash)
        check = Check("header", "Número", True, "suena", "suena")
        call = TestedCall("entrada", "Entrada", "+541143218765", NOON, NOON, (check,))
        ears = (Ear("saludo", True, NOON),) if kind is Kind.OPERATIONS else ()
        who = ("hogar-nandu", "Hogar Ñandú", "AR", "Seguros Ñandú S.A.", found.version.hash, fingerprint)
        report = Report(kind, *who, "release", by, NOON, NOON, Result.PASSED, (call,), ears=ears)
        return await self.office.reports.add(report)

    async def both(self) -> None:
        await self.tested(Kind.IT, "ines")
        await self.tested(Kind.OPERATIONS, "olga")


def greeted(greeting: str) -> str:
    """The plan with another greeting."""
    return NANDU.read_text("utf-8").replace("Gracias por comunicarse con", greeting)


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(staff.passwords, "_HASHER", quick)


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as made:
        yield made


@pytest.fixture
async def house(engine: AsyncEngine, tmp_path: Path) -> House:
    house: House
    book, clock = PlanBook(), lambda: house.now
    publishing = Publishing(engine, tmp_path, SITE, book, clock)
    people = People(engine, clock)
    office = Office(
        engine=engine,
        clock=clock,
        site=SITE,
        book=book,
        people=people,
        areas=Areas(engine),
        home=tmp_path,
        address="https://altavoz.example",
        outbox=None,
        sounds=publishing.sounds,
        provisioner=publishing.provisioner,
    )
    house = House(office, publishing, {})
    for name, role in PEOPLE.items():
        await people.add(name, [role], full_name=name.capitalize(), password="una frase larga")
        found = await people.by_name(name)
        assert found is not None
        house.people[name] = found
    publishing.start()
    await office.provisioner.apply([NANDU], "ivan", going=Going.RELEASE, reason="ejemplo")
    await house.change()
    return house


async def test_it_is_let_in_with_both_tests_and_its_dossier_verifies(house: House) -> None:
    await house.both()
    wanted = house.candidate.version.hash
    done = await house.releases.release("hogar-nandu", house.people["oscar"], "Probada dos veces")
    assert (done.state, house.live(), house.candidate) == ("done", wanted, None)
    (kept,) = await house.releases.store.dossiers_of("hogar-nandu")
    file = house.releases.dossiers.path(kept.head).read_bytes()
    found = verify(file, [SigningKey(house.office.home).public()])
    told = {section.name: section.body for section in found.sections}
    assert list(told) == [
        "release",
        "numbers",
        "plan",
        "test-it",
        "test-operations",
        "prompts",
        "gate",
        "signatures",
    ]
    assert told["release"]["reason"] == "Probada dos veces"
    assert any(line.startswith('+  saludo: {text: "Gracias por llamar a') for line in told["plan"]["diff"])
    assert [row["name"] for row in told["signatures"]["signatures"]] == ["ines", "olga", "oscar"]
    assert all(demand["met"] for demand in told["gate"]["demands"])
    proved = {demand["code"]: demand["by"] for demand in told["gate"]["demands"]}
    assert (proved["tested-it"], proved["two-people"]) == (["ines"], ["ines", "olga"])
    assert told["signatures"]["people"] == {"ines": "Ines", "olga": "Olga", "oscar": "Oscar"}
    sounds = [prompt["sound"] for prompt in told["prompts"]["prompts"]]
    assert sounds and all(base64.b64decode(sound["data"]).startswith(b"RIFF") for sound in sounds)


@pytest.mark.parametrize(
    ("tests", "who", "said"),
    [
        ((), "oscar", "no tiene una prueba aprobada de Sistemas"),
        (((Kind.IT, "ines"),), "oscar", "aprobada de Operaciones"),
        (((Kind.IT, "olga"), (Kind.OPERATIONS, "olga")), "oscar", "Olga hizo las dos"),
        (((Kind.IT, "ines"), (Kind.OPERATIONS, "olga")), "ivan", "Libera una persona de Operaciones"),
        (((Kind.IT, "oscar"), (Kind.OPERATIONS, "olga")), "oscar", "la probó por Sistemas"),
    ],
)
async def test_a_shut_gate_says_why_and_nothing_changes(house: House, tests, who: str, said: str) -> None:
    before = house.live()
    for kind, by in tests:
        await house.tested(kind, by)
    with pytest.raises(ShutGate, match=said):
        await house.releases.release("hogar-nandu", house.people[who], "porque sí")
    assert house.live() == before
    assert await house.releases.store.under_way("hogar-nandu") is None


async def test_who_configured_it_does_not_release_it(house: House) -> None:
    await house.office.provisioner.drop_candidate("hogar-nandu", "ivan", "otra vez")
    text = greeted("Gracias por confiar en")
    await house.office.provisioner.apply_text(text, "oscar")
    await house.both()
    with pytest.raises(ShutGate, match="configuró esta versión"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "porque sí")


async def test_what_nobody_of_the_console_published_is_not_released(house: House) -> None:
    await house.office.provisioner.drop_candidate("hogar-nandu", "ivan", "otra vez")
    text = greeted("Gracias por confiar en")
    await house.office.provisioner.apply_text(text, "root")
    await house.both()
    with pytest.raises(ShutGate, match="La publicó «root», que no es una cuenta de la consola"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "porque sí")
    assert "releaser" in await house.unmet()
    await house.office.provisioner.drop_candidate("hogar-nandu", "root", "La publica Iván")
    await house.office.provisioner.apply_text(text, "ivan")
    done = await house.releases.release("hogar-nandu", house.people["oscar"], "la publicó Iván")
    assert done.state == "done"


async def test_what_was_let_in_at_the_machine_and_suspended_comes_back_by_the_gate(house: House) -> None:
    text = greeted("Gracias por confiar en")
    await house.office.provisioner.apply_text(text, "root", going=Going.RELEASE, reason="sin altas")
    await house.office.provisioner.suspend("hogar-nandu", "oscar", "un corte")
    assert "releaser" not in await house.unmet()


async def test_who_wrote_it_does_not_release_it_though_somebody_else_published_it(house: House) -> None:
    house.now += timedelta(hours=1)
    text, begins = greeted("Gracias por confiar en"), Beginning("AR", "Seguros")
    with acting(Actor("oscar", "web")):
        await house.office.plan_drafts.save("hogar-nandu", text, 0, begins)
    house.now += timedelta(hours=1)
    await house.office.provisioner.apply_text(text, "ivan")
    await house.both()
    with pytest.raises(ShutGate, match="configuró esta versión"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "porque sí")
    assert (await house.releases.release("hogar-nandu", house.people["olga"], "bien")).state == "done"
    house.now += timedelta(hours=1)
    await house.change()
    await house.both()
    done = await house.releases.release("hogar-nandu", house.people["oscar"], "esta no es suya")
    assert done.state == "done"


async def test_who_wrote_it_before_another_was_let_in_does_not_release_it_either(
    house: House,
) -> None:
    drafts, begins = house.office.plan_drafts, Beginning("AR", "Seguros")
    text = NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú Máximo")
    house.now += timedelta(hours=1)
    for revision, (name, typed) in enumerate((("oscar", f"{text}#"), ("cata", text))):
        with acting(Actor(name, "web")):
            await drafts.save("hogar-nandu", typed, revision, begins)
    house.now += timedelta(hours=1)
    await house.change("Asistencia Hogar Ñandú Otra")
    await house.both()
    await house.releases.release("hogar-nandu", house.people["olga"], "es de Iván")
    house.now += timedelta(hours=1)
    await house.office.provisioner.apply_text(text, "ivan")
    await drafts.close("hogar-nandu", 2, "plan.draft-published")
    await house.both()
    with pytest.raises(ShutGate, match="configuró esta versión"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "porque sí")
    house.now += timedelta(hours=1)
    with acting(Actor("cata", "web")):
        await drafts.save("hogar-nandu", f"{text}# más", 2, begins)
    await house.office.provisioner.apply_text(f"{text}# más", "ivan")
    assert await drafts.authors("hogar-nandu", f"{text}# más") == {"cata"}


async def test_a_plan_changed_after_its_test_is_untested_again(house: House) -> None:
    await house.both()
    await house.change("Le atiende")
    with pytest.raises(ShutGate, match="no tiene una prueba aprobada"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "porque sí")


async def test_on_its_day_and_not_before(house: House) -> None:
    await house.both()
    wanted = house.candidate.version.hash
    asked = await house.releases.release("hogar-nandu", house.people["oscar"], "el lunes", date(2026, 11, 30))
    assert (asked.state, asked.asked_for.due) == ("scheduled", datetime(2026, 11, 30, 3, 0, tzinfo=UTC))
    with pytest.raises(AlreadyUnderWay):
        await house.releases.release("hogar-nandu", house.people["oscar"], "ya")
    await house.releases.run_due()
    assert house.live() != wanted
    house.now = asked.asked_for.due
    await house.releases.run_due()
    assert house.live() == wanted


async def test_changed_before_its_day_it_is_refused_and_said(house: House) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "mañana", date(2026, 11, 27))
    await house.change("Le atiende")
    house.now += timedelta(days=1)
    await house.releases.run_due()
    (last,) = await house.releases.store.history("hogar-nandu")
    assert (last.state, last.said) == ("refused", MOVED_ON)


@pytest.mark.parametrize(
    "since",
    [
        Profile("Oscar", frozenset({Role.OPERATIONS}), scope=Scope(frozenset({"MX"}))),
        Profile("Oscar", frozenset({Role.IT})),
    ],
    ids=["scope", "role"],
)
async def test_who_may_no_longer_release_it_on_its_day_does_not(
    house: House, engine: AsyncEngine, since: Profile
) -> None:
    await house.both()
    before = house.live()
    await house.releases.release("hogar-nandu", house.people["oscar"], "mañana", date(2026, 11, 27))
    await PeopleChanges(engine, lambda: house.now).change("oscar", since)
    house.now += timedelta(days=1)
    await house.releases.run_due()
    (last,) = await house.releases.store.history("hogar-nandu")
    assert (last.state, house.live()) == ("refused", before)
    assert "Libera una persona de Operaciones" in last.said


@pytest.mark.parametrize("reason", ["", " \n", "\u200b\u00a0"], ids=ascii)
async def test_nothing_is_released_nor_taken_back_without_a_reason(house: House, reason: str) -> None:
    await house.both()
    before = house.live()
    with pytest.raises(ReleaseRefused, match="por qué la da por válida"):
        await house.releases.release("hogar-nandu", house.people["oscar"], reason)
    assert house.live() == before
    await house.releases.release("hogar-nandu", house.people["oscar"], "el lunes", date(2026, 11, 30))
    with pytest.raises(ReleaseRefused, match="por qué se anula"):
        await house.releases.cancel("hogar-nandu", reason)
    assert (await house.releases.store.under_way("hogar-nandu")) is not None


async def test_a_day_that_is_over_is_no_day(house: House) -> None:
    await house.both()
    before = house.live()
    with pytest.raises(ReleaseRefused, match="26/11/2025 ya pasó"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "el jueves", date(2025, 11, 26))
    assert (house.live(), await house.releases.store.scheduled()) == (before, ())


async def test_a_test_from_the_machine_itself_is_not_one_of_two_people(house: House) -> None:
    await house.tested(Kind.IT, "root")
    await house.tested(Kind.OPERATIONS, "olga")
    with pytest.raises(ShutGate, match="«root» no es una cuenta"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "ya")


async def test_who_only_suspends_a_line_has_not_configured_it(house: House) -> None:
    await house.both()
    await house.office.provisioner.suspend("hogar-nandu", "oscar", "el operador la desvía mal")
    done = await house.releases.release("hogar-nandu", house.people["oscar"], "arreglado")
    assert done.state == "done"


async def test_a_disk_that_is_full_keeps_no_dossier_for_ever(house: House, monkeypatch) -> None:
    await house.both()
    write = house.releases.dossiers._write

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(house.releases.dossiers, "_write", full)
    with pytest.raises(OSError):
        await house.releases.release("hogar-nandu", house.people["oscar"], "ya")
    await house.releases.recover()
    (asked,) = await house.releases.store.scheduled()
    assert asked.state == "releasing"
    monkeypatch.setattr(house.releases.dossiers, "_write", write)
    await house.releases.recover()
    (kept,) = await house.releases.store.dossiers_of("hogar-nandu")
    told = {each.name: each.body for each in (await house.releases.dossiers.read(kept.head)).sections}
    assert all(demand["met"] for demand in told["gate"]["demands"]) and told["gate"]["demands"]


async def test_what_is_scheduled_can_be_taken_back(house: House) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "mañana", date(2026, 11, 27))
    await house.releases.cancel("hogar-nandu", "el banco pidió esperar")
    house.now += timedelta(days=2)
    await house.releases.run_due()
    (last,) = await house.releases.store.history("hogar-nandu")
    assert (last.state, last.said) == ("cancelled", "el banco pidió esperar")
    with pytest.raises(ReleaseRefused, match="No hay una liberación pendiente"):
        await house.releases.cancel("hogar-nandu", "otra vez")


async def test_two_who_release_at_once_let_in_once(house: House) -> None:
    await house.both()
    oscar = house.people["oscar"]
    twice = [house.releases.release("hogar-nandu", oscar, "ya") for _ in range(2)]
    found = await asyncio.gather(*twice, return_exceptions=True)
    assert sum(isinstance(each, ReleaseRefused) for each in found) == 1
    assert len(await house.releases.store.dossiers_of("hogar-nandu")) == 1


async def test_killed_before_the_pbx_changed_it_is_refused(house: House) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "mañana", date(2026, 11, 27))
    (asked,) = await house.releases.store.scheduled()
    assert await house.releases.store.claim(asked.id)
    await house.releases.recover()
    (last,) = await house.releases.store.history("hogar-nandu")
    assert (last.state, last.said) == ("refused", INTERRUPTED)


async def test_killed_after_the_pbx_changed_its_dossier_is_written_at_the_next_start(house: House) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "mañana", date(2026, 11, 27))
    (asked,) = await house.releases.store.scheduled()
    assert await house.releases.store.claim(asked.id)
    await house.office.provisioner.go_live("hogar-nandu", asked.asked_for.hash, "oscar", "mañana")
    await house.releases.recover()
    assert [kept.by for kept in await house.releases.store.dossiers_of()] == ["oscar"]


async def test_dossiers_of_a_site_stand_on_one_another(house: House) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "uno")
    await house.change("Le atiende")
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "dos")
    newer, older = await house.releases.store.dossiers_of()
    assert newer.previous == older.head
    assert (await house.releases.dossiers.read(newer.head)).previous == older.head


async def test_a_new_plan_wants_an_alta_with_its_gates(house: House) -> None:
    condor = PLANS / "examples/vial-condor.yaml"
    await house.office.provisioner.apply([condor], "ivan")
    standing = await house.releases.standing("vial-condor")
    unmet = {demand.code for demand in await house.releases.demands(standing, None) if not demand.met}
    assert unmet == {"alta", "tested-it", "tested-operations"}


TERMS = {
    "las coberturas": (
        "{limit: 60000, currency: ARS, per: event}",
        "{limit: 90000, currency: ARS, per: event}",
    ),
    "las condiciones generales": ("Excluye daños anteriores", "Excluye los daños anteriores"),
    "el alcance": ("scope: nacional", "scope: local"),
}


@pytest.mark.parametrize("word", TERMS)
async def test_what_was_agreed_changes_with_an_otro_si(house: House, word: str) -> None:
    await house.office.provisioner.apply_text(NANDU.read_text("utf-8").replace(*TERMS[word]), "ivan")
    await house.both()
    asked = (await house.unmet())["alta"]
    assert f"Esta versión cambia {word}: empiece un otro sí" in asked.said
    assert asked.link == "/altas/new?kind=otro-si&plan=hogar-nandu"
    with pytest.raises(ShutGate, match="empiece un otro sí"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "es solo un tope")
    await otro_si(house)
    unmet = await house.unmet()
    assert "alta" not in unmet
    assert {"cuenta-y-plan", "prestadores", "coordinadores"} <= set(unmet)
    assert "coordinators" not in unmet, "the otro sí asks for it"


async def test_the_same_coverages_in_another_order_are_the_same(house: House) -> None:
    text = NANDU.read_text("utf-8")
    first = text[text.index("  - {code: PLOM") : text.index("  - {code: CERR")]
    reordered = text.replace(first, "").replace("guide: |", first + "guide: |").replace("con Asis", "a Asis")
    await house.office.provisioner.apply_text(reordered, "ivan")
    assert "alta" not in await house.unmet()


async def test_what_coordinators_were_told_is_told_anew_though_no_alta_asks(house: House) -> None:
    sheets = house.office.notices.sheets
    await house.people_of("cora", "cat")
    text = NANDU.read_text("utf-8").replace("fantasy_name: ASISTENCIA", "fantasy_name: HOGAR")
    await house.office.provisioner.apply_text(text, "ivan")
    await house.both()
    asked = (await house.unmet())["coordinators"]
    assert (asked.said, asked.link) == ("Falta que lean la ficha 1 de 1.", "/sheets/hogar-nandu/readers")
    with pytest.raises(ShutGate, match="Falta que lean la ficha"):
        await house.releases.release("hogar-nandu", house.people["oscar"], "solo el nombre")
    (mine,) = await sheets.unread(house.people["cora"])
    await sheets.read(house.people["cora"], "hogar-nandu", mine.hash)
    done = await house.releases.release("hogar-nandu", house.people["oscar"], "la leyó Cora")
    assert (done.state, await sheets.unread(house.people["cora"])) == ("done", ())


async def test_it_starts_without_who_is_away_when_somebody_says_why(house: House) -> None:
    await house.people_of("cora", "cat")
    await house.office.provisioner.apply_text(
        NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú Más"), "ivan"
    )
    await house.office.notices.sheets.start_without("hogar-nandu", house.people["olga"], "Cora está de viaje")
    assert "coordinators" not in await house.unmet()
    await house.office.provisioner.apply_text(
        NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú 3"), "ivan"
    )
    assert "coordinators" in await house.unmet(), "another sheet is another question"


async def otro_si(house: House) -> AltaView:
    for name in EVIDENCE:
        house.office.evidence.setdefault(name, _there)
    request = AltaRequest(
        kind="otro-si",
        plan="hogar-nandu",
        name="Hogar",
        account=Account(name="Seguros Ñandú S.A.", type="aseguradora"),
        subsidiary="AR",
    )
    return await house.office.altas.start(request, None)


async def test_the_release_is_the_altas_evidence(house: House) -> None:
    for name in EVIDENCE:
        if name != "released":
            house.office.evidence[name] = _there
    request = AltaRequest(
        kind="otro-si",
        plan="hogar-nandu",
        name="Hogar",
        account=Account(name="Seguros Ñandú S.A.", type="aseguradora"),
        subsidiary="AR",
    )
    house.now += timedelta(minutes=1)
    alta = await house.office.altas.start(request, None)
    house.now += timedelta(minutes=1)
    found = await house.releases.released(alta)
    assert (found.ok, "anterior" in found.said) == (False, True)
    await house.office.provisioner.go_live("hogar-nandu", house.candidate.version.hash, "oscar", "urgente")
    assert (await house.releases.released(alta)).ok


async def _there(_alta: AltaView) -> Found:
    return Found(True, "Está.")


async def test_each_leaves_its_deed(house: House, engine: AsyncEngine) -> None:
    await house.both()
    await house.releases.release("hogar-nandu", house.people["oscar"], "ya")
    async with engine.connect() as connection:
        found = (await connection.execute(select(audit.c.action, audit.c.reason))).all()
    assert [tuple(row) for row in found if row.action.startswith("line.")] == [
        ("line.release-asked", "ya"),
        ("line.released", "ya"),
    ]
