"""What the watch makes of the words of the PBX, of plans, of the machine; and how it goes on looking."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from altavoz import run, watch
from altavoz.house import House
from altavoz.watch import Sights, Watch
from altavoz.watch_machine import disks, unreadable, valid_until
from altavoz.watch_pbx import seen_of
from altavoz.watch_queues import queues_in_use
from altavoz.watch_seen import StoreSeen
from db.engine import open_engine
from db.migrate import upgrade
from dialplan.opening import is_open
from mail.letter import Letter
from mail.outbox import STILL, Outbox
from plans.load import load_files, load_site
from plans.model import Calendar
from telephony.exchange import LinkDown
from telephony.journal import prepare
from telephony.pbx_status import PbxStatus
from telephony.publish import Standing
from telephony.queues import Member

from .test_watch_troubles import FINE, MACHINE, PBX

ROOT = Path(__file__).parents[3]
SITE = load_site(ROOT / "plans/example-site.yaml")
PLANS = [s.plan for s in load_files(sorted((ROOT / "plans/examples").glob("*.yaml")), SITE).sources]
AT = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # a Wednesday, noon in Buenos Aires
STATUS = PbxStatus("22.10.1", AT - timedelta(days=1), 0, AT.timestamp(), {}, {}, {})


def looked(*answers, every=15):
    """What is known of a carrier after the PBX answered so, every 15 s."""
    seen = None
    for number, answer in enumerate(answers):
        at = AT + timedelta(seconds=number * every)
        trunks = {} if answer is None else {"telmex": answer}
        seen = seen_of(replace(STATUS, trunks=trunks), at, seen, SITE, PLANS)
    return next(trunk for trunk in seen.trunks if trunk.carrier == "telmex")


@pytest.mark.parametrize(
    ("answers", "reachable"),
    [
        ([None, None, None], None),
        ([False, False, False, False], None),
        ([True, False, False], None),  # not asked yet, then asked in vain
        ([True, True, True], True),
        ([True, True, True, False], False),
        ([True, True, True, False, True], False),  # the PBX was restarted and has not asked yet
        ([True, True, True, False, True, True, True], True),
    ],
)
def test_a_carrier_is_gone_only_when_it_once_answered(answers, reachable):
    assert looked(*answers).reachable is reachable


def test_a_carrier_is_gone_since_it_stopped_answering():
    assert looked(True, True, True, False, False, False).since == AT + timedelta(seconds=45)


def test_a_restart_of_the_pbx_is_noticed_but_not_our_own_start():
    first = seen_of(STATUS, AT, None, SITE, PLANS)
    again = seen_of(replace(STATUS, up_since=AT), AT, first, SITE, PLANS)
    assert (first.restarted, again.restarted) == (False, True)


def test_members_and_clocks_are_taken_as_the_pbx_says():
    member = Member("cat", "101", "Eva", False, "unavailable")
    status = replace(STATUS, members={"cat": [member]}, waiting={"cat": 2}, clock=AT.timestamp() + 4)
    seen = seen_of(status, AT, None, SITE, PLANS)
    cat = next(queue for queue in seen.queues if queue.queue == "cat")
    assert (cat.waiting, cat.serving, seen.ahead) == (2, 0, 4)


def plan(**changes):
    return PLANS[0].model_copy(update=changes)


def test_the_example_plans_use_their_queues_by_day():
    assert queues_in_use(PLANS, SITE, AT) == {"cat", "sac"}


def test_a_plan_that_has_not_begun_or_is_over_uses_none():
    assert not queues_in_use([plan(starts=AT.date() + timedelta(days=1))], SITE, AT)
    assert not queues_in_use([plan(starts=AT.date() - timedelta(9), ends=AT.date() - timedelta(1))], SITE, AT)


def week(*rows, holidays="open", then="hangup"):
    return Calendar.model_validate(
        {"week": list(rows), "holidays": holidays, "closed": {"then": then}}, strict=False
    )


def local(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("America/Argentina/Buenos_Aires"))


NIGHT = {"days": "fri", "from": 22 * 60, "to": 6 * 60}
OFFICE = {"days": "mon-fri", "from": 8 * 60, "to": 18 * 60}


@pytest.mark.parametrize(
    ("row", "at", "opens"),
    [
        (OFFICE, local(18, 8), True),
        (OFFICE, local(18, 7, 59), False),
        (OFFICE, local(18, 18), False),
        (OFFICE, local(21, 12), False),  # a Saturday
        (NIGHT, local(20, 23), True),  # Friday night
        (NIGHT, local(21, 5, 59), True),  # and the morning after
        (NIGHT, local(21, 6), False),
        (NIGHT, local(20, 5), False),
    ],
)
def test_a_calendar_is_open_as_the_pbx_finds_it(row, at, opens):
    assert is_open(week(row), "AR", at) is opens


def test_a_holiday_closes_what_says_so():
    christmas = datetime(2026, 12, 25, 12, tzinfo=ZoneInfo("America/Argentina/Buenos_Aires"))
    assert is_open(week(OFFICE), "AR", christmas)
    assert not is_open(week(OFFICE, holidays="closed"), "AR", christmas)


def test_a_closed_plan_uses_the_queue_of_its_closing_hours_only():
    site = SITE.model_copy(
        update={"queues": {**SITE.queues, "night": SITE.queues["sac"].model_copy(update={"name": "Noche"})}}
    )
    closed = plan(hours="office", calendars={"office": week(OFFICE, then={"queue": "night"})})
    assert queues_in_use([closed], site, AT.replace(hour=3)) == {"night"}
    assert "night" not in queues_in_use([closed], site, AT)


def certificate(path, until):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "altavoz.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, until - timedelta(days=90), until)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    path.write_bytes(path.read_bytes() + made if path.exists() else made)


def test_a_chain_is_valid_until_the_first_of_it_ends(tmp_path):
    file = tmp_path / "cert.pem"
    for days in (90, 20):
        certificate(file, AT + timedelta(days=days))
    assert valid_until(file) == AT + timedelta(days=20)
    file.write_text("nothing")
    assert valid_until(file) is None


def test_two_folders_of_one_volume_are_one_disk(tmp_path):
    (tmp_path / "spool").mkdir()
    [disk] = disks({"home": tmp_path, "recordings": tmp_path / "spool"})
    assert disk.holds == "home" and 0 < disk.free < disk.total


def test_a_journal_that_is_none_is_told(tmp_path):
    file = tmp_path / "cel.db"
    prepare(file)
    assert unreadable(file) == ""
    file.write_bytes(b"x" * 5000)
    assert str(file) in unreadable(file)
    with pytest.raises(sqlite3.Error):
        prepare(file)


class Looks:
    """A PBX of the test's: how often it was asked, and what it answers."""

    def __init__(self):
        self.asked, self.answer, self.hint, self.seen = 0, PBX, 0, FINE

    async def pbx(self, _at, _before):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def store(self, _at):
        return StoreSeen(True, None)

    def at_hand(self, at, pbx, machine, store):
        return replace(self.seen, at=at, pbx=pbx, machine=machine, store=store)


