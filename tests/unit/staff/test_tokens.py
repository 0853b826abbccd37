import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrate
from staff.actor import Actor, acting
from staff.audit_table import audit
from staff.names import BadName
from staff.permissions import Permission
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
async def test_a_token_only_reads(tokens: Tokens, permissions: list[Permission]) -> None:
    with pytest.raises(TokenRefused, match="Elija qué puede leer"):
        await tokens.add("tablero", permissions)


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
