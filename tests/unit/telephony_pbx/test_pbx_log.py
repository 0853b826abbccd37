"""The PBX's messages in our log."""

import json

import structlog

from telephony.pbx_log import CallNames, LogFollower, PbxMessage, read_lines, read_message


def line(text: str, level: str = "WARNING", call: str = "C-00000001", file: str = "chan.c") -> bytes:
    entry = {
        "identifiers": {"lwp": 1, "callid": f"[{call}]" if call else ""},
        "logmsg": {"location": {"filename": file, "line": 7}, "level": level, "message": text},
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
        follower = LogFollower(path, "pbx1")
        with path.open("ab") as file:
            file.write(line("nuevo") + b"\n" + line("a medias")[:20])
        follower.carry()
    assert [entry["text"] for entry in logs] == ["nuevo"]


def test_a_file_that_begins_anew_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "messages.json"
    path.write_bytes(line("viejo y largo, más que el que viene") + b"\n")
    with structlog.testing.capture_logs() as logs:
        follower = LogFollower(path, "pbx1")
        path.write_bytes(line("nuevo") + b"\n")
        follower.carry()
    assert [entry["text"] for entry in logs] == ["nuevo"]


def test_a_line_about_a_call_bears_its_id_once_the_dialplan_has_named_it(tmp_path):
    path = tmp_path / "messages.json"
    path.write_bytes(b"")
    lines = (
        line("antes"),
        line("altavoz-call 1795305984.12", "NOTICE", file="Ext. arrived"),
        line("después"),
        line("de otra", call="C-00000002"),
        line("altavoz-call 1795305984.99", "NOTICE", file="Ext. arrived"),
        line("altavoz-call 6.6", call="C-00000002"),
        line("de ninguna", call=""),
        line("altavoz-call x", "NOTICE", file="Ext. s"),
    )
    with structlog.testing.capture_logs() as logs:
        follower = LogFollower(path, "pbx1")
        path.write_bytes(b"\n".join(lines) + b"\n")
        follower.carry()
    assert [(entry["text"], entry.get("call")) for entry in logs] == [
        ("antes", None),
        ("después", "pbx1-1795305984.12"),
        ("de otra", None),
        ("altavoz-call 6.6", None),
        ("de ninguna", None),
        ("altavoz-call x", "pbx1-1795305984.12"),
    ]


def test_the_names_of_old_calls_are_given_up(monkeypatch):
    monkeypatch.setattr("telephony.pbx_log._MOST_CALLS", 2)
    names = CallNames("pbx1")
    for number in range(3):
        names.learn(f"C-{number}", f"{number}.0")
    assert [names.of(f"C-{number}") for number in range(3)] == ["", "pbx1-1.0", "pbx1-2.0"]
