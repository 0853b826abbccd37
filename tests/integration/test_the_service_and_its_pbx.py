"""The service and its PBX start together, part when the service is killed, and find each other again."""

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.instance import ROOT, Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.long, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
TELECOM = "127.0.0.11"


@pytest.fixture
def own() -> Iterator[Instance]:
    instance = Instance(base=17400)
    try:
        yield instance
    finally:
        instance.remove()


@pytest.fixture
def lab(own: Instance) -> Iterator[SipLab]:
    folder = own.home / "sip"
    folder.mkdir()
    lab = SipLab(folder, own.sip, media=own.base + 300)
    try:
        yield lab
    finally:
        lab.stop()


def _owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def test_killing_the_service_ends_no_call_and_the_next_start_goes_on_with_it(
    own: Instance, lab: SipLab
) -> None:
    own.start()
    pid = own.pbx_pid()
    assert pid is not None
    secret = own.add_coordinator("eva", "101", "cat,sac", PASSWORD)
    lab.register("101", secret, own.base + 10)
    own.run("user", "available", "eva")
    lab.phone(own.base + 10, ring=0.5, talk=30)
    caller = lab.call("127.0.0.13", "525541239876", "5512345678")
    call = eventually(lambda: [c for c in own.json("call", "list") if c["answered"]], 30)[0]

    own.kill()
    assert own.pbx_pid() == pid
    assert caller.process.poll() is None
    own.start(examples=False)
    assert own.pbx_pid() == pid
    assert own.json("call", "show", call["id"])["ended"] is None

    ended = eventually(lambda: own.json("call", "show", call["id"])["ended"], 60)
    assert ended > call["answered"]
    assert own.json("call", "show", call["id"])["case"] == call["case"]
    assert caller.wait(10) == 0


def test_a_call_that_ended_while_the_service_was_dead_does_not_live_for_ever(
    own: Instance, lab: SipLab
) -> None:
    own.start()
    caller = lab.call("127.0.0.13", "525541239876", "5512345678", talk=6)
    call = eventually(lambda: own.json("call", "list"), 20)[0]
    own.kill()
    assert caller.wait(30) == 0
    own.start(examples=False)
    assert eventually(lambda: own.json("call", "show", call["id"])["ended"], 10)


def test_a_person_who_stops_it_stops_everything_within_ten_seconds(own: Instance) -> None:
    own.start()
    pid = own.pbx_pid()
    assert pid is not None
    assert own.stop() < 10
    assert own.pbx_pid() is None
    assert not (own.home / "control.sock").exists()
    assert "Altavoz no está en marcha" in own.run("status", check=False)


def test_the_pbx_runs_unprivileged_and_its_secrets_are_its_owners(own: Instance) -> None:
    own.start()
    pid = own.pbx_pid()
    assert pid is not None
    if os.geteuid() == 0:
        assert _owner(pid) != 0
    status = Path(f"/proc/{pid}/status").read_text()
    assert re.search(r"^CapEff:\s+0+$", status, re.M)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.M)
    for file in (own.home / "pbx" / "conf").glob("*.conf"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_second_start_on_the_same_home_is_refused_in_words(own: Instance) -> None:
    own.start()
    other = Instance(base=17600, home=own.home)
    with pytest.raises(AssertionError, match="ya hay un Altavoz en marcha"):
        other.start(seconds=30)


def test_two_instances_run_side_by_side(own: Instance) -> None:
    other = Instance(base=17600)
    try:
        own.start()
        other.start()
        assert own.pbx_pid() != other.pbx_pid()
        assert own.json("status")["ready"] is True
        assert other.json("status")["ready"] is True
    finally:
        other.remove()


def test_what_is_published_survives_a_restart_and_goes_back(own: Instance, tmp_path: Path) -> None:
    own.start()
    first = own.json("status")["release"]
    plan = tmp_path / "ajolote.yaml"
    plan.write_text(own.run("plan", "show", "mascotas-ajolote").replace("gracias por", "muchas gracias por"))
    dry = own.run("plan", "apply", str(plan), "--dry-run")
    assert "+" in dry and own.json("status")["release"] == first
    second = own.json("plan", "apply", str(plan))["release"]
    assert second != first
    own.stop()
    own.start(examples=False)
    assert own.json("status")["release"] == second
    states = {p["number"]: p["state"] for p in own.json("plan", "list") if p["plan"] == "mascotas-ajolote"}
    assert states == {1: "live", 2: "candidate"}
    assert own.json("dialplan", "rollback")["release"] == first
    assert [p["number"] for p in own.json("plan", "list") if p["plan"] == "mascotas-ajolote"] == [1]


def test_a_pbx_that_ends_by_itself_is_started_again(own: Instance, lab: SipLab) -> None:
    own.start()
    pid = own.pbx_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: own.pbx_pid() not in (None, pid), 15)
    eventually(lambda: json.loads(own.run("status", "--json", check=False))["ready"], 15)
    assert lab.call("127.0.0.13", "525541239876", "5512345678", talk=2).wait(30) == 0
    assert eventually(lambda: own.json("call", "list"), 5)


def test_a_site_file_that_lost_a_queue_leaves_what_was_published_standing(own: Instance) -> None:
    own.start()
    release = own.json("status")["release"]
    own.stop()
    site = own.home / "site.yaml"
    text = (ROOT / "plans" / "example-site.yaml").read_text("utf-8")
    site.write_text(text.replace("  sac:\n", "  quejas:\n").replace("callback: cat", "callback: quejas"))
    own.extra = {"ALTAVOZ_SITE": str(site)}
    own.start(examples=False)
    assert "Sigue en pie la publicación anterior" in own.output
    assert "hogar-nandu (publicado):" in own.output
    assert own.json("status")["release"] == release


def test_a_start_that_fails_leaves_the_pbx_that_was_running_to_its_calls(own: Instance) -> None:
    own.start()
    pid = own.pbx_pid()
    own.kill()
    socket = own.home / "control.sock"
    socket.unlink()
    socket.mkdir()
    with pytest.raises(AssertionError):
        own.start(seconds=30)
    assert "La central ya estaba en marcha" in own.output
    assert own.pbx_pid() == pid
    socket.rmdir()
    own.start(examples=False)
    assert own.pbx_pid() == pid
