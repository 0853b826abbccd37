"""Facts on disk: in order, checked, whole or not at all; whatever killed who wrote them."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.spool import Spool
from telephony.facts import CallArrived, CallEnded, CallTransferred
from tests.unit.cases.conftest import Story

AT = datetime(2026, 3, 2, 15, 0, 1, 7, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "facts.spool"


def facts(count: int):
    return [CallEnded(f"pbx1-{n}.1", AT, "answered", "talking", "caller", 16) for n in range(count)]


def all_of(spool: Spool, most: int = 7):
    found = []
    while spool.size:
        found += spool.read(most)
        spool.done()
    return found


def test_what_went_in_comes_out_in_order_and_the_file_is_empty_then(path):
    spool = Spool(path)
    spool.append(facts(20)[:9])
    spool.append(facts(20)[9:])
    assert spool.size == 20
    assert all_of(spool) == facts(20)
    assert path.stat().st_size == 0


def test_the_same_is_read_again_until_it_is_done(path):
    spool = Spool(path)
    spool.append(facts(5))
    assert spool.read(3) == spool.read(3) == facts(5)[:3]
    spool.done()
    assert (spool.size, spool.read(9)) == (2, facts(5)[3:])


def test_what_is_appended_while_it_is_read_comes_after(path):
    spool = Spool(path)
    spool.append(facts(4)[:2])
    assert spool.read(9) == facts(4)[:2]
    spool.append(facts(4)[2:])
    spool.done()
    assert all_of(spool) == facts(4)[2:]


def test_a_new_process_reads_all_that_was_not_emptied(path):
    former = Spool(path)
    former.append(facts(5))
    former.read(3)
    former.done()
    assert all_of(Spool(path)) == facts(5)


@pytest.mark.parametrize("kept", [1, 9, 40, -1])
def test_the_half_line_of_one_that_was_killed_is_cut_off(path, kept):
    Spool(path).append(facts(3))
    *whole, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole) + last[:kept])
    spool = Spool(path)
    spool.append(facts(5)[3:])
    assert all_of(spool) == [*facts(2), *facts(5)[3:]]


def test_a_damaged_line_is_left_out_and_the_others_are_not(path):
    Spool(path).append(facts(3))
    data = bytearray(path.read_bytes())
    data[data.index(b"pbx1-1.1")] ^= 1
    path.write_bytes(data)
    with structlog.testing.capture_logs() as logs:
        assert all_of(Spool(path)) == [facts(3)[0], facts(3)[2]]
    [line] = logs
    assert line["call"].endswith("bx1-1.1") and "caller" not in str(line)


def test_the_bound_is_kept_and_nothing_half_written_stays(path):
    spool = Spool(path, most_bytes=2000)
    with pytest.raises(OSError, match="bound"):
        for n in range(100):
            spool.append(facts(n + 1)[n:])
    assert path.stat().st_size <= 2000
    kept = spool.size
    assert kept > 3
    assert all_of(Spool(path)) == facts(kept)


def test_nobody_else_reads_it(path):
    Spool(path).append(facts(1))
    assert path.stat().st_mode & 0o777 == 0o600


@settings(deadline=None)
@given(name=st.text(), number=st.one_of(st.none(), st.text(max_size=20)))
def test_whatever_a_caller_is_called_survives(tmp_path_factory, name, number):
    fact = CallArrived("pbx1-1.1", AT, "x", "+541143218765", "p", "v", "c", number, name)
    spool = Spool(tmp_path_factory.mktemp("spool") / "f")
    spool.append(
        [fact, CallTransferred("pbx1-1.1", AT, "blind", "101", name), *Story("pbx1-2.1").served().facts]
    )
    assert all_of(spool) == [fact, CallTransferred("pbx1-1.1", AT, "blind", "101", name),
                             *Story("pbx1-2.1").served().facts]  # fmt: skip


def test_a_fact_that_no_line_can_hold_does_not_stop_the_others(path):
    spool = Spool(path)
    spool.append([facts(1)[0], CallEnded("pbx1-9.1", None, "answered", "talking", "caller", 16)])
    assert all_of(spool) == facts(1)


FILLS = """
import resource, signal, sys
from pathlib import Path
from cases.spool import Spool
from tests.unit.cases.test_spool import facts
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
spool = Spool(Path(sys.argv[1]))
spool.append(facts(5))
try:
    spool.append(facts(30)[5:])
except OSError as error:
    print(error.errno, spool.size)
"""


def test_a_disk_that_fills_up_keeps_what_was_whole(path):
    done = subprocess.run(
        [sys.executable, "-c", FILLS, path], capture_output=True, text=True, cwd=os.getcwd()
    )
    assert done.stdout.split() == ["27", "5"], done.stderr  # EFBIG; the kernel wrote the part that had room
    assert all_of(Spool(path)) == facts(5)
