"""What is done to accounts reaches the phones, the queues and the open desks; a PBX that is away is said."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.all_tables import metadata
from plans.load import load_site
from provisioning.phones import Phones
from provisioning.staffing import Staffing
from staff.changes import PeopleChanges
from staff.passwords import WeakPassword
from staff.people import People
from staff.person import Person
from staff.profile import PersonRefused, Profile, profile_of
from staff.roles import Role
from staff.scope import Scope
from telephony.embedded import NotReloaded
from tests.support.databases import fresh_engine

SITE = Path(__file__).parents[3] / "plans/example-site.yaml"
PASSWORD = "una clave larga"
EVA = Profile("Eva", frozenset({Role.COORDINATOR}), "101", ("cat",))


@dataclass
class House:
    """The PBX, its queues and the desks, played; `away` is what the PBX says when it does not do it."""

    away: str = ""
    files: dict[str, str] = field(default_factory=dict)
    serving: dict[str, tuple[str, ...]] = field(default_factory=dict)
    desks: list[tuple[str, int]] = field(default_factory=list)
    told: int = 0

    def write_config(self, files: Mapping[str, str]) -> frozenset[str]:
        changed = frozenset(name for name, text in files.items() if self.files.get(name) != text)
        self.files.update(files)
        return changed

    async def reload(self, files: frozenset[str]) -> None:
        if self.away:
            raise NotReloaded(self.away)

    def groups(self, person: Person) -> tuple[str, ...]:
        return self.serving.get(person.extension or "", ())

    async def leave(self, person: Person) -> str | None:
        if self.away:
            return self.away
        self.serving.pop(person.extension or "", None)
        return None

    async def sign_out_person(self, person_id: int) -> None:
        self.desks.append(("out", person_id))

    async def reconnect_person(self, person_id: int) -> None:
        self.desks.append(("again", person_id))

    async def people_changed(self) -> None:
        self.told += 1


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        yield People(engine, lambda: datetime.now(UTC))


@pytest.fixture
def staffing(people: People, house: House) -> Staffing:
    changes = PeopleChanges(people._engine, lambda: datetime.now(UTC))
    phones = Phones(people, house, house.people_changed)
    return Staffing(people, changes, phones, house, house, load_site(SITE), lambda: ["Seguros Ñandú"])


async def test_a_new_account_has_its_phone_with_its_devices(staffing: Staffing, house: House) -> None:
    done = await staffing.add("eva", replace(EVA, devices=2), PASSWORD)
    assert done.sip_secret is not None and done.sip_secret in house.files["pjsip-phones.conf"]
    assert "max_contacts=2" in house.files["pjsip-phones.conf"].replace(" ", "")
    assert (done.warnings, house.told) == ((), 1)


async def test_what_the_site_has_not_is_said_with_all_else_at_once(
    staffing: Staffing, people: People
) -> None:
    scope = Scope(frozenset({"ZZ"}), frozenset({"Nadie"}))
    wanted = Profile(" ", frozenset({Role.IT}), "911", ("otra",), scope=scope)
    with pytest.raises(PersonRefused) as refused:
        await staffing.add("x", wanted)
    assert set(refused.value.problems) == {
        "name", "full_name", "extension", "groups", "subsidiaries", "accounts",
    }  # fmt: skip
    assert await people.all() == ()


@pytest.mark.parametrize(("taken", "whose"), [("911", "emergencia"), ("701", "CAT")])
async def test_an_extension_that_the_site_needs_is_refused(
    staffing: Staffing, taken: str, whose: str
) -> None:
    with pytest.raises(PersonRefused) as refused:
        await staffing.add("eva", replace(EVA, extension=taken), PASSWORD)
    assert whose in refused.value.problems["extension"]


async def test_a_password_made_of_the_person_s_own_names_is_refused(staffing: Staffing) -> None:
    with pytest.raises(WeakPassword):
        await staffing.add("eva", replace(EVA, full_name="Evangelina Quiroga"), "evangelina1")


async def test_what_an_account_has_already_may_stay_though_the_site_lost_it(
    staffing: Staffing, people: People
) -> None:
    await people.open("eva", replace(EVA, groups=("cerrada",)), PASSWORD)
    eva = await people.by_name("eva")
    assert eva is not None
    done = await staffing.change(eva, replace(profile_of(eva), full_name="Eva R."))
    assert done.person.groups == ("cerrada",)


async def test_a_change_at_the_desk_makes_it_anew_and_another_does_not(
    staffing: Staffing, house: House
) -> None:
    eva = (await staffing.add("eva", EVA, PASSWORD)).person
    done = await staffing.change(eva, replace(EVA, email="eva@x.com"))
    assert house.desks == []
    await staffing.change(done.person, replace(EVA, email="eva@x.com", groups=("sac",)))
    assert house.desks == [("again", eva.id)]


async def test_an_account_closed_while_the_pbx_is_away_leaves_its_queues_later(
    staffing: Staffing, house: House
) -> None:
    eva = (await staffing.add("eva", EVA, PASSWORD)).person
    house.serving, house.away = {"101": ("cat",)}, "la central no contesta"
    done = await staffing.deactivate("eva", None, "fin")
    assert not done.person.active and house.desks == [("out", eva.id)]
    assert done.warnings[0] == "la central no contesta" and "al arrancar de nuevo" in done.warnings[1]
    assert house.told == 2
    house.away = ""
    await staffing.tidy()
    assert house.serving == {}


async def test_an_account_that_is_active_is_never_tidied_away(staffing: Staffing, house: House) -> None:
    await staffing.add("eva", EVA, PASSWORD)
    house.serving = {"101": ("cat",)}
    await staffing.tidy()
    assert house.serving == {"101": ("cat",)}
