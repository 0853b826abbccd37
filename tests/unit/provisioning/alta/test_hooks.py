"""Coverages on their way to another system: signed, tried again, seen in their state."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from provisioning.alta import hooks as hooks_module
from provisioning.alta.coverage_list import Coverages
from provisioning.alta.hooks import Target, wait_after
from provisioning.alta.refusals import AltaRefused
from staff.audit_table import audit
from tests.support.databases import fresh_engine
from tests.unit.provisioning.alta.conftest import REQUEST, Bench
from tests.unit.provisioning.alta.test_papers import LOCK, TOW

SECRET = "una clave compartida"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """One database is enough here: test_store.py runs on both."""
    async with fresh_engine("sqlite", tmp_path, metadata) as opened:
        yield opened


@dataclass
class Receiver:
    """The other system: what came, and what it answers."""

    url: str = ""
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/coberturas", found.take)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/coberturas"))
        yield found


async def test_each_version_is_sent_signed_and_again_until_it_is_taken(
    bench: Bench, receiver: Receiver
) -> None:
    bench.office.coverages_target = Target(receiver.url, SECRET)
    del bench.office.altas  # made anew, with somewhere to send to
    altas, clara = bench.office.altas, bench.people["clara"]
    alta = await altas.start(REQUEST, clara)
    await altas.finish(alta.id, "prospecto", clara)
    await altas.coverages.save(alta.id, Coverages(coverages=(TOW, LOCK)), clara)
    hooks, receiver.status = altas.coverages.hooks, 500
    assert await hooks.one()
    (waiting,) = await hooks.of_alta(alta.id)
    assert (waiting.state, waiting.tries, waiting.error) == ("pending", 1, "respondió 500")
    assert not await hooks.one()  # not due yet
    bench.clock.pass_days(0.1)
    receiver.status = 204
    assert await hooks.one()
    assert [each.state for each in await hooks.of_alta(alta.id)] == ["sent"]
    (first, _), (second, body) = receiver.came
    assert first["X-Altavoz-Delivery"] == second["X-Altavoz-Delivery"] == f"coverages-{alta.id}-1"
    at, mark = (part.split("=")[1] for part in second["X-Altavoz-Signature"].split(","))
    wanted = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mark, wanted)
    told = json.loads(body)
    assert (told["plan"], told["version"], len(told["coverages"])) == ("hogar-nandu", 1, 2)


async def test_one_that_is_never_taken_is_given_up_seen_and_sent_again_by_hand(
    bench: Bench, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks_module, "MOST_TRIES", 3)
    bench.office.coverages_target = Target(receiver.url, SECRET)
    del bench.office.altas  # made anew, with somewhere to send to
    altas, clara = bench.office.altas, bench.people["clara"]
    alta = await altas.start(REQUEST, clara)
    await altas.finish(alta.id, "prospecto", clara)
    await altas.coverages.save(alta.id, Coverages(coverages=(TOW,)), clara)
    hooks, receiver.status = altas.coverages.hooks, 503
    states = []
    for _ in range(3):
        assert await hooks.one()
        (sent,) = await hooks.of_alta(alta.id)
        states.append((sent.state, await hooks.undelivered()))
        bench.clock.pass_days(0.1)
    assert states == [("pending", 0), ("pending", 1), ("failed", 1)]
    assert (sent.tries, sent.error, sent.ended is None) == (3, "respondió 503", False)
    assert not await hooks.one(), "nobody sends it by itself any more"
    with pytest.raises(AltaRefused):
        await hooks.again(alta.id + 1, sent.id)
    await hooks.again(alta.id, sent.id)
    with pytest.raises(AltaRefused, match="ya salió"):
        await hooks.again(alta.id, sent.id)
    receiver.status = 204
    assert await hooks.one()
    (sent,) = await hooks.of_alta(alta.id)
    assert (sent.state, sent.tries, await hooks.undelivered()) == ("sent", 1, 0)
    asked = select(audit.c.subject, audit.c.after).where(audit.c.action == "alta.coverages-sent")
    async with bench.office.engine.connect() as connection:
        kept = (await connection.execute(asked)).all()
    assert [(row.subject, json.loads(row.after)) for row in kept] == [
        (f"{alta.number} {alta.plan}", {"version": 1})
    ]


async def test_without_another_system_nothing_is_kept_to_be_sent(bench: Bench) -> None:
    altas, clara = bench.office.altas, bench.people["clara"]
    alta = await altas.start(REQUEST, clara)
    await altas.finish(alta.id, "prospecto", clara)
    await altas.coverages.save(alta.id, Coverages(coverages=(TOW,)), clara)
    assert await altas.coverages.hooks.of_alta(alta.id) == ()
    assert not await altas.coverages.hooks.one()


def test_waiting_grows_up_to_an_hour() -> None:
    waits = [wait_after(tries, 0.5).total_seconds() for tries in (1, 2, 9, 20)]
    assert waits == [15, 30, 3600, 3600]
