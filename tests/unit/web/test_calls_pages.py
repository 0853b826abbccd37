"""One call told from its beginning to its end, who may read it, and what is owed to whom."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from staff.tables import people
from telephony.facts import (
    CallAnswered,
    CallEnded,
    CallHeld,
    CallPlaced,
    CallResumed,
    CallRinging,
    CallTransferred,
    LinkLost,
    PartyJoined,
    RingUnanswered,
)
from telephony.journal_store import JournalStore
from web.words import instant

CALL = "pbx1-1.1"
ZONE = ZoneInfo("America/Argentina/Buenos_Aires")


async def page(visitor, path):
    answer = await visitor.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def passed_on(house, call=CALL):
    """Ana answers, writes who it is, and passes the call to Beto, whose phone rings; the case."""
    await house.rings(call)
    case = await house.answers(call)
    await house.desk.edit(case, "who", "Peña <b>", "ana")
    at = house.clock()
    await house.happens(CallTransferred(call, at, "blind", "101", "102"), CallRinging(call, at, "", "102"))
    return case


async def all_see_colombia_only(house):
    async with house.engine.begin() as connection:
        await connection.execute(update(people).values(subsidiaries=["CO"]))


async def test_a_call_is_told_line_by_line_with_its_digits_masked(house):
    await house.rings()
    await house.stops_ringing()
    at = house.clock()
    await house.happens(CallRinging(CALL, at, "cat", "102"), CallAnswered(CALL, at, "cat", "102"))
    await house.happens(CallHeld(CALL, house.clock(), "102"), CallResumed(CALL, house.clock(), "102"))
    await house.hangs_up()
    async with house.at("olga") as visitor:
        html = await page(visitor, f"/calls/{CALL}")
    for shown in (
        "011 5555-1234 llamó al 0800-555-1234.", "•••••456", "Marcó 1: Emergencia", "Esperó en la cola CAT.",
        "Sonó el teléfono de Ana Paz (101): no contestó.", "Atendió Beto Ruiz (102).",
        "Beto Ruiz (102) la retuvo.", "Cortó quien llamaba, en conversación.", "Seguros Ñandú",
    ):  # fmt: skip
        assert shown in html, shown
    assert "30123456" not in html


async def test_a_call_says_which_part_of_it_the_journal_made_up_for(house):
    journal = JournalStore(house.engine, "pbx1")
    before = house.clock()
    await journal.lost(LinkLost("pbx1", before - timedelta(hours=2), "la central no responde"))
    await journal.regained(before - timedelta(hours=1), 1, 5)
    await house.rings()
    lost, made_up = house.clock(), "se tomó del diario de la central"
    async with house.at("olga") as visitor:
        assert "sin conexión" not in main(await page(visitor, f"/calls/{CALL}"))
        await journal.lost(LinkLost("pbx1", lost, "la central no responde"))
        assert "cuando vuelva" in main(await page(visitor, f"/calls/{CALL}"))
        await journal.regained(lost + timedelta(seconds=2), 0, 0)
        assert "sin conexión" not in main(await page(visitor, f"/calls/{CALL}"))
        await journal.lost(LinkLost("pbx1", lost, "la central no responde"))
        await journal.regained(lost + timedelta(seconds=2), 1, 3)
        html = main(await page(visitor, f"/calls/{CALL}"))
    assert made_up in html and f"a {instant(lost + timedelta(seconds=2), ZONE)}" in html


def main(html):
    return html[html.index("<main") :]


async def test_a_call_passed_on_says_by_whom_to_whom_and_leads_to_its_case(house):
    case = await passed_on(house)
    await house.happens(CallAnswered(CALL, house.clock(), None, "102"))
    await house.hangs_up()
    async with house.at("ana") as visitor:
        html = await page(visitor, f"/calls/{CALL}")
        assert "Ana Paz (101) la pasó a Beto Ruiz (102)." in html and f'href="/cases/{case}"' in html
        told = await page(visitor, f"/cases/{case}")
        assert "Beto Ruiz siguió con la llamada y el caso, que le pasó Ana Paz" in told
        assert f'href="/calls/{CALL}"' in told


async def test_the_pop_of_a_call_passed_on_says_by_whom_and_shows_what_was_written(house):
    await passed_on(house)
    async with house.at("beto") as visitor:
        html = await page(visitor, "/desk")
    assert "Ana Paz le pasa esta llamada:" in html and "Peña &lt;b&gt;" in html
    async with house.at("ana") as visitor:
        assert "le pasa esta llamada" not in await page(visitor, "/desk")


async def test_a_transfer_that_comes_back_is_said_to_who_made_it(house):
    await passed_on(house)
    at = house.clock()
    await house.happens(RingUnanswered(CALL, at, "", "102"), CallRinging(CALL, at, "", "101"))
    async with house.at("ana") as visitor:
        assert "Vuelve a usted" in await page(visitor, "/desk")


async def test_the_other_call_that_was_joined_is_one_click_away(house):
    await house.rings()
    await house.answers()
    await house.happens(PartyJoined(CALL, house.clock(), "pbx1-2.1"))
    async with house.at("ana") as visitor:
        assert '<a href="/calls/pbx1-2.1">Se unió con otra llamada.</a>' in await page(
            visitor, f"/calls/{CALL}"
        )


async def test_a_call_of_ours_is_among_those_of_its_case_and_its_telephone_can_be_dialled(house):
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    placed = "pbx1-7.7"
    at = house.clock()
    await house.happens(
        CallPlaced(placed, at, placed, "101", "+541155551234", "telecom-ar", ""),
        CallAnswered(placed, at, None, None, "+541155551234"),
        CallEnded(placed, at, "answered", "talking", "called", 16),
    )
    async with house.at("ana") as visitor:
        html = await page(visitor, f"/cases/{case}")
        assert f'href="/calls/{placed}"' in html and "Saliente" in html
        assert 'href="tel:+541155551234"' in html
        told = await page(visitor, f"/calls/{placed}")
        assert "Ana Paz (101) llamó al 011 5555-1234." in told and "Cortó la persona llamada" in told
        assert placed in await page(visitor, "/calls?direction=out")
        assert placed not in await page(visitor, "/calls?direction=in")


async def test_a_call_of_ours_without_a_plan_leaves_the_desk_as_it_was(house):
    placed = "pbx1-7.7"
    await house.happens(CallPlaced(placed, house.clock(), placed, "101", "+541199999999", "telecom-ar", ""))
    async with house.at("ana") as visitor:
        assert "011 9999-9999" not in await page(visitor, "/desk")
        assert "Sin plan" in await page(visitor, f"/calls/{placed}")


@pytest.mark.parametrize("where", ["/cases", "/desk"])
async def test_a_missed_call_is_shown_until_somebody_spoke_with_that_number(house, where):
    await house.rings("pbx1-1.1", caller="+541144443333")
    await house.hangs_up("pbx1-1.1", "abandoned", "ringing")
    async with house.at("ana") as visitor:
        html = await page(visitor, where)
        assert "erdidas" in html and 'href="tel:+541144443333"' in html
        await house.rings("pbx1-2.1", caller="+541144443333")
        await house.answers("pbx1-2.1")
        assert "erdidas" not in await page(visitor, where)


@pytest.mark.parametrize("path", ["/calls/{call}", "/cases/{case}", "/cases/{case}/form"])
async def test_what_is_out_of_ones_scope_is_not_there_unless_it_is_ones_own(house, path):
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    path = path.format(call=CALL, case=case)
    await all_see_colombia_only(house)
    async with house.serving() as root:
        async with house.visit(root, "ana") as own:
            assert (await own.get(path)).status == 200
        async with house.visit(root, "beto") as other:
            assert (await other.get(path)).status == 404
            assert CALL not in await page(other, "/calls")
            assert f"/cases/{case}" not in await page(other, "/cases?q=0800")


@pytest.mark.parametrize("change", ["field", "close", "reopen", "take"])
async def test_a_case_out_of_ones_scope_cannot_be_changed_by_its_number(house, change):
    await house.rings()
    case = await house.answers()
    await all_see_colombia_only(house)
    async with house.at("beto") as visitor:
        sent = {"field": "who", "value": "x", "outcome": "resuelto"}
        assert (await visitor.post(f"/cases/{case}/{change}", sent)).status == 404
    found = await house.store.case(case)
    assert (found.owner, found.who, found.state) == ("ana", "", "open")


@pytest.mark.parametrize("typed", ["peña", "PENA", "4321 8765", "agua"])
async def test_cases_are_searched_by_what_is_written_in_them(house, typed):
    await house.rings()
    case = await house.answers()
    for field, value in (("who", "Peña"), ("telephone", "011 4321-8765"), ("notes", "Pérdida de agua")):
        await house.desk.edit(case, field, value, "ana")
    async with house.at("ana") as visitor:
        assert f'href="/cases/{case}"' in await page(visitor, f"/cases?q={typed}")
        nothing = await page(visitor, "/cases?q=<script>nada")
        assert "Ningún caso tiene" in nothing and "<script>nada" not in nothing