@pytest.fixture
def looks(monkeypatch):
    for name, seconds in (("TICK", 0.01), ("PBX_EVERY", 5.0), ("PBX_AT_MOST_EVERY", 0.05)):
        monkeypatch.setattr(watch, name, seconds)
    return Looks()


def watching(looks):
    sights = Sights(
        looks.at_hand, looks.pbx, looks.store, lambda: looks.hint, SimpleNamespace(look=lambda: MACHINE)
    )
    return Watch(sights, lambda: datetime.now(UTC))


async def test_the_pbx_is_asked_rarely_however_many_look_on(looks):
    watched = watching(looks)
    async with watched.running():
        for _ in range(40):
            watched.alarms(), watched.seen()
            await asyncio.sleep(0.01)
        assert looks.asked == 1


async def test_a_change_of_who_may_ring_is_looked_at_soon_and_not_all_the_time(looks):
    watched = watching(looks)
    async with watched.running():
        for _ in range(30):
            looks.hint += 1
            await asyncio.sleep(0.01)
        assert 2 <= looks.asked <= 8


async def test_an_alarm_rises_and_clears_with_what_is_seen_and_each_is_logged_once(looks, caplog):
    watched = watching(looks)
    async with watched.running():
        await asyncio.sleep(0.05)
        looks.seen = replace(FINE, listens=replace(FINE.listens, up=False, reason="la central no responde"))
        await asyncio.sleep(0.1)
        assert [alarm.code for alarm in watched.alarms()] == ["pbx-link"]
        looks.seen = FINE
        await asyncio.sleep(1.3)
        assert watched.alarms() == ()


