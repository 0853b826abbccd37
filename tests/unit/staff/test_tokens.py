import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate
from staff.actor import Actor, acting
from staff.audit_table import audit
from staff.credentials import Credentials
from staff.names import BadName
from staff.people import People
from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role
from staff.scope import EVERYTHING, Scope
from staff.sessions import fingerprint
from staff.tables import api_tokens
from staff.tokens import FORMER, Token, TokenRefused, Tokens
from tests.support.databases import BACKENDS, fresh_engine
from tests.unit.staff.conftest import Clock

ARGENTINA = Scope(frozenset({"AR"}))


@pytest.fixture
def tokens(engine: AsyncEngine, clock: Clock) -> Tokens:
    return Tokens(engine, clock)


async def only(tokens: Tokens) -> Token:
    (token,) = await tokens.all()
    return token


async def test_a_token_is_shown_once_and_its_use_noted(
    tokens: Tokens, engine: AsyncEngine, clock: Clock
) -> None:
    token = await tokens.add("Tablero")
    assert await tokens.find(token)
    assert await tokens.find(token + "x") is None
    found = await only(tokens)
    assert (found.name, found.created, found.last_used) == ("tablero", clock.now, clock.now)
    async with engine.connect() as connection:
        assert token not in str((await connection.execute(select(api_tokens))).one())


async def test_a_token_may_what_it_was_given_on_the_rows_it_was_given(tokens: Tokens) -> None:
    token = await tokens.find(await tokens.add("tablero", [Permission.CALL_READ], ARGENTINA))
    assert token is not None and token.scope == ARGENTINA
    assert token.may(Permission.CALL_READ) and not token.may(Permission.CASE_READ)


async def test_a_token_ends_with_its_day(tokens: Tokens, clock: Clock) -> None:
    token = await tokens.add("tablero", days=90)
    clock.now += timedelta(days=90, seconds=-1)
    assert await tokens.find(token)
    clock.now += timedelta(seconds=1)
    assert await tokens.find(token) is None
    assert (await only(tokens)).lapsed(clock.now)


@pytest.mark.parametrize("days", [0, -1, 731])
async def test_a_token_lasts_two_years_at_most(tokens: Tokens, days: int) -> None:
    with pytest.raises(TokenRefused, match="de 1 a 730 días"):
        await tokens.add("tablero", days=days)


@pytest.mark.parametrize(
    "permissions", [[], [Permission.USER_WRITE], [Permission.CALL_READ, Permission.DESK_USE]]
)
async def test_a_token_without_a_person_only_reads(tokens: Tokens, permissions: list[Permission]) -> None:
    with pytest.raises(TokenRefused, match="Elija qué puede el token"):
        await tokens.add("tablero", permissions)


@pytest.fixture
async def olga(people: People) -> Person:
    account = await people.add("olga", [Role.OPERATIONS], "Olga Díaz", password="una frase larga")
    return account.person


async def test_what_does_something_needs_a_person_who_may(tokens: Tokens, olga: Person) -> None:
    with pytest.raises(TokenRefused, match="lo hace una persona"):
        await tokens.add("bot", [Permission.LINE_RELEASE])
    with pytest.raises(TokenRefused, match="Olga Díaz no puede"):
        await tokens.add("bot", [Permission.AUDIT_READ], person=olga)
    token = await tokens.find(await tokens.add("bot", [Permission.LINE_RELEASE], person=olga))
    assert token is not None and token.acts.name == "olga" and token.may(Permission.LINE_RELEASE)
    assert not token.may(Permission.ALTA_READ)


async def test_a_persons_token_is_taken_away_by_them_alone(
    tokens: Tokens, olga: Person, people: People
) -> None:
    added = await people.add("ivan", [Role.IT], "Iván Sosa", password="una frase larga")
    await tokens.add("bot", [Permission.ALTA_READ], person=olga)
    assert not await tokens.revoke("bot", added.person) and await tokens.all(added.person) == ()
    assert [token.name for token in await tokens.all(olga)] == ["bot"]
    assert await tokens.revoke("bot", olga)


