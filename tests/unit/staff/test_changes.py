"""The life of an account: who may change what, who was first, and what the trail keeps."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from staff.actor import Actor, acting
from staff.areas import Areas
from staff.audit_table import audit
from staff.changes import PeopleChanges, StalePerson
from staff.profile import PersonRefused, Profile, profile_of
from staff.roles import Role
from staff.scope import Scope
from staff.sessions import Sessions
from staff.tables import areas as areas_table

PASSWORD = "una clave larga"


@pytest.fixture
async def changes(engine, clock):
    async with engine.begin() as connection:
        rows = [{"name": name, "label": name.upper(), "revision": 1} for name in ("cat", "quality")]
        await connection.execute(areas_table.insert(), rows)
    return PeopleChanges(engine, clock)


@pytest.fixture
async def ana(people, changes):
    return (await people.add("ana", [Role.COORDINATOR], "Ana Paz", "101", ["cat"], PASSWORD)).person


@pytest.fixture
async def raul(people, changes):
    return (await people.add("raul", [Role.ADMINISTRATOR], "Raúl Vega", password=PASSWORD)).person


@contextmanager
def as_person(name: str) -> Iterator[None]:
    with acting(Actor(name, "web", "10.0.0.7")):
        yield


async def deeds(engine, subject):
    async with engine.connect() as connection:
        rows = await connection.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.id))
        return [(row.action, row.before, row.after, row.actor, row.reason) for row in rows]


async def test_an_account_opens_with_its_whole_profile(people, changes, engine):
    wanted = Profile(
        "  Beto   Ruiz ", frozenset({Role.SUPERVISOR, Role.COORDINATOR}), "102", ("sac", "cat"),
        "Beto.Ruiz@Ejemplo.COM ", ("quality", "cat"),
        Scope(frozenset({"AR"}), frozenset({"Seguros Ñandú"})), 2,
    )  # fmt: skip
    with as_person("raul"):
        beto = (await people.open("beto", wanted, reason="campaña Ñandú")).person
    assert (beto.full_name, beto.email, beto.areas, beto.groups, beto.devices) == (
        "Beto Ruiz", "beto.ruiz@ejemplo.com", ("cat", "quality"), ("cat", "sac"), 2,
    )  # fmt: skip
    assert beto.scope == wanted.scope and await people.by_name("beto") == beto
    ((action, before, after, actor, reason),) = await deeds(engine, "beto")
    assert (action, before, actor, reason) == ("user.added", "{}", "raul", "campaña Ñandú")
    assert '"accounts":["Seguros Ñandú"]' in after and "password" not in after


async def test_only_what_differs_is_written_down(people, changes, ana, engine):
    with as_person("raul"):
        done = await changes.change("ANA", replace(profile_of(ana), areas=("cat",)), 1, "  pasa a  CAT ")
    assert done.person == replace(ana, areas=("cat",), revision=2) == await people.by_name("ana")
    assert (await deeds(engine, "ana"))[1:] == [
        ("user.changed", '{"areas":[]}', '{"areas":["cat"]}', "raul", "pasa a CAT")
    ]


async def test_a_change_of_nothing_is_none(changes, ana, engine):
    done = await changes.change("ana", profile_of(ana), 1)
    assert done.person == ana
    assert len(await deeds(engine, "ana")) == 1


async def test_who_comes_second_is_told_and_changes_nothing(people, changes, ana):
    await changes.change("ana", replace(profile_of(ana), full_name="Ana María Paz"), 1)
    with pytest.raises(StalePerson, match="antes que usted") as stale:
        await changes.change("ana", replace(profile_of(ana), devices=2), 1)
    assert stale.value.now.full_name == "Ana María Paz" == (await people.by_name("ana")).full_name
    assert (await people.by_name("ana")).devices == 1


async def test_of_many_at_once_one_wins(changes, ana):
    tries = [changes.change("ana", replace(profile_of(ana), full_name=f"Ana {n}"), 1) for n in "abcdefgh"]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(end, StalePerson) for end in ends) == len(tries) - 1


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"full_name": " "}, "full_name", "el nombre y el apellido"),
        ({"roles": frozenset()}, "roles", "al menos un rol"),
        ({"extension": "0101"}, "extension", "por ejemplo 101"),
        ({"email": "ana\r\nBcc: x@y.z"}, "email", "ana.perez@empresa.com"),
        ({"email": "ana arroba x"}, "email", "ana.perez@empresa.com"),
        ({"devices": 3}, "devices", "uno o en dos"),
        ({"areas": ("nada",)}, "areas", "las que hay son: cat, quality"),
        ({"extension": "102"}, "extension", "ya es de «beto»"),
        ({"email": "BETO@x.com"}, "email", "ya es de «beto»"),
    ],
)  # fmt: skip
async def test_a_profile_that_cannot_be_is_refused_at_its_field(people, changes, ana, changed, field, words):
    await people.open("beto", Profile("Beto", frozenset({Role.IT}), "102", email="beto@x.com"))
    with pytest.raises(PersonRefused) as refused:
        await changes.change("ana", replace(profile_of(ana), **changed), 1)
    assert list(refused.value.problems) == [field] and words in refused.value.problems[field]
    assert await people.by_name("ana") == ana


async def test_every_problem_is_said_at_once(people, changes):
    with pytest.raises(PersonRefused) as refused:
        await people.open("a", Profile("", frozenset(), "9", email="x", devices=0))
    assert set(refused.value.problems) == {"name", "full_name", "roles", "extension", "email", "devices"}


async def test_an_administrator_sees_everything(changes, raul):
    with pytest.raises(PersonRefused, match="Quien administra ve todo"):
        await changes.change("raul", replace(profile_of(raul), scope=Scope(frozenset({"AR"}))))


@pytest.mark.parametrize(
    "changed",
    [{"roles": frozenset({Role.COORDINATOR, Role.AUDITOR})}, {"scope": Scope(frozenset({"AR"}))}],
)
async def test_nobody_changes_their_own_roles_or_what_they_see(changes, ana, raul, changed):
    with as_person("ana"), pytest.raises(PersonRefused, match="Nadie cambia"):
        await changes.change("ana", replace(profile_of(ana), **changed), 1)
    with as_person("ana"):
        await changes.change("ana", replace(profile_of(ana), full_name="Ana P."), 1)
    with as_person("raul"):
        await changes.change("ana", replace(profile_of(ana), **changed), 2)


async def test_nobody_closes_their_own_account(people, changes, raul):
    await people.add("rita", [Role.ADMINISTRATOR])
    with as_person("raul"), pytest.raises(PersonRefused, match="su propia cuenta"):
        await changes.deactivate("raul")


async def test_the_command_line_acts_for_the_house_whatever_an_account_is_called(people, changes, raul):
    named = (await people.add("altavoz", [Role.IT])).person
    await changes.change("altavoz", replace(profile_of(named), roles=frozenset({Role.FINANCE})))
    assert not (await changes.deactivate("altavoz")).person.active


async def test_the_last_administrator_stays_one(people, changes, raul):
    inactive = await people.add("rita", [Role.ADMINISTRATOR])
    await changes.deactivate(inactive.person.name)
    for attempt in (
        changes.deactivate("raul"),
        changes.change("raul", replace(profile_of(raul), roles=frozenset({Role.IT}))),
    ):
        with pytest.raises(PersonRefused, match="última cuenta activa"):
            await attempt
    assert await people.by_name("raul") == raul


async def test_two_administrators_who_close_each_other_do_not_both_succeed(people, changes, raul):
    await people.add("rita", [Role.ADMINISTRATOR])

    async def closes(who: str, whom: str) -> object:
        with as_person(who):
            return await changes.deactivate(whom)

    for _ in range(5):
        ends = await asyncio.gather(closes("raul", "rita"), closes("rita", "raul"), return_exceptions=True)
        assert [type(end) for end in ends if isinstance(end, Exception)] == [PersonRefused]
        for name in ("raul", "rita"):
            await changes.reactivate(name)


async def test_closing_an_account_ends_its_sessions_and_keeps_its_history(
    people, changes, ana, engine, clock
):
    sessions = Sessions(engine, clock)
    secret = await sessions.open(ana.id)
    clock.now += timedelta(minutes=5)
    with as_person("raul"):
        done = await changes.deactivate("ana", 1, "terminó la campaña")
    assert (done.person.active, done.person.since, done.person.created) == (False, clock.now, ana.created)
    await changes.reactivate("ana")
    assert await sessions.find(secret.token) is None
    kept = {deed[0]: deed[4] for deed in await deeds(engine, "ana") if deed[0].startswith("user.")}
    assert kept == {"user.added": "", "user.deactivated": "terminó la campaña", "user.reactivated": ""}


async def test_closing_twice_is_closing_once(changes, ana, engine):
    first = await changes.deactivate("ana")
    assert (await changes.deactivate("ana")).person == first.person
    assert len(await deeds(engine, "ana")) == 2


async def test_who_closes_an_account_leaves_no_area_without_saying_so(people, changes, ana, raul, engine):
    areas = Areas(engine)
    await areas.change("cat", "CAT", "ana", "raul")
    await areas.change("quality", "Calidad", "raul", "ana")
    done = await changes.deactivate("ana")
    assert sorted(done.vacant) == ["CAT", "Calidad"]
    assert [(area.head, area.deputy) for area in await areas.all()] == [("raul", None), (None, "raul")]
    assert (await deeds(engine, "quality"))[-1][:3] == (
        "area.changed", '{"deputy":"ana"}', '{"deputy":null}',
    )  # fmt: skip


async def test_another_extension_is_another_telephone_with_a_secret_of_its_own(people, changes, ana):
    former = await people.sip_secret(ana.id)
    kept = await changes.change("ana", replace(profile_of(ana), devices=2))
    assert kept.sip_secret is None and await people.sip_secret(ana.id) == former
    moved = await changes.change("ana", replace(profile_of(kept.person), extension="105"))
    assert moved.sip_secret == await people.sip_secret(ana.id) != former
    assert moved.sip_secret not in repr(moved)
    gone = await changes.change("ana", replace(profile_of(moved.person), extension=None))
    assert gone.sip_secret is None and await people.sip_secret(ana.id) is None


async def test_the_phone_of_a_closed_account_is_none_and_comes_back_with_it(people, changes, ana):
    await changes.change("ana", replace(profile_of(ana), devices=2))
    await changes.deactivate("ana")
    assert await people.with_phones() == ()
    await changes.reactivate("ana")
    ((phone,)) = await people.with_phones()
    assert (phone.extension, phone.devices, phone.secret) == ("101", 2, await people.sip_secret(ana.id))


async def test_a_renewed_secret_is_a_deed_without_the_secret(people, changes, ana, engine):
    secret = await people.renew_sip_secret(ana.id)
    action, before, after, _, _ = (await deeds(engine, "ana"))[-1]
    assert (action, before, after) == ("phone.renewed", "{}", "{}") and secret not in str(
        await deeds(engine, "ana")
    )


async def test_an_account_that_does_not_exist_is_refused(changes):
    with pytest.raises(PersonRefused, match="«nadie»"):
        await changes.deactivate("nadie")