@pytest.mark.parametrize("failure", [LinkDown("no hay conexión"), RuntimeError("a defect")])
async def test_a_look_that_fails_is_not_the_last(looks, failure):
    looks.answer = failure
    watched = watching(looks)
    async with watched.running():
        await asyncio.sleep(0.03)
        looks.answer, looks.hint = PBX, 1
        await asyncio.sleep(0.7)
        assert watched.seen().pbx is PBX


class Publisher:
    def __init__(self, *answers):
        self.answers, self.under_way = list(answers), False

    async def status(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_the_release_is_looked_at_again_and_again_whatever_goes_wrong_once(monkeypatch):
    monkeypatch.setattr(run, "RELEASE_LOOK_SECONDS", 0.01)
    right, wrong = Standing("a", "a", True), Standing("a", "b", True)
    house = House(*[None] * 4)
    house.publisher = Publisher(right, OSError("disk"), wrong, *[wrong] * 1000)
    watching = asyncio.create_task(run._watched_release(house))
    try:
        async with asyncio.timeout(3):
            while house.standing != wrong:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        watching.cancel()


async def test_what_the_pbx_says_while_a_release_is_published_is_not_believed():
    house = House(*[None] * 4)
    house.publisher = Publisher(Standing("a", "a", True), Standing("b", "a", True), Standing("b", "b", True))
    for under_way, believed in ((False, "a"), (True, "a"), (False, "b")):
        house.publisher.under_way = under_way
        await house.look_at_release()
        assert house.standing.in_pbx == believed and house.standing.agrees


@pytest.fixture
async def engine(tmp_path):
    opened = open_engine(f"sqlite:///{tmp_path}/altavoz.db")
    await upgrade(opened)
    yield opened
    await opened.dispose()


async def outbox_of(engine, letters):
    outbox = Outbox(engine)
    async with engine.begin() as connection:
        for _ in range(letters):
            await outbox.put(connection, Letter("invitation", "a@example.org", "Hola", "Hola", ""), AT)
    return outbox


async def test_letters_are_stuck_when_they_wait_though_they_were_tried(engine):
    outbox = await outbox_of(engine, letters=1)
    for stuck in (None, None, AT):
        assert await outbox.stuck_since(AT) == stuck
        claimed = await outbox.claim(AT)
        await outbox.retry(claimed.id, AT, "the server is away")


async def test_letters_are_stuck_when_nobody_takes_them(engine):
    outbox = await outbox_of(engine, letters=1)
    assert await outbox.stuck_since(AT + STILL) is None
    assert await outbox.stuck_since(AT + STILL + timedelta(seconds=1)) == AT


async def test_letters_that_failed_or_are_doubtful_did_not_arrive_and_those_withdrawn_were_not_to(engine):
    outbox, hour = await outbox_of(engine, letters=4), timedelta(hours=1)
    for ending in (outbox.sent, partial(outbox.failed, error="550"), partial(outbox.doubtful, error="cut")):
        claimed = await outbox.claim(AT)
        await ending(claimed.id, AT + claimed.id * hour)
    async with engine.begin() as connection:
        await outbox.withdraw(connection, 4, AT + 9 * hour)
    assert await outbox.undelivered(AT) == (AT + 2 * hour, AT + 3 * hour)
    assert await outbox.undelivered(AT + 2.5 * hour) == (AT + 3 * hour,)
