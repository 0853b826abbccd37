"""The PBX's queue log, found by time however long it has grown."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.queue_log import QueueLine, lines_between, read_line, rotated


def line(at: int, event: str = "ENTERQUEUE") -> str:
    return f"{at}|{at}.0|cat|NONE|{event}||525512345678|1\n"


def test_a_line_is_read() -> None:
    text = "1795305301|1795305297.0|sac|Ana Peña|CONNECT|1|1795305300.1|1\n"
    assert read_line(text) == QueueLine(1795305301, "1795305297.0", "sac", "Ana Peña", "CONNECT")


@pytest.mark.parametrize("text", ["", "\n", "x|1.0|cat|NONE|CONNECT|", "1795305301|1.0|cat"])
def test_what_is_no_line_is_none(text: str) -> None:
    assert read_line(text) is None


def test_a_log_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert lines_between(tmp_path / "queue_log", 0, 9e9) == ()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(st.integers(0, 9), min_size=1, max_size=1500),
    since=st.integers(-10, 5000),
    length=st.integers(0, 300),
)
def test_the_lines_of_a_time_are_found(tmp_path: Path, steps: list[int], since: int, length: int) -> None:
    times, now = [], 1_795_305_000
    for step in steps:
        now += step
        times.append(now)
    log = tmp_path / "queue_log"
    log.write_text("".join(map(line, times)))
    begin, end = 1_795_305_000 + since, 1_795_305_000 + since + length
    found = [found.at for found in lines_between(log, begin, end)]
    assert found == [at for at in times if begin - 2 <= at <= end + 2]


def test_lines_before_a_rotation_are_found_too(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    rotated(log).write_text(line(100))
    log.write_text(line(101))
    assert [found.at for found in lines_between(log, 90, 110)] == [100, 101]


@pytest.mark.parametrize("second", range(1000, 1010))
def test_a_second_with_hundreds_of_lines_is_found_whole(tmp_path: Path, second: int) -> None:
    log = tmp_path / "queue_log"
    log.write_text("".join(line(at) for at in range(1000, 1010) for _ in range(300)))
    found = [found.at for found in lines_between(log, second, second)]
    assert found == [at for at in range(1000, 1010) for _ in range(300) if abs(at - second) <= 2]
