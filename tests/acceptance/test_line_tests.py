"""Tests of lines on a real PBX: plans that work pass whole, what is wrong there fails with its reason."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.instance import ROOT, Instance

pytestmark = [pytest.mark.pbx, pytest.mark.long, pytest.mark.timeout(900)]

SMALL, ROAD = "800 123 4567", "01 8000 912345"


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    made = Instance(base=26200)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def console(instance: Instance, command: str) -> str:
    root = ROOT / ".pbx" / "root"
    lib = root / "usr/lib/x86_64-linux-gnu"
    conf = instance.home / "pbx/conf/asterisk.conf"
    program = [lib / "ld-linux-x86-64.so.2", "--library-path", f"{lib}:{root / 'usr/lib'}"]
    words = [*program, root / "usr/sbin/asterisk", "-C", conf, "-rx", command]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=20).stdout


def report_of(instance: Instance, number: str, *words: str) -> dict[str, Any]:
    """The report of a test by the command line."""
    told = instance.run("line", "test", number, "--json", *words, check=False)
    return json.loads(told[told.index("{") : told.rindex("}") + 1])


def failures(report: dict[str, Any]) -> list[tuple[str, str]]:
    checks = [check for call in report["calls"] for check in call["checks"]]
    return [(check["code"], check["found"]) for check in checks if not check["passed"]]


def context(instance: Instance, plan: str, ends: str = "") -> str:
    """A context of a plan that stands in the PBX, by what follows its digest."""
    listed = console(instance, "dialplan show")
    names = re.findall(rf"Context '(plan-{plan}-[0-9a-f-]+{ends})'", listed)
    assert names, f"no context of {plan}"
    return min(names, key=len)


@pytest.fixture
def broken(instance: Instance) -> Iterator[Instance]:
    """What a test does to the dialplan behind Altavoz's back is undone after it."""
    yield instance
    console(instance, "dialplan reload")
    time.sleep(1)


@pytest.mark.parametrize("number", [SMALL, ROAD])
def test_a_plan_that_works_passes_whole(instance: Instance, number: str) -> None:
    report = report_of(instance, number)
    assert failures(report) == [] and report["result"] == "passed"
    for call in report["calls"]:
        assert call["recording"] and call["prompts"] and call["sip"].startswith("INVITE")
        came = call["reception"]
        assert came["packets"] > 50 and came["lost"] == came["gaps"] == 0 and came["jitter_ms"] < 30
        kept = instance.home / "proof" / call["recording"][:2] / f"{call['recording']}.wav"
        assert kept.is_file()


def test_a_number_that_leads_to_another_plan_says_which(broken: Instance) -> None:
    other = context(broken, "vial-condor")
    console(broken, f"dialplan add extension 525541239876,1,Goto,{other},s,1 into did-876 replace")
    assert ("plan", "número enlazado a otro plan: «vial-condor»") in failures(report_of(broken, SMALL))


def test_a_name_that_the_pbx_cuts_says_at_which_byte(broken: Instance) -> None:
    own = context(broken, "mascotas-ajolote")
    where = _priority(console(broken, f"dialplan show {own}"), "CALLERID(name)=")
    console(broken, f"dialplan add extension s,{where},Set(CALLERID(name)=AJOLOTE) into {own} replace")
    assert ("name", "nombre cortado en el byte 7: «AJOLOTE»") in failures(report_of(broken, SMALL))


def test_a_key_that_leads_to_another_queue_says_which(broken: Instance) -> None:
    menu, queues = (context(broken, "vial-condor", ends) for ends in ("-m1", "-q"))
    where = _priority(console(broken, f"dialplan show 1@{menu}"), f"{queues},q_cat")
    console(broken, f"dialplan add extension 1,{where},Goto,{queues},q_sac,1 into {menu} replace")
    (failed,) = failures(report_of(broken, ROAD, "--quick"))
    assert failed[0] == "destination" and "SAC" in failed[1]


def test_another_recording_than_the_approved_one_is_named(broken: Instance) -> None:
    own, sound = context(broken, "mascotas-ajolote"), _sound_of(broken, "vial-condor", "Playback|Background")
    where = _priority(console(broken, f"dialplan show {own}"), "altavoz/")
    console(broken, f"dialplan add extension s,{where},Playback,{sound} into {own} replace")
    (failed,) = failures(report_of(broken, SMALL))
    assert failed[0] == "prompt" and failed[1].startswith("se oyó otra cosa")


def test_silence_instead_of_a_prompt_is_silence(broken: Instance) -> None:
    own = context(broken, "mascotas-ajolote")
    where = _priority(console(broken, f"dialplan show {own}"), "altavoz/")
    console(broken, f"dialplan add extension s,{where},Playback,silence/3 into {own} replace")
    assert ("prompt", "silencio") in failures(report_of(broken, SMALL))


def _priority(shown: str, holds: str) -> str:
    """The priority of the step that holds a text."""
    line = next(each for each in shown.splitlines() if holds in each)
    found = re.search(r"(\d+)\. ", line)
    assert found, line
    return found[1]


def _sound_of(instance: Instance, plan: str, by: str) -> str:
    shown = console(instance, f"dialplan show {context(instance, plan)}")
    found = re.search(rf"(?:{by})\((altavoz/[0-9a-f]{{20}})", shown)
    assert found, shown
    return found[1]


def test_the_command_line_tests_in_the_name_of_an_account_and_reads_a_number_as_its_country_writes_it(
    instance,
):
    instance.run("user", "add", "ivo", "--role", "it", "--password-stdin", stdin="tormenta lila siete\n")
    assert "No hay una cuenta activa «nadie»" in instance.run(
        "line", "test", SMALL, "--by", "nadie", check=False
    )
    assert report_of(instance, SMALL, "--quick", "--by", "ivo")["by"] == "ivo"
    told = instance.run("line", "release", SMALL, "--by", "ivo", "--reason", "Ya se puede.", check=False)
    assert "no es un número" not in told
