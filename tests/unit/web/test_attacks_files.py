"""Files, out and in: formulas in tables, headers in letters, paths that lead elsewhere."""

import csv
import io
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr_audio.store import SoundStore
from mail.letter import Letter, write
from mail.message import BadLetter, address, build
from plans.load import load_files, load_site
from web.assets import read_assets
from web.sheets import csv_line

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "x;=1+1;y", "x\t=cmd|'/c calc'!A0", "x\n=1",
     "x; =1", "＝1+1", "a;\"=1", "\u00a0=1", "x;+5411", "x;@a"],
)  # fmt: skip
def test_no_cell_is_a_formula_whatever_separates_cells(text):
    """A Spanish Excel separates by semicolons: it cuts a cell of ours where the text has one."""
    line = csv_line([7, text, "fin"])
    assert next(csv.reader(io.StringIO(line)))[2] == "fin"
    for separator in ",;\t":
        for row in csv.reader(line.replace('"', "").splitlines(), delimiter=separator):
            assert [cell for cell in row if re.match(r'[\s"\u00a0]*[=+\-@＝＋－＠]', cell)] == []


@pytest.mark.parametrize("piece", ["\n", ";", '"', "\n ", "=", ";="])
def test_no_cell_takes_long(piece):
    began = time.process_time()
    csv_line([piece * 32_000 + "x"])
    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", ["ana-paz", "5 + 5 = 10", "Calle 1; piso 2", "a@b.com", "", "2026-11-22"])
def test_a_harmless_cell_stays_as_it_is(text):
    assert next(csv.reader(io.StringIO(csv_line([text]))), [""]) == [text]


# letters

SENDER = address("altavoz@empresa.example", "Altavoz")
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def letter(**changed):
    made = write(
        "invitation",
        changed.pop("recipient", "ana@empresa.example"),
        full_name=changed.pop("full_name", "Ana Paz"),
        name="ana",
        invited_by=changed.pop("invited_by", "Raúl"),
        link="https://altavoz.example/invitation/abc",
        expires="22/11/2026",
    )
    return build(made, SENDER, "<1@empresa.example>", datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    "name", ["Ana\r\nBcc: x@mal.example", "Ana\nBcc: x@mal.example\n\nHola", "Ana\u2028Bcc: x"]
)
def test_a_name_begins_no_header_of_a_letter(name):
    message = letter(full_name=name, invited_by=name)
    assert "Bcc" not in message and sorted(message.keys()) == sorted(letter().keys())
    assert b"\nBcc" not in message.as_bytes().split(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "recipient",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a@b.example;c@d",
        "-oX@b",
        "a@b\0",
    ],
)
def test_a_letter_goes_to_one_address(recipient):
    if recipient != "-oX@b":
        with pytest.raises(BadLetter):
            letter(recipient=recipient)
    else:
        assert letter(recipient=recipient)["To"] == recipient


def test_a_subject_is_one_line():
    with pytest.raises(BadLetter):
        build(
            Letter("x", "a@b.example", "Hola\r\nBcc: c@d.example", "", ""), SENDER, "<1@x>", datetime.now(UTC)
        )


def test_a_letter_holds_no_script_of_a_name():
    message = letter(full_name=SCRIPT, invited_by=SCRIPT)
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html


# recordings and static files

SITE = load_site(ROOT / "plans/example-site.yaml")
NANDU = (ROOT / "plans/examples/hogar-nandu.yaml").read_text("utf-8")
SPOKEN = 'saludo: {text: "Gracias por comunicarse con Asistencia Ñandú."}'


@pytest.fixture
def secret(tmp_path):
    """A file that is no plan's, a folder that is, and links from the one to the other."""
    (tmp_path / "secreto.wav").write_bytes(b"RIFF secreto")
    folder = tmp_path / "planes"
    folder.mkdir()
    (folder / "enlace.wav").symlink_to(tmp_path / "secreto.wav")
    (folder / "carpeta").symlink_to(tmp_path)
    (folder / "gira.wav").symlink_to("gira.wav")
    os.mkfifo(folder / "tubo.wav")
    return folder


@pytest.mark.parametrize(
    "audio",
    [
        "../secreto.wav", "../../../../../../etc/passwd", "/etc/passwd", "enlace.wav", "carpeta/secreto.wav",
        "gira.wav", "tubo.wav", "./../secreto.wav", "x/../../secreto.wav", "file:///etc/passwd",
        "~/secreto.wav", "/dev/zero", "/proc/self/environ", "..\\\\secreto.wav", "a" * 5000, ".", "",
    ],
)  # fmt: skip
def test_a_plan_takes_no_recording_from_elsewhere(secret, audio):
    file = secret / "plan.yaml"
    file.write_text(NANDU.replace(SPOKEN, f'saludo: {{audio: "{audio}"}}'), "utf-8")
    loading = load_files([file], SITE)
    assert loading.sources == () and loading.errors
    assert all("root:" not in str(problem) and "RIFF" not in str(problem) for problem in loading.errors)


def test_a_recording_beside_the_plan_is_taken(secret):
    (secret / "propio.wav").write_bytes(b"RIFF")
    file = secret / "plan.yaml"
    file.write_text(NANDU.replace(SPOKEN, 'saludo: {audio: "propio.wav"}'), "utf-8")
    (source,) = load_files([file], SITE).sources
    assert source.recordings["saludo"] == secret / "propio.wav"


@pytest.mark.parametrize(
    "file", ["/etc/passwd", "/dev/null", "/proc/self/environ", "/", "/no/hay", "\0", "a" * 5000]
)
def test_a_plan_that_is_none_tells_nothing_of_its_file(file):
    loading = load_files([file], SITE)
    assert loading.sources == ()
    assert not any("root:x" in str(problem) or "PATH=" in str(problem) for problem in loading.errors)


@pytest.mark.parametrize(
    "name", ["altavoz/../../etc/passwd", "/etc/passwd", "altavoz/" + "g" * 20, "altavoz/x\n"]
)
def test_a_sound_has_a_name_of_ours_only(tmp_path, name):
    with pytest.raises(ValueError):
        SoundStore(tmp_path).path(name)


def test_static_files_are_those_of_the_folder_and_no_others():
    assert all(not name.startswith(("/", "..")) and "/../" not in name for name in read_assets().files)
