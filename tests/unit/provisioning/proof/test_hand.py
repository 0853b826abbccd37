"""Tests by hand with a database; only the call from outside is played."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from db.all_tables import metadata
from dialplan.hand import lead
from plans.book import PlanBook, StoredPlan
from plans.model import Plan, PlanVersion
from plans.site import Site
from provisioning.proof.delivery import delivery_check
from provisioning.proof.hand import PATIENCE, HandState, HandTest, HandTests
from provisioning.proof.reports import Kind, Report
from provisioning.proof.runs import TestRefused
from provisioning.proof.store import Reports
from staff.person import Person
from staff.roles import Role
from staff.scope import Scope
from telephony.testcall_values import Delivered, Moment, Observed, TestCall, Way
from telephony.testcalls import CannotPlace, Spent
from tests.support.databases import fresh_engine
from tests.support.played_calls import NOW, observed, trials

HEADER = "+541143218765"
IVAN = Person(1, "ivan", "Iván", frozenset({Role.IT}), None, (), False, True)


@dataclass
class Outside:
    """Somebody outside: `calls` makes the call that is awaited; it can be too late, or refused."""

    version: PlanVersion
    site: Site
    called: asyncio.Event = field(default_factory=asyncio.Event)
    heard: Callable[[Moment], None] | None = None
    armed: tuple[TestCall, str, datetime] | None = None
    late: bool = False
    spent: bool = False
    refused: str = ""
    wrong: int = 0
    delivered: Delivered = field(default_factory=lambda: Delivered("1143218765", {}, HEADER[1:], ""))

    @asynccontextmanager
    async def expected(self, call: TestCall, digits: str, until: datetime, /) -> AsyncIterator["Outside"]:
        if self.refused:
            raise CannotPlace(self.refused)
        self.armed = (call, digits, until)
        yield self

    async def observed(self, progress: Callable[[Moment], None] = lambda _: None, /) -> Observed:
        self.heard = progress
        await self.called.wait()
        if self.late:
            raise TimeoutError
        if self.spent:
            raise Spent
        made = observed(trials(self.version, self.site)["principal-1"], self.version)
        return replace(made, delivered=self.delivered)


class Booth:
    def __init__(self, tests: HandTests, outside: Outside, reports: Reports) -> None:
        self.tests, self.outside, self.reports = tests, outside, reports
        self.learned: list[tuple[str, str, Mapping[str, str]]] = []

    async def begun(self) -> HandTest:
        test = await self.tests.start("hogar-nandu", HEADER, IVAN)
        await asyncio.sleep(0.02)
        return test

    async def now(self, test: HandTest) -> HandTest:
        await asyncio.sleep(0.1)
        found = await self.tests.get(test.id)
        assert found is not None
        return found

    async def report(self, test: HandTest) -> Report:
        self.outside.called.set()
        while (done := await self.now(test)).open:
            pass
        assert done.state is HandState.DONE and done.report is not None
        report = await self.reports.get(done.report)
        assert report is not None
        return report


@pytest.fixture
async def booth(versions: Mapping[str, PlanVersion], site: Site, tmp_path: Path) -> AsyncIterator[Booth]:
    version = versions["hogar-nandu"]
    book = PlanBook()
    book.replace([StoredPlan(version, 1, "", True, NOW, "ivan")])
    outside = Outside(version, site)
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:

        async def learned(carrier: str, line: str, parts: Mapping[str, str]) -> None:
            made.learned.append((carrier, line, parts))

        tests = HandTests(
            engine, outside, book, site, lambda: NOW, lambda plan, hash: "plan-x", lambda: "3f2a", learned
        )
        made = Booth(tests, outside, Reports(engine))
        yield made
        await tests.close()


async def test_somebody_is_told_what_to_dial_and_six_digits_for_ten_minutes(booth: Booth) -> None:
    test = await booth.begun()
    assert test.dial == "+548005551234" and len(test.code) == 6 and test.code.isdigit()
    assert test.state is HandState.WAITING and test.expires == NOW + PATIENCE
    armed = booth.outside.armed
    assert armed is not None and armed[1:] == (test.code, test.expires)
    assert (armed[0].way, armed[0].line) == (Way.HAND, HEADER)


async def test_the_call_is_followed_as_it_comes(booth: Booth) -> None:
    test = await booth.begun()
    assert booth.outside.heard is not None
    booth.outside.heard(Moment.PLACED)
    assert (await booth.now(test)).state is HandState.SEEN
    booth.outside.heard(Moment.ARRIVED)
    booth.outside.wrong = 2
    followed = await booth.now(test)
    assert (followed.state, followed.wrong) == (HandState.REACHED, 2)


async def test_what_the_carrier_delivered_is_reported_and_kept_with_the_carrier(booth: Booth) -> None:
    report = await booth.report(await booth.begun())
    assert report.kind is Kind.BY_HAND and report.passed and report.by == "ivan"
    assert [check.code for check in report.checks] == ["header", "plan", "delivery"]
    assert booth.learned == [("telecom-ar", HEADER, {"request-uri": "1143218765"})]


async def test_a_carrier_that_writes_otherwise_than_the_site_says_is_told_though_understood(
    booth: Booth,
) -> None:
    booth.outside.delivered = Delivered("541143218765", {}, HEADER[1:], "")
    report = await booth.report(await booth.begun())
    assert report.passed
    assert "entrega «541143218765»" in report.checks[-1].found
    assert "el sitio dice formato nacional" in report.checks[-1].found


async def test_a_carrier_that_puts_the_number_elsewhere_fails_with_what_to_write(booth: Booth) -> None:
    booth.outside.delivered = Delivered("trunk-AR", {"To": "<sip:1143218765@x>"}, HEADER[1:], "")
    (failed,) = (await booth.report(await booth.begun())).failures
    assert failed.code == "delivery" and "in: to" in failed.advice


async def test_too_many_wrong_codes_end_the_wait(booth: Booth) -> None:
    booth.outside.spent = True
    test = await booth.begun()
    booth.outside.called.set()
    assert (await booth.now(test)).state is HandState.SPENT


async def test_the_code_begins_with_a_key_that_no_menu_of_the_plan_that_answers_has(
    booth: Booth, versions: Mapping[str, PlanVersion]
) -> None:
    """Who presses a key of their menu meanwhile is at no code's beginning."""
    test = await booth.begun()
    assert (test.lead, test.live) == ("*", True)
    armed = booth.outside.armed
    assert armed is not None and armed[0].lead == "*"
    plan = versions["hogar-nandu"].plan
    menu = plan.menus["principal"]
    every = dict.fromkeys("0123456789*#", menu.choices["1"])

    def with_keys(keys: str) -> Plan:
        changed = menu.model_copy(update={"choices": {key: every[key] for key in keys}})
        return plan.model_copy(update={"menus": {**plan.menus, "principal": changed}})

    assert [lead(with_keys(keys)) for keys in ("123*", "12*#", "".join(every))] == ["#", "9", ""]
    assert lead(None) == "*"


