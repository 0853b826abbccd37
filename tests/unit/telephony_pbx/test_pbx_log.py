"""The PBX's messages in our log."""

import json

import structlog

from telephony.pbx_log import LogFollower, PbxMessage, read_lines, read_message


def line(text: str, level: str = "WARNING") -> bytes:
    entry = {
        "identifiers": {"lwp": 1, "callid": "C-00000001"},
        "logmsg": {"location": {"filename": "chan.c", "line": 7}, "level": level, "message": text},
    }
    return json.dumps(entry).encode()


def test_a_half_written_line_waits_for_its_end():
    assert read_lines(b"uno\ndos\ntre") == ([b"uno", b"dos"], b"tre")
    assert read_lines(b"tre") == ([], b"tre")


def test_a_message_keeps_its_level_place_and_call():
    assert read_message(line("Peña\n", "ERROR")) == PbxMessage("error", "Peña", "chan.c:7", "C-00000001")
    assert read_message(line("ok", "NOTICE")).level == "info"


def test_control_characters_of_a_callers_name_reach_no_terminal():
    assert read_message(line("a\x1b[31m\r\nb")).text == "a [31m b"


def test_a_callers_name_without_end_is_cut():
    assert read_message(line("Peña " * 1000)).text == ("Peña " * 100)[:499] + "…"
    assert read_message(line("x" * 500)).text == "x" * 500
    assert len(read_message(b"x" * 5000).text) == 500


def test_a_line_that_is_not_json_is_carried_as_it_is():
    assert read_message(b"[2026] Asterisk 22").text == "[2026] Asterisk 22"


def test_what_was_there_before_is_not_carried_again_and_what_comes_is(tmp_path):
    path = tmp_path / "messages.json"
    path.write_bytes(line("viejo") + b"\n")
    with structlog.testing.capture_logs() as logs:
        follower = LogFollower(path)
        with path.open("ab") as file:
            file.write(line("nuevo") + b"\n" + line("a medias")[:20])
        follower.carry()
    assert [entry["text"] for entry in logs] == ["nuevo"]


def test_a_file_that_begins_anew_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "messages.json"
    path.write_bytes(line("viejo y largo, más que el que viene") + b"\n")
    with structlog.testing.capture_logs() as logs:
        follower = LogFollower(path)
        path.write_bytes(line("nuevo") + b"\n")
        follower.carry()
    assert [entry["text"] for entry in logs] == ["nuevo"]
