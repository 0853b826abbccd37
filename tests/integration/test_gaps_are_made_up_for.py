"""What happens while nobody listens to the PBX is in the records afterwards: once, whole, to the second."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.support.instance import eventually
from tests.support.links import Ledger, LinkedInstance
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.long, pytest.mark.timeout(180)]

PASSWORD = "clave-de-prueba-1"
TELMEX, LINE = "127.0.0.13", "525541239876"


@pytest.fixture(scope="module")
def instance() -> Iterator[LinkedInstance]:
    instance = LinkedInstance(base=18000)
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture(scope="module")
def lab(instance: LinkedInstance) -> Iterator[SipLab]:
    folder = instance.home / "sip"
    folder.mkdir()
    lab = SipLab(folder, instance.sip, media=instance.base + 300)
    try:
        yield lab
    finally:
        lab.stop()


def _answered(instance: LinkedInstance, lab: SipLab, name: str, extension: str) -> None:
    """A coordinator whose telephone rings a second, answers, and hangs up three seconds later."""
    port = instance.base + int(extension) - 90
    lab.register(extension, instance.add_coordinator(name, extension, "sac", PASSWORD), port)
    instance.run("user", "available", name)
    lab.phone(port, ring=1, talk=3)


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def _check(ledger: Ledger, caller: str, coordinator: str) -> None:
    call = eventually(lambda: caller in ledger.callers() and not ledger.open() and ledger.of(caller), 15)
    assert (call["outcome"], call["phase"], call["ended_by"]) == ("answered", "talking", "coordinator")
    assert (call["cause"], call["coordinator"]) == (16, coordinator)
    assert _seconds(call["queued"], call["answered"]) == pytest.approx(1, abs=0.8)
    assert _seconds(call["answered"], call["ended"]) == pytest.approx(3, abs=0.8)
    assert ledger.callers()[caller] == 1
    assert ledger.cases(caller) == 1
    assert ledger.twice() == []


def test_a_call_that_lives_and_ends_while_the_link_is_down_has_its_record_and_its_case(
    instance: LinkedInstance, lab: SipLab
) -> None:
    ledger = Ledger(instance)
    _answered(instance, lab, "eva", "101")
    instance.proxy.mode = "refuse"
    eventually(lambda: not instance.link_is_up(), 5)
    assert lab.call(TELMEX, LINE, "5510000001").wait(40) == 0
    assert ledger.callers() == {}
    instance.proxy.mode = "pass"
    _check(ledger, "+525510000001", "eva")
    lost, reason, regained, calls, facts = eventually(lambda: [gap for gap in ledger.gaps() if gap[2]], 5)[-1]
    assert lost < regained
    assert "conexión" in reason
    assert (calls, facts) == (1, 5)


def test_a_call_that_lives_and_ends_while_the_service_is_dead_has_its_record_and_its_case(
    instance: LinkedInstance, lab: SipLab
) -> None:
    ledger = Ledger(instance)
    _answered(instance, lab, "leo", "102")
    instance.run("user", "pause", "eva")
    instance.kill()
    assert lab.call(TELMEX, LINE, "5510000002", name="Ana Peña").wait(40) == 0
    instance.start(examples=False)
    _check(ledger, "+525510000002", "leo")
    assert eventually(lambda: all(gap[2] for gap in ledger.gaps()), 5)
