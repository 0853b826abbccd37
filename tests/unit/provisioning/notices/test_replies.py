"""Answers by e-mail: whose land on the alta, once, and what becomes of all others."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from mail.tables import outbox
from provisioning.alta.events import Happened
from provisioning.notices.incoming import NotAMessage, read
from provisioning.notices.mailbox import Came
from provisioning.notices.mailroom import MailFilter
from staff.changes import PeopleChanges
from staff.scope import EVERYTHING
from tests.unit.provisioning.notices.conftest import MONDAY, Bench, everywhere

TEXT = "Lo hablé con el cliente: el lunes firma.\n\nSaludos"
QUOTED = "\n\nEl lun, 2 mar 2026 a las 12:00, Altavoz (<altavoz@empresa.example>) escribió:\n> Es su turno\n"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def reply(
    to: str, sender: str = "Clara <clara@empresa.example>", text: str = TEXT + QUOTED, **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = "Re: Es su turno"
    message["Message-ID"] = "<1@correo.example>"
    message["Date"] = format_datetime(MONDAY)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def receive(bench: Bench, message: EmailMessage) -> Came:
    mailbox = bench.office.notices.received
    assert mailbox is not None
    return await mailbox.receive(read(message.as_bytes()))


async def address_of(bench: Bench, name: str) -> str:
    """Where this person was told to answer."""
    wanted = select(outbox.c.reply_to).where(outbox.c.recipient == f"{name}@empresa.example")
    async with bench.engine.connect() as connection:
        return str((await connection.execute(wanted.limit(1))).scalar_one())


async def comments(bench: Bench) -> list[tuple[str, str]]:
    events = await bench.office.altas.events(1, kind=Happened.COMMENTED)
    return [(event.by, event.data["text"]) for event in events]


async def test_an_answer_lands_as_a_comment_without_what_it_quotes(bench: Bench) -> None:
    await bench.begun("ada")
    assert await receive(bench, reply(await address_of(bench, "clara"))) == Came("landed")
    assert await comments(bench) == [("clara", TEXT)]


@everywhere
async def test_an_answer_that_is_handed_in_twice_lands_once(bench: Bench) -> None:
    await bench.begun("ada")
    message = reply(await address_of(bench, "clara"))
    await receive(bench, message)
    message["Received"] = "by another.example"
    assert await receive(bench, message) == Came("landed")
    assert len(await comments(bench)) == 1


async def test_its_files_become_documents_and_what_is_none_is_told(bench: Bench) -> None:
    await bench.begun("ada")
    message = reply(await address_of(bench, "clara"))
    message.add_attachment(PDF, "application", "pdf", filename="acta de la visita.pdf")
    message.add_attachment(b"MZ\x90\x00", "application", "octet-stream", filename="virus.exe")
    came = await receive(bench, message)
    assert came.outcome == "landed" and "«virus.exe» no quedó" in came.reason
    [document] = await bench.office.altas.documents.of_alta(1)
    assert (document.title, document.by) == ("acta de la visita", "clara")


async def test_an_answer_by_its_message_id_needs_no_address(bench: Bench) -> None:
    await bench.begun("ada")
    wanted = select(outbox.c.message_id).where(outbox.c.recipient == "clara@empresa.example")
    async with bench.engine.connect() as connection:
        answered = (await connection.execute(wanted)).scalar_one()
    message = reply("altas@empresa.example", In_Reply_To=answered)
    assert (await receive(bench, message)).outcome == "landed"
    from_another = reply("altas@empresa.example", "carlos@empresa.example", In_Reply_To=answered)
    assert (await receive(bench, from_another)).outcome == "refused"


FORGED = {
    "another's address": ("carlos@empresa.example", lambda to: to),
    "a stranger": ("mallory@example.com", lambda to: to),
    "a made-up signature": (
        "clara@empresa.example",
        lambda to: to.replace("+1.1.", "+1.1.a")[:40] + "@empresa.example",
    ),
    "another alta": ("clara@empresa.example", lambda to: to.replace("+1.1.", "+2.1.")),
    "no tag": ("clara@empresa.example", lambda to: "altas@empresa.example"),
    "two senders": ("clara@empresa.example, ada@empresa.example", lambda to: to),
}


@pytest.mark.parametrize("how", FORGED)
async def test_what_is_forged_is_refused_and_kept_with_its_reason(bench: Bench, how: str) -> None:
    await bench.begun("ada")
    sender, change = FORGED[how]
    came = await receive(bench, reply(change(await address_of(bench, "clara")), sender))
    assert came.outcome == "refused"
    assert await comments(bench) == []
    [kept] = (await bench.office.mailroom.came(MailFilter(), EVERYTHING)).items
    assert (kept.outcome, kept.reason) == ("refused", came.reason) and came.reason


MACHINES = {
    "an absence": {"Auto_Submitted": "auto-replied"},
    "a list": {"List_Id": "<todos.empresa.example>"},
    "a bulk": {"Precedence": "bulk"},
    "our own": {"Auto_Submitted": "auto-generated"},
    "a bounce": {"Return_Path": "<>"},
}


@pytest.mark.parametrize("which", MACHINES)
async def test_what_a_machine_wrote_is_dropped_and_answered_to_nobody(bench: Bench, which: str) -> None:
    await bench.begun("ada")
    await bench.mails()
    came = await receive(bench, reply(await address_of(bench, "clara"), **MACHINES[which]))
    assert came.outcome == "dropped"
    assert await comments(bench) == [] and await bench.mails() == []


async def test_who_wrote_in_vain_is_told_when_we_know_them(bench: Bench) -> None:
    await bench.begun("ada")
    address = await address_of(bench, "clara")
    await bench.mails()
    await receive(bench, reply(address, text=QUOTED))
    assert await bench.mails() == [("clara", "Su respuesta no se agregó")]


async def test_whose_account_is_closed_writes_in_vain(bench: Bench) -> None:
    await bench.begun("ada")
    address = await address_of(bench, "clara")
    await PeopleChanges(bench.engine, bench.clock).deactivate("clara")
    assert (await receive(bench, reply(address))).outcome == "refused"


def test_what_is_no_message_is_told_from_one() -> None:
    with pytest.raises(NotAMessage):
        read(b"hola\n\nque tal\n")


@pytest.mark.parametrize(
    "html",
    [
        "<p>Sí.</p><blockquote>Es su turno</blockquote>",
        '<div>Sí.</div><div class="gmail_quote">El lun… escribió:<br>Es su turno</div>',
        "<style>p{}</style><p>Sí.</p><p>-- <br>Clara</p>",
        "<head><title>Re</title></head><body>Sí.<br><br>On Mon, 2 Mar 2026 Altavoz wrote:<br>x",
    ],
)
def test_of_html_only_what_was_written_is_kept(html: str) -> None:
    message = reply("altas@empresa.example")
    message.set_content(html, subtype="html")
    assert read(message.as_bytes()).text == "Sí."
