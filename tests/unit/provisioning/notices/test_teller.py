"""To whom something is told, and what its letter offers: an address to answer at, for whom they stand in."""

from sqlalchemy import select

from db.engine import writing
from mail.tables import outbox
from provisioning.notices.occasions import Kind, Occasion
from provisioning.notices.subjects import subject
from provisioning.notices.teller import Item
from staff.profile import Profile
from staff.roles import Role
from staff.scope import Scope
from tests.unit.provisioning.notices.conftest import Bench, area_of

ABOUT = subject(7, "Hogar Ñandú", "hogar-nandu", "AR", "Seguros Ñandú")


async def told(bench: Bench, occasion: Occasion) -> dict[str, tuple[str, str]]:
    """Of who was written to: where they may answer, and the letter's text."""
    teller = bench.office.notices.teller
    assert teller is not None
    async with writing(bench.engine) as connection:
        await teller.tell(connection, ABOUT, [Item(occasion)])
        columns = (outbox.c.recipient, outbox.c.reply_to, outbox.c.text)
        rows = (await connection.execute(select(*columns))).all()
    return {row.recipient.partition("@")[0]: (row.reply_to, row.text) for row in rows}


async def test_only_who_takes_part_in_altas_is_given_an_address_to_answer_at(bench: Bench) -> None:
    letters = await told(bench, Occasion("uno", Kind.TOLD, "Empieza", people=("clara", "cora")))
    assert letters["clara"][0].startswith("altas+") and letters["cora"][0] == ""


async def test_who_is_named_and_does_not_see_the_account_is_not_told(bench: Bench) -> None:
    elsewhere = Profile(
        "Elena", frozenset({Role.OPERATIONS}), scope=Scope(frozenset({"CO"})), email="elena@empresa.example"
    )
    await bench.office.people.open("elena", elsewhere, None)
    assert not ABOUT.concern.seen_by(await bench.office.people.by_name("elena"))
    letters = await told(bench, Occasion("uno", Kind.TOLD, "Empieza", people=("elena", "olga")))
    assert letters.keys() == {"olga"}


async def test_whose_own_turn_it_is_does_not_read_that_they_stand_in(bench: Bench) -> None:
    today = bench.office.absences.today()
    await bench.office.absences.add(bench.people["clara"], today, today, "carlos")
    letters = await told(bench, Occasion("uno", Kind.TURN, "Es su turno", areas=(area_of("Comercial"),)))
    assert letters.keys() == {"carlos"} and "porque Clara no está" not in letters["carlos"][1]
