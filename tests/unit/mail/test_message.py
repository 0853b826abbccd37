"""A message holds what it was given and nothing that was slipped in."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from mail.letter import Letter, write
from mail.message import BadLetter, address, build

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SENDER = address("altavoz@empresa.example", "Altavoz")


def letter(**changes):
    given = {
        "kind": "x",
        "recipient": "ana@empresa.example",
        "subject": "Hola",
        "text": "a\n",
        "html": "<p>a</p>",
    }
    return Letter(**given | changes)


def test_a_message_reads_back_as_it_was_written():
    sent = build(
        letter(subject="Ñandú: su cuenta está lista", text="Hola, señora Peña\n.\nFrom ella\n"),
        SENDER, "<1@altavoz.example>", NOW,
    )  # fmt: skip
    read = message_from_bytes(sent.as_bytes(), policy=default)
    assert read["Subject"] == "Ñandú: su cuenta está lista"
    assert (read["From"], read["To"]) == ("Altavoz <altavoz@empresa.example>", "ana@empresa.example")
    assert (read["Message-ID"], read["Auto-Submitted"]) == ("<1@altavoz.example>", "auto-generated")
    assert read["Date"].datetime == NOW
    assert (
        read.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Hola, señora Peña\n.\nFrom ella\n"
    )
    assert read.get_body(("html",)).get_content().strip() == "<p>a</p>"


@pytest.mark.parametrize(
    "slipped", ["\r\nBcc: mal@x.example", "\nBcc: mal@x.example", "\r", "\0", "\u2028x", "\x85x"]
)
def test_no_header_can_be_slipped_into_a_subject(slipped):
    with pytest.raises(BadLetter, match="una sola línea"):
        build(letter(subject=f"Hola{slipped}"), SENDER, "<1@a.example>", NOW)


@pytest.mark.parametrize(
    "written",
    [
        "ana@empresa.example\r\nBcc: mal@x.example", "ana@empresa.example, mal@x.example",
        "Ana <ana@empresa.example>", "ana@empresa.example\n", '"ana mal"@x.example', "ana@x.example>",
        "@x.example", "ana", "ana@", "ana..paz@x.example", ".ana@x.example", "ñandú@x.example",
        "a@" + "x" * 300 + ".example", "",
    ],
)  # fmt: skip
def test_one_recipient_is_one_plain_address(written):
    with pytest.raises(BadLetter, match="no es una dirección"):
        build(letter(recipient=written), SENDER, "<1@a.example>", NOW)


def test_a_name_cannot_smuggle_a_second_sender():
    with pytest.raises(BadLetter):
        address("altavoz@empresa.example", "Altavoz\r\nBcc: mal@x.example")


def test_what_a_person_is_called_is_text_in_the_html_version():
    written = write(
        "invitation", "ana@empresa.example", full_name='Ana <img src=x onerror="alert(1)">',
        name="ana", confidential=True, invited_by="Raúl", link="https://x.example/i/1?a=b&c=d", expires="hoy",
    )  # fmt: skip
    assert "<img" not in written.html and "&lt;img" in written.html
    assert "https://x.example/i/1?a=b&c=d" in written.text
    assert "https" not in repr(written)


def test_a_name_in_two_lines_stays_in_one_line_of_the_subject():
    written = write(
        "invitation", "ana@empresa.example", full_name="Ana\r\nBcc: mal@x.example", name="ana",
        invited_by="Raúl", link="l", expires="e",
    )  # fmt: skip
    assert "\n" not in written.subject and "\r" not in written.subject
    assert build(written, SENDER, "<1@a.example>", NOW)["Bcc"] is None
