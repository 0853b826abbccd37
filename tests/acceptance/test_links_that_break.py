"""Each way in which the link to the PBX breaks: calls made, recorded, lost, doubled, and when it was seen."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.support.crowd import Crowd
from tests.support.instance import ROOT, eventually
from tests.support.links import Ledger, LinkedInstance, port_taken
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]

PASSWORD = "clave-de-prueba-1"
TELMEX = "127.0.0.13"
PHONES = ("101", "102", "103")
SEEN_WITHIN = 5.0


@dataclass
class House:
    instance: LinkedInstance
    ledger: Ledger
    numbers: Iterator[int]

    def crowd(self) -> Crowd:
        folder = self.instance.home / f"crowd-{next(self.numbers)}"
        folder.mkdir()
        return Crowd(folder, self.instance.sip, self.instance.base + 360)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    instance = LinkedInstance(base=18000)
    site = instance.home / "site.yaml"
    text = (ROOT / "plans" / "example-site.yaml").read_text("utf-8")
    site.write_text(text.replace("wrap_up: 30s", "wrap_up: 1s").replace("wrap_up: 20s", "wrap_up: 1s"))
    instance.extra = {**instance.extra, "ALTAVOZ_SITE": str(site)}
    phones = Crowd(instance.home, instance.sip, instance.base + 340)
    try:
        instance.start()
        register = SipLab(_folder(instance, "sip"), instance.sip, media=instance.base + 300)
        for place, extension in enumerate(PHONES):
            name, port = f"persona{extension}", instance.base + 10 + place
            secret = instance.add_coordinator(name, extension, "cat,sac", PASSWORD)
            register.register(extension, secret, port)
            phones.phone(port)
            instance.run("user", "available", name)
        yield House(instance, Ledger(instance), iter(range(10**6)))
    finally:
        phones.stop()
        instance.remove()


def _folder(instance: LinkedInstance, name: str):  # type: ignore[no-untyped-def]
    folder = instance.home / name
    folder.mkdir()
    return folder


Undo = Callable[[], None]


def _mode(mode: str) -> Callable[[House], Undo]:
    def begin(house: House) -> Undo:
        house.instance.proxy.mode = mode
        return lambda: setattr(house.instance.proxy, "mode", "pass")

    return begin


def _cut(house: House) -> Undo:
    house.instance.proxy.cut()
    return lambda: None


def _wrong_secret(house: House) -> Undo:
    manager = house.instance.home / "pbx" / "conf" / "manager.conf"
    right = manager.read_text()
    manager.write_text(right.replace("secret = ", "secret = otra"))
    _console(house, "module reload manager")
    house.instance.proxy.cut()

    def undo() -> None:
        manager.write_text(right)
        _console(house, "module reload manager")

    return undo


def _console(house: House, command: str) -> None:
    root = ROOT / ".pbx" / "root"
    lib = root / "usr/lib/x86_64-linux-gnu"
    conf = house.instance.home / "pbx/conf/asterisk.conf"
    program = [lib / "ld-linux-x86-64.so.2", "--library-path", f"{lib}:{root / 'usr/lib'}"]
    words = [*program, root / "usr/sbin/asterisk", "-C", conf, "-rx", command]
    subprocess.run(words, check=True, capture_output=True, timeout=20)


def _frozen(house: House) -> Undo:
    pid = house.instance.pbx_pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    return lambda: os.kill(pid, signal.SIGCONT)


def _killed(house: House) -> Undo:
    pid = house.instance.pbx_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return lambda: None


def _away(house: House) -> Undo:
    """Killed, and kept from starting again."""
    _killed(house)
    keep = ExitStack()
    keep.enter_context(port_taken(house.instance.base + 2))
    return keep.close


@dataclass(frozen=True)
class Fault:
    """`lasts` seconds; `seen` whether the link must show down within `SEEN_WITHIN`."""

    name: str
    begin: Callable[[House], Undo]
    lasts: float
    seen: bool = True


FAULTS = (
    Fault("cut once", _cut, 4, seen=False),
    Fault("refused connections", _mode("refuse"), 12),
    Fault("wrong secret", _wrong_secret, 12),
    Fault("half-open: nothing comes, nothing goes", _mode("swallow"), 14),
    Fault("half-open: the PBX is frozen", _frozen, 9),
    Fault("slow: each piece late by 0.8 s", _mode("slow"), 14, seen=False),
    Fault("slow: 400 bytes a second", _mode("trickle"), 20, seen=False),
    Fault("PBX killed, started again by us", _killed, 4, seen=False),
    Fault("PBX away for a minute", _away, 60),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_call_is_lost_or_doubled_by_a_link_that_breaks(
    house: House, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    crowd = house.crowd()
    first = 5510000000 + 1000 * next(house.numbers)
    numbers = [str(first + place) for place in range(10)]
    try:
        eventually(house.instance.link_is_up, 20)
        calling = crowd.callers(TELMEX, "525541239876", numbers, every=1.5, talk=(6, 10))
        time.sleep(7)
        seen = _break(house, fault)
        calling.wait(120)
    finally:
        crowd.stop()
    eventually(house.instance.link_is_up, 20)
    made = {f"+52{number}" for number in crowd.made()}
    settled = _settled(house, made)
    recorded = {number: count for number, count in house.ledger.callers().items() if number in made}
    lost, doubled = made - recorded.keys(), [n for n, count in recorded.items() if count > 1]
    twice = house.ledger.twice()
    row = f"{fault.name:<42} made {len(made):>3}  recorded {len(recorded):>3}  lost {len(lost)}  "
    row += f"doubled {len(doubled) + len(twice)}  seen after {seen}  settled after {settled:.1f} s"
    print(f"\n{row}")
    record_property("fault", row)
    assert (lost, doubled, twice) == (set(), [], [])
    assert len(made) >= 3
    assert not house.ledger.open()
    if fault.seen:
        assert seen is not None and seen <= SEEN_WITHIN


def _break(house: House, fault: Fault) -> float | None:
    """Break, keep it broken, mend; seconds until it was seen, if it was."""
    began = time.monotonic()
    undo = fault.begin(house)
    seen = None
    try:
        while time.monotonic() - began < fault.lasts:
            if seen is None and not house.instance.link_is_up():
                seen = round(time.monotonic() - began, 1)
            time.sleep(0.1)
    finally:
        undo()
    return seen


def _settled(house: House, made: set[str]) -> float:
    """Seconds until every call made has its ended record, and who was answered a case."""
    began = time.monotonic()
    eventually(lambda: made <= house.ledger.callers().keys() and not house.ledger.open(), 90)
    for number in made:
        call = house.ledger.of(number)
        assert house.ledger.cases(number) == (1 if call["answered"] else 0), call
    return time.monotonic() - began