async def test_who_cannot_come_in_has_no_token_that_does(tokens: Tokens, people: People) -> None:
    added = await people.add("nora", [Role.OPERATIONS], "Nora Nueva")
    token = await tokens.add("bot", [Permission.ALTA_READ], person=added.person)
    assert added.one_time_password and await tokens.find(token) is None


async def test_a_token_taken_away_opens_nothing(tokens: Tokens) -> None:
    token = await tokens.add("tablero")
    assert await tokens.revoke("Tablero")
    assert not await tokens.revoke("tablero")
    assert await tokens.find(token) is None


async def test_two_tokens_never_share_a_name(tokens: Tokens) -> None:
    await tokens.add("tablero")
    with pytest.raises(TokenRefused, match="elija otro nombre"):
        await tokens.add("TABLERO")
    with pytest.raises(BadName):
        await tokens.add("")


async def test_who_makes_and_takes_away_is_in_the_audit_trail(tokens: Tokens, engine: AsyncEngine) -> None:
    with acting(Actor("raul", "web", "10.0.0.7")):
        token = await tokens.add("tablero", [Permission.CALL_READ])
        await tokens.revoke("tablero")
    async with engine.connect() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.id))).all()
    assert [(row.actor, row.action, row.subject) for row in rows] == [
        ("raul", "token.added", "tablero"),
        ("raul", "token.revoked", "tablero"),
    ]
    assert json.loads(rows[0].after)["permissions"] == ["call:read"]
    assert token not in str(rows) and fingerprint(token) not in str(rows)


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_token_from_before_goes_on_reading_what_it_could(
    backend: str, tmp_path: Path, clock: Clock
) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await migrate._run(engine, lambda config: migrate.command.upgrade(config, "0004"))
        async with engine.begin() as connection:
            row = {"token": fingerprint("av_old"), "at": str(clock.now) if backend == "sqlite" else clock.now}
            await connection.execute(
                text("INSERT INTO api_tokens (token, name, created) VALUES (:token, 'viejo', :at)"), row
            )
        await migrate.upgrade(engine)
        token = await Tokens(engine, clock).find("av_old")
    assert token is not None and (token.permissions, token.scope) == (FORMER, EVERYTHING)
    assert (token.expires, token.made_by) == (None, None)


async def test_tokens_end_with_a_password_that_was_reset_and_with_one_that_was_changed_on_request(
    tokens: Tokens, olga: Person, people: People, engine: AsyncEngine, clock: Clock
) -> None:
    other = (await people.add("ivan", [Role.IT], "Iván Sosa", password="una frase larga")).person
    for name, person in (("uno", olga), ("dos", olga), ("otro", other), ("tablero", None)):
        await tokens.add(name, [Permission.ALTA_READ], person=person)
    credentials = Credentials(engine, clock)
    await credentials.set_password(olga.id, "tormenta lila siete")
    assert [token.name for token in await tokens.all(olga)] == ["dos", "uno"]
    with acting(Actor("raul", "web", "10.0.0.7")):
        assert (await credentials.give_one_time(olga.id)).revoked == ("dos", "uno")
    await credentials.set_password(other.id, "tormenta lila siete", tokens_too=True)
    assert [token.name for token in await tokens.all()] == ["tablero"]
    async with engine.connect() as connection:
        wanted = select(audit.c.actor, audit.c.subject).where(audit.c.action == "token.revoked")
        revoked = (await connection.execute(wanted.order_by(audit.c.id))).all()
    assert [tuple(row) for row in revoked] == [("raul", "dos"), ("raul", "uno"), ("altavoz", "otro")]


async def test_a_token_whose_day_has_passed_does_not_work_any_more(
    tokens: Tokens, olga: Person, clock: Clock
) -> None:
    for name, days in (("uno", 5), ("dos", 6)):
        await tokens.add(name, [Permission.ALTA_READ], days=days, person=olga)
    clock.now += timedelta(days=5)
    assert [token.name for token in await tokens.working(olga)] == ["dos"]
