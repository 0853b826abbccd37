"""Alarms rise and clear with patience, and say what is wrong since when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from altavoz.watch_finds import Found, listed, size
from altavoz.watch_rules import RULES, Rule
from altavoz.watch_seen import (
    DiskSeen,
    MachineSeen,
    MemberSeen,
    PbxSeen,
    QueueSeen,
    Seen,
    StoreSeen,
    TrunkSeen,
)
from altavoz.watch_sights import plan_said
from altavoz.watch_troubles import Troubles
from cases.quiet import QuietLine
from plans.load import load_files, load_site
from provisioning.release.canaries import Canary
from provisioning.release.store import Asked, LineRelease
from provisioning.untested import Untested
from staff.permissions import Permission
from telephony.ami import LinkState
from telephony.publish import Standing
from web.alarm import Level

ROOT = Path(__file__).parents[3]
SITE = load_site(ROOT / "plans/example-site.yaml")
AT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
UP = LinkState(True, AT, "")
MIB, GIB = 1 << 20, 1 << 30
EVA = MemberSeen("101", "Eva Sol", paused=False, reachable=True)
MACHINE = MachineSeen((DiskSeen("home", 50 * GIB, 250 * GIB),), True, True, AT + timedelta(days=90), "")
PBX = PbxSeen(
    at=AT,
    version="22.10.1",
    up_since=AT - timedelta(days=3),
    calls=0,
    ahead=0.1,
    restarted=False,
    queues=(QueueSeen("cat", "CAT", True, 0, (EVA,)),),
    trunks=(TrunkSeen("telmex", True, AT, AT),),
)
FINE = Seen(
    at=AT,
    listens=UP,
    acts=UP,
    process=True,
    pbx=PBX,
    release=Standing("aaa", "aaa", True),
    stuck=None,
    store=StoreSeen(True, None),
    queued=0,
    spooled=0,
    machine=MACHINE,
    phases={},
    plans=3,
)
UNTESTED = Untested("hogar-nandu", "0" * 64, AT, "root", "El saludo estaba mal", True)
CANARY = Canary("hogar-nandu", AT.date(), "failed", AT, 7, "Número: suena ocupado")
ASKED = Asked("vial-condor", "CO", "Banco Cóndor", "0" * 64, "entry", AT, "olga", "probada")
NOT_RELEASED = LineRelease(1, ASKED, "refused", AT, AT, "la versión ya es otra")
BLINK = Rule(
    "blink",
    lambda seen: {"": Found("luz")} if seen.queued else {},
    None,
    Level.WARNING,
    "Parpadea la {names}",
    "Cámbiela.",
    rise=timedelta(seconds=2),
    clear=timedelta(seconds=3),
)


def down(reason="la central dejó de responder", since=AT):
    return LinkState(False, since, reason)


def pbx(**changes):
    return replace(FINE, pbx=replace(PBX, **changes))


def machine(**changes):
    return replace(FINE, machine=replace(MACHINE, **changes))


def queue(*members, used=True):
    return pbx(queues=(QueueSeen("cat", "CAT", used, 0, members),))


def disk(free, total=250 * GIB):
    return machine(disks=(DiskSeen("home", free, total),))


def release(in_pbx):
    return replace(FINE, release=Standing("aaa", in_pbx, True))


WRONG = {
    "pbx-link": replace(FINE, listens=down()),
    "pbx-late": replace(FINE, late=AT),
    "pbx-stopped": replace(FINE, process=False),
    "pbx-control": replace(FINE, acts=down()),
    "pbx-restarted": pbx(restarted=True, up_since=AT),
    "pbx-holes": pbx(version="22.8.1"),
    "release-differs": release("bbb"),
    "canary-failed": replace(FINE, canaries=(CANARY,)),
    "line-quiet": replace(
        FINE, store=StoreSeen(True, None, quiet=(QuietLine("+541143218765", "hogar-nandu", AT, 6.0, 4),))
    ),
    "line-untested": replace(FINE, store=StoreSeen(True, None, untested=(UNTESTED,))),
    "line-not-released": replace(FINE, store=StoreSeen(True, None, refused=(NOT_RELEASED,))),
    "queue-nobody": queue(),
    "phone-unreachable": queue(EVA, replace(EVA, extension="102", name="Luis", reachable=False)),
    "trunk-unreachable": pbx(trunks=(TrunkSeen("telmex", False, AT, None),)),
    "database-stuck": replace(FINE, stuck=AT),
    "spool-used": replace(FINE, spooled=7),
    "disk-full": disk(100 * MIB),
    "disk-low": disk(GIB),
    "certificate-expired": machine(certificate=AT + timedelta(days=1)),
    "certificate-expiring": machine(certificate=AT + timedelta(days=20)),
    "clock-apart": pbx(ahead=-4.0),
    "clock-lost": machine(synchronized=False),
    "mail-stuck": replace(FINE, store=StoreSeen(True, AT)),
    "mail-failed": replace(FINE, store=StoreSeen(True, None, (AT - timedelta(hours=2), AT))),
    "facts-in-memory": replace(FINE, unspooled=AT, queued=9),
    "facts-lost": replace(FINE, lost=3, lost_at=AT),
    "audit-broken": replace(FINE, audit="la fila 7 ya no es la que se anotó"),
    "journal-unreadable": machine(journal="no existe"),
}
NOT_WRONG = {
    "a queue that no open plan uses may be empty": queue(used=False),
    "a carrier that never answered is no alarm": pbx(trunks=(TrunkSeen("telmex", None, AT, None),)),
    "a PBX that has not said its release says nothing": replace(FINE, release=Standing("aaa", None, False)),
    "an external PBX has no process": replace(FINE, process=None),
    "a machine that never kept its clock by NTP is no news": machine(synchronized=False, once=False),
    "a phone in pause need not be there": queue(EVA, replace(EVA, paused=True, reachable=False)),
    "a large disk with a tenth free is no trouble": disk(40 * GIB, 400 * GIB),
    "a journal that is not to be read is no trouble": machine(journal=None),
    "what was lost before yesterday is no news": replace(FINE, lost=3, lost_at=AT - timedelta(hours=25)),
    "before the first looks nothing is known": replace(FINE, pbx=None, machine=None, release=None),
}


def after(*seen):
    troubles = Troubles()
    for each in seen:
        troubles, _ = troubles.after(each)
    return troubles


def later(seen, seconds):
    return replace(seen, at=seen.at + timedelta(seconds=seconds))


def codes(seen):
    """What is an alarm when it stays so for ten minutes."""
    return [alarm.code for alarm in after(seen, later(seen, 600)).alarms()]


def test_every_rule_has_a_case_here():
    assert set(WRONG) == {rule.code for rule in RULES}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_that_alarm_and_no_other(code):
    assert codes(WRONG[code]) == [code]


@pytest.mark.parametrize("why", NOT_WRONG)
def test_what_is_not_wrong_is_no_alarm(why):
    assert codes(NOT_WRONG[why]) == []


def test_when_nothing_is_wrong_there_is_no_alarm():
    assert codes(FINE) == []


def test_the_listening_link_alone_is_named_when_both_are_down():
    assert codes(replace(FINE, listens=down(), acts=down())) == ["pbx-link"]


def test_a_blink_is_no_alarm():
    wrong = replace(FINE, queued=1)
    troubles = Troubles()
    for seen in (wrong, later(wrong, 1.9), later(FINE, 2.5), later(wrong, 4), later(wrong, 5.9)):
        troubles, changes = troubles.after(seen, [BLINK])
        assert troubles.alarms([BLINK]) == () and not changes.rose


def test_an_alarm_outlives_a_moment_of_calm_and_is_told_once():
    wrong = replace(FINE, queued=1)
    rose = cleared = 0
    troubles = Troubles()
    for second in range(20):
        seen = later(FINE if second in (5, 6) or second > 10 else wrong, second)
        troubles, changes = troubles.after(seen, [BLINK])
        rose, cleared = rose + len(changes.rose), cleared + len(changes.cleared)
        assert bool(troubles.alarms([BLINK])) is (2 <= second < 13)
    assert (rose, cleared) == (1, 1)


def test_an_alarm_says_since_when_the_thing_itself_is_wrong():
    since = AT - timedelta(minutes=5)
    [alarm] = after(replace(FINE, listens=down(since=since))).alarms()
    assert alarm.since == since
    assert alarm.text == "Sin conexión con la central"
    assert alarm.advice.startswith("La central dejó de responder. Los teléfonos siguen sonando;")


@pytest.mark.parametrize("code", ["canary-failed", "line-untested"])
def test_a_plan_is_called_as_people_know_it(code):
    (source,) = load_files([ROOT / "plans/examples/hogar-nandu.yaml"], SITE).sources
    seen = replace(WRONG[code], named={"hogar-nandu": plan_said(source.plan)})
    [alarm] = after(seen, later(seen, 600)).alarms()
    assert alarm.text.endswith("Asistencia Hogar Ñandú Plus (0800-555-1234)")


def test_several_queues_are_one_alarm_since_the_first():
    cat, sac = QueueSeen("cat", "CAT", True, 0, ()), QueueSeen("sac", "SAC", True, 0, ())
    first, both = pbx(queues=(cat,)), pbx(queues=(cat, sac))
    [alarm] = after(first, later(both, 60), later(both, 63)).alarms()
    assert (alarm.text, alarm.since) == ("Nadie atiende CAT y SAC", AT)


def test_the_urgent_ones_come_first():
    seen = replace(WRONG["pbx-holes"], stuck=AT, listens=down())
    levels = [alarm.level for alarm in after(seen, later(seen, 600)).alarms()]
    assert levels == [Level.URGENT, Level.URGENT, Level.WARNING]


def test_what_calls_depend_on_concerns_everybody_and_the_rest_those_who_can_act():
    concerns = {rule.code: rule.concerns for rule in RULES}
    everybody = {code for code, concern in concerns.items() if concern is None}
    assert everybody == {
        "pbx-link",
        "pbx-late",
        "pbx-stopped",
        "pbx-control",
        "database-stuck",
        "canary-failed",
    }
    assert concerns["queue-nobody"] is Permission.DESK_USE
    assert concerns["disk-low"] is Permission.STATUS_READ


def test_a_publication_under_way_is_over_before_the_release_is_called_different():
    troubles = after(FINE, later(release("bbb"), 0.5), later(release("bbb"), 15), later(FINE, 16))
    assert troubles.alarms() == ()


def test_names_are_listed_as_one_says_them():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b y c"
    assert listed(list("abcdef")) == "a, b, c y 3 más"
    assert (size(1_610_612_736), size(300 * MIB)) == ("1,5 GB", "300,0 MB")
