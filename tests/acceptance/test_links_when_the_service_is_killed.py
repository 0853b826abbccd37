"""kill -9 of the service in each phase of a call, and again and again under sixty calls: an exact count."""

import random
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.crowd import Crowd
from tests.support.instance import ROOT, eventually
from tests.support.links import Ledger, LinkedInstance
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]

PASSWORD = "clave-de-prueba-1"
TELMEX, LINE = "127.0.0.13", "525541239876"
CALLS, EVERY = 60, 1.5
AJOLOTE = "mascotas-ajolote"


@pytest.fixture
def instance() -> Iterator[LinkedInstance]:
    instance = LinkedInstance(base=18000)
    site = instance.home / "site.yaml"
    text = (ROOT / "plans" / "example-site.yaml").read_text("utf-8")
    site.write_text(text.replace("wrap_up: 30s", "wrap_up: 3s").replace("wrap_up: 20s", "wrap_up: 3s"))
    instance.extra = {**instance.extra, "ALTAVOZ_SITE": str(site)}
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture
def lab(instance: LinkedInstance) -> Iterator[SipLab]:
    folder = instance.home / "sip"
    folder.mkdir()
    lab = SipLab(folder, instance.sip, media=instance.base + 300)
    yield lab
    lab.stop()


def _coordinators(instance: LinkedInstance, lab: SipLab, *extensions: str) -> list[int]:
    """Signed in, their telephones registered; the ports to listen on."""
    ports = [instance.base + 10 + place for place in range(len(extensions))]
    for extension, port in zip(extensions, ports, strict=True):
        name = f"persona{extension}"
        lab.register(extension, instance.add_coordinator(name, extension, "cat,sac", PASSWORD), port)
        instance.run("user", "available", name)
    return ports


def _in_phase(phase: str) -> Callable[[Ledger], bool]:
    return lambda ledger: bool(ledger.rows("SELECT 1 FROM calls WHERE phase = ? AND ended IS NULL", phase))


def _ended(ledger: Ledger) -> bool:
    return bool(ledger.rows("SELECT 1 FROM calls WHERE ended IS NOT NULL"))


PHASES: dict[str, Callable[[Ledger], bool]] = {
    "greeting": _in_phase("greeting"),
    "ringing": _in_phase("ringing"),
    "talking": _in_phase("talking"),
    "wrap-up": _ended,
}


@pytest.mark.parametrize("ends_in_the_gap", [True, False], ids=["ends in the gap", "lives on"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_call_is_whole_in_whatever_phase_the_service_is_killed(
    instance: LinkedInstance, lab: SipLab, phase: str, ends_in_the_gap: bool
) -> None:
    ledger = Ledger(instance)
    (port,) = _coordinators(instance, lab, "101")
    lab.phone(port, ring=2, talk=4 if ends_in_the_gap else 14)
    caller = lab.call(TELMEX, LINE, "5510000001", name="Ana Peña")
    eventually(lambda: PHASES[phase](ledger), 40)
    instance.kill()
    if ends_in_the_gap:
        assert caller.wait(60) == 0
    instance.start(examples=False)
    assert caller.wait(60) == 0
    call = eventually(lambda: not ledger.open() and ledger.of("+525510000001"), 15)
    print(f"\nkilled in {phase}: {call} gaps {ledger.gaps()}")
    assert (call["outcome"], call["ended_by"], call["cause"]) == ("answered", "coordinator", 16)
    assert call["coordinator"] == "persona101"
    assert ledger.cases("+525510000001") == 1
    assert ledger.twice() == []
    assert _talked(ledger) == pytest.approx(4 if ends_in_the_gap else 14, abs=2.5)
    eventually(lambda: ledger.gaps() and all(regained for _, _, regained, *_ in ledger.gaps()), 10)


def _talked(ledger: Ledger) -> float:
    ((seconds,),) = ledger.rows("SELECT (julianday(ended) - julianday(answered)) * 86400 FROM calls")
    return float(seconds)


def test_killed_in_the_middle_of_a_publication_it_publishes_again(
    instance: LinkedInstance, tmp_path: Path
) -> None:
    plan = tmp_path / "ajolote.yaml"
    text = instance.run("plan", "show", AJOLOTE)
    for pause in (0.05, 0.15, 0.3, 0.6):
        plan.write_text(text.replace("gracias por", f"gracias {pause} por".replace(".", " ")))
        with ThreadPoolExecutor(1) as pool:
            applying = pool.submit(instance.run, "plan", "apply", str(plan), check=False)
            time.sleep(0.8 + pause)
            instance.kill()
            applying.result()
        instance.start(examples=False)
        status = instance.json("status")
        assert status["ready"] and status["release"] == status["release_on_disk"]
        states = [each["state"] for each in instance.json("plan", "list") if each["plan"] == AJOLOTE]
        assert states in (["live"], ["live", "candidate"]), "strangers keep the version that was released"


def test_sixty_calls_while_everything_breaks_again_and_again_are_sixty_records(
    instance: LinkedInstance, lab: SipLab
) -> None:
    ledger, folder = Ledger(instance), instance.home / "crowd"
    folder.mkdir()
    crowd = Crowd(folder, instance.sip, instance.base + 340)
    chance = random.Random(7)
    try:
        for port in _coordinators(instance, lab, "101", "102", "103", "104", "105"):
            crowd.phone(port)
        numbers = [str(5520000000 + number) for number in range(CALLS)]
        calling = crowd.callers(TELMEX, LINE, numbers, every=EVERY, talk=(5, 12))
        kills, cuts = _break_until(instance, chance, lambda: calling.poll() is not None)
    finally:
        crowd.stop()
    instance.proxy.mode = "pass"
    made = {f"+52{number}" for number in crowd.made()}
    eventually(lambda: made <= ledger.callers().keys() and not ledger.open(), 90)
    callers = ledger.callers()
    answered = {number for number in made if ledger.of(number)["answered"]}
    talked = {f"+{number}" if number.startswith("52") else f"+52{number}" for number in crowd.talked()}
    cases = sum(ledger.cases(number) for number in made)
    print(
        f"\n{kills} kills, {cuts} cuts: made {len(made)}  recorded {sum(callers.values())}  answered "
        f"{len(answered)}  cases {cases}  lost {len(made - callers.keys())}  doubled {ledger.twice()}"
    )
    assert kills >= 4 and cuts >= 4
    assert len(made) == CALLS
    assert callers == dict.fromkeys(made, 1)
    assert answered >= talked & made
    assert cases == len(answered) == len(ledger.rows("SELECT id FROM cases"))
    assert ledger.twice() == []
    assert not re.search("event_failed|Traceback", instance.errors())


def _break_until(
    instance: LinkedInstance, chance: random.Random, over: Callable[[], bool]
) -> tuple[int, int]:
    """Kills the service or breaks the link, by turns, until it is over; how often each."""
    kills = cuts = 0
    while not over():
        time.sleep(chance.uniform(1, 4))
        if chance.random() < 0.4:
            kills += 1
            instance.kill()
            time.sleep(chance.uniform(0, 5))
            instance.start(examples=False)
        else:
            cuts += 1
            instance.proxy.mode = chance.choice(["refuse", "swallow"])
            time.sleep(chance.uniform(0.2, 6))
            instance.proxy.mode = "pass"
            instance.proxy.cut()
    return kills, cuts
