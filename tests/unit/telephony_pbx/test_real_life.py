"""The life of the real PBX: started apart from us, found again, stopped; with few rights."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from telephony.embedded import PbxNotStarted

pytestmark = pytest.mark.pbx

OUR_PROCESS = """
import asyncio, sys
from pathlib import Path
from telephony.embedded import EmbeddedPbx
from telephony.layout import PbxAddresses, PbxLayout
root, home, sip, ami = sys.argv[1:]
addresses = PbxAddresses(("127.0.0.1", int(sip)), ("127.0.0.1", int(ami)), (15220, 15239))
async def main():
    await EmbeddedPbx(PbxLayout(Path(root), Path(home)), addresses, None, print).start()
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_it_lives_through_our_kill_9_with_its_call_and_is_found_again(fresh, sipp):
    pbx = fresh.pbx()
    ports = (str(fresh.addresses.sip[1]), str(fresh.addresses.ami[1]))
    words = [sys.executable, "-c", OUR_PROCESS, str(fresh.layout.root), str(fresh.home), *ports]
    ours = await asyncio.to_thread(_begin, words)
    assert "ready" in await asyncio.to_thread(_until_ready, ours)
    call = sipp.start(
        *("talk", "127.0.0.11", 15165, "-s", "long", "-mp", "15300"),
        "{}:{}".format(*fresh.addresses.sip),
    )
    await asyncio.sleep(0.5)
    os.killpg(ours.pid, signal.SIGKILL)
    ours.communicate()
    assert pbx.running()
    assert await pbx.start() is True
    assert "1 active call" in await fresh.cli("core show channels")
    assert await sipp.went_well(call)
    await pbx.stop()


def _begin(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        start_new_session=True,
    )


def _until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return next((line for line in process.stdout if "ready" in line), "")


async def test_it_stops_in_time_with_a_call_up_and_leaves_nothing(fresh, sipp):
    pbx = fresh.pbx()
    assert await pbx.start() is False
    call = sipp.start(
        *("call", "127.0.0.11", 15165, "-s", "long", "-mp", "15300"),
        "{}:{}".format(*fresh.addresses.sip),
    )
    await asyncio.sleep(0.5)
    pid = int(fresh.layout.pid.read_text())
    began = time.monotonic()
    await pbx.stop()
    assert time.monotonic() - began < 8
    assert not pbx.running()
    assert await sipp.went_well(call)
    assert not Path(f"/proc/{pid}").exists()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(fresh.addresses.ami)


async def test_one_that_does_not_listen_is_killed_in_time(fresh):
    pbx = fresh.pbx()
    await pbx.start()
    pid = int(fresh.layout.pid.read_text())
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    await pbx.stop(seconds=2)
    assert time.monotonic() - began < 3
    assert not pbx.running()


async def test_a_left_over_process_id_does_no_harm(fresh):
    pbx = fresh.pbx()
    await pbx.start()
    os.kill(int(fresh.layout.pid.read_text()), signal.SIGKILL)
    await asyncio.sleep(0.2)
    fresh.layout.pid.write_text(f"{os.getpid()}\n")
    assert not pbx.running()
    await pbx.stop()
    again = fresh.pbx()
    assert await again.start() is False
    await again.stop()


async def test_one_found_running_reads_changed_files_again(fresh):
    pbx = fresh.pbx()
    await pbx.start()
    await pbx.leave()
    queues = (fresh.layout.conf / "queues.conf").read_text()
    modules = (fresh.layout.conf / "modules.conf").read_text()
    again = fresh.pbx()
    changed = again.write_config({"queues.conf": queues + "[ventas]\n", "modules.conf": modules + "\n"})
    assert await again.start() is True
    assert "ventas has 0 calls" in await fresh.cli("queue show")
    assert await again.reload(changed) == ("modules.conf",)
    await again.stop()


async def test_a_new_phone_is_known_after_a_reload(fresh):
    pbx = fresh.pbx()
    await pbx.start()
    files = {
        name: (fresh.layout.conf / name).read_text().replace("102", "103")
        for name in ("pjsip-phones.conf", "phones.conf")
    }
    assert await pbx.reload(pbx.write_config(files)) == ()
    shown = await fresh.cli("pjsip show endpoints")
    assert "103/103" in shown
    assert "102/102" not in shown
    assert "103" in await fresh.cli("dialplan show phones-internal")
    await pbx.stop()


async def test_an_address_of_another_program_is_named_before_anything_starts(fresh):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(fresh.addresses.sip)
        with pytest.raises(PbxNotStarted, match=r"15170 \(ya lo usa otro programa\); cambie ALTAVOZ_SIP"):
            await fresh.pbx().start()


async def test_a_configuration_that_it_cannot_start_with_is_shown(fresh):
    pbx = fresh.pbx()
    pbx.write_config({"modules.conf": "[modules]\nautoload = no\nrequire = res_no_existe.so\n"})
    with pytest.raises(PbxNotStarted, match="res_no_existe"):
        await pbx.start()
    assert not pbx.running()


async def test_a_long_home_gets_a_short_folder_for_its_socket(fresh):
    fresh.home = fresh.home / ("carpeta-larga-" * 7)
    pbx = fresh.pbx()
    assert await pbx.start() is False
    assert len(str(fresh.layout.control)) < 60
    assert fresh.layout.run.stat().st_mode & 0o777 == 0o700
    await pbx.stop()
    assert not fresh.layout.run.exists()


async def test_it_has_no_privilege_and_reads_no_secret_of_ours(fresh):
    pbx = fresh.pbx()
    await pbx.start()
    pid = fresh.layout.pid.read_text().strip()
    status = Path(f"/proc/{pid}/status").read_text()
    for line in ("CapPrm:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"):
        assert line in status or (os.geteuid() != 0 and line.startswith("CapBnd"))
    if os.geteuid() == 0:
        assert "Uid:\t0\t" not in status
    assert fresh.layout.ami_secrets.stat().st_mode & 0o777 == 0o600
    assert {file.stat().st_mode & 0o777 for file in fresh.layout.conf.glob("*.conf")} == {0o600}
    await pbx.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
async def test_in_a_closed_folder_it_stays_root_without_any_capability_and_says_so(fresh):
    fresh.home.parent.chmod(0o700)
    pbx = fresh.pbx()
    await pbx.start()
    status = Path(f"/proc/{fresh.layout.pid.read_text().strip()}/status").read_text()
    assert "Uid:\t0\t" in status
    assert "CapPrm:\t0000000000000000" in status
    assert "CapBnd:\t0000000000000000" in status
    assert "no puede entrar en" in fresh.said[0]
    await pbx.stop()