async def test_nobody_who_calls_in_time_is_said(booth: Booth) -> None:
    booth.outside.late = True
    test = await booth.begun()
    booth.outside.called.set()
    assert (await booth.now(test)).state is HandState.EXPIRED


async def test_what_the_pbx_refuses_is_said(booth: Booth) -> None:
    booth.outside.refused = "ya se espera una llamada"
    refused = await booth.now(await booth.begun())
    assert (refused.state, refused.why) == (HandState.CANCELLED, "ya se espera una llamada")


async def test_who_waits_no_longer_may_say_so_and_a_restart_waits_for_nobody(booth: Booth) -> None:
    test = await booth.begun()
    await booth.tests.cancel(test.id)
    assert (await booth.now(test)).state is HandState.CANCELLED
    other = await booth.begun()
    await booth.tests.close()
    await booth.tests.recover()
    assert (await booth.now(other)).state is HandState.INTERRUPTED


async def test_a_line_that_does_not_stand_is_refused_and_out_of_sight_is_not_there(booth: Booth) -> None:
    with pytest.raises(TestRefused):
        await booth.tests.start("hogar-nandu", "+541143210000", IVAN)
    test = await booth.begun()
    assert await booth.tests.get(test.id, Scope(frozenset({"CO"}))) is None


def test_no_invite_is_no_proof(site: Site) -> None:
    assert not delivery_check("telecom-ar", site.carriers["telecom-ar"], HEADER, None).passed
