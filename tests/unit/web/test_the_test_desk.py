"""The desk that only test calls reach: it shows what a coordinator's would, and nobody else hears of it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from altavoz.test_desk import TestDesk
from telephony.facts import CallAnswered, CallArrived, CallQueued, CallRinging, ChoiceMade
from telephony.testcall_values import Heard, Observed, TestCall
from web.app import make_app

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
NANDU = "+541143218765"


def seen(version: str, extension: str = "desk") -> Observed:
    call = "pbx1-1.3"
    facts = (
        CallArrived(call, AT, call, NANDU, "hogar-nandu", version, "telecom-ar", NANDU, ""),
        ChoiceMade(call, AT + timedelta(seconds=2), "principal", "1"),
        CallQueued(call, AT + timedelta(seconds=3), "cat", 10),
        CallRinging(call, AT + timedelta(seconds=3.5), "cat", extension),
        CallAnswered(call, AT + timedelta(seconds=4), "cat", extension),
    )
    heard = tuple(Heard(round((fact.at - AT).total_seconds() * 1000), fact) for fact in facts)
    return Observed(TestCall("abc1", NANDU, "telecom-ar"), AT, heard)


@pytest.fixture
def desk(house) -> TestDesk:
    app = make_app(house.services(), secure_cookies=False)
    return TestDesk(lambda: app, SimpleNamespace())


@pytest.fixture
def version(house) -> str:
    return house.book.by_line(NANDU).version.short


async def test_the_desk_shows_the_plan_its_name_and_its_coverages(desk, version):
    shown = await desk.shown(seen(version))
    assert (shown.plan, shown.fantasy_name) == ("hogar-nandu", "ASISTENCIA ÑANDÚ")
    assert (shown.plan_name, shown.public) == ("Asistencia Hogar Ñandú Plus", "0800-555-1234")
    assert shown.choice == "Emergencia"
    assert shown.coverages == ("Plomería", "Cerrajería", "Electricidad", "Gasista matriculado")
    assert shown.missing == ()
    assert "Suena su teléfono" in shown.html
    assert 3500 <= shown.after_ms == 3500 + shown.own_ms < 5000


async def test_nothing_is_shown_when_the_desks_phone_never_rang(desk, version):
    assert await desk.shown(seen(version, "101")) is None
    silent = seen(version)
    assert await desk.shown(Observed(silent.call, AT, silent.facts[:3])) is None


async def test_neither_the_database_nor_a_coordinators_board_hears_of_it(house, desk, version):
    asked: list[str] = []
    event.listen(house.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    told = house.board.subscribe(None)
    assert await desk.shown(seen(version)) is not None
    assert asked == []
    assert not told._waiting
    assert house.board.live() == ()
