"""The lists of cases and calls, and a case's page."""

import pytest


async def page(visitor, path, **headers):
    answer = await visitor.get(path, **headers)
    assert answer.status == 200, answer.status
    return await answer.text()


async def test_a_call_is_listed_with_its_case_and_who_answered(house):
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    async with house.at("olga") as visitor:
        html = await page(visitor, "/calls")
        for shown in (
            "ASISTENCIA ÑANDÚ",
            "0800-555-1234",
            "011 5555-1234",
            "Emergencia",
            "Ana Paz",
            "Atendida",
        ):
            assert shown in html
        assert f'href="/cases/{case}"' in html


async def test_an_anonymous_caller_is_said_to_be_one(house):
    await house.rings(caller=None)
    async with house.at("olga") as visitor:
        assert "Número oculto" in await page(visitor, "/calls")


async def test_calls_are_found_by_the_telephone_as_people_write_it(house):
    await house.rings("pbx1-1.1", caller="+541155551234")
    await house.rings("pbx1-2.1", caller="+541144443333")
    async with house.at("ana") as visitor:
        html = await page(visitor, "/calls?number=011 5555-1234")
        assert "011 5555-1234" in html and "011 4444-3333" not in html


@pytest.mark.parametrize("query", ["number=12", "from=ayer", "after=nada", "to=2026-13-01"])
async def test_a_filter_that_makes_no_sense_says_what_to_write(house, query):
    async with house.at("ana") as visitor:
        answer = await visitor.get(f"/calls?{query}")
        assert answer.status == 400


@pytest.mark.parametrize("path", ["/calls", "/cases"])
async def test_an_empty_list_says_what_to_do(house, path):
    async with house.at("ana") as visitor:
        assert "Todavía no" in await page(visitor, path)
        assert "Quite alguno" in await page(visitor, f"{path}?plan=vial-condor")


async def test_further_pages_come_by_key_and_keep_the_filters(house):
    for number in range(51):
        await house.rings(f"pbx1-{number}.1", waits=100 + number)
    async with house.at("ana") as visitor:
        html = await page(visitor, "/calls?plan=hogar-nandu")
        more = html.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
        assert "plan=hogar-nandu" in more
        rows = await page(visitor, more, **{"HX-Request": "true"})
        assert rows.count("<tr") == 1 and "<html" not in rows


async def test_cases_are_filtered_by_state_and_owner(house):
    await house.rings("pbx1-1.1")
    mine = await house.answers("pbx1-1.1")
    await house.rings("pbx1-2.1", at="102")
    his = await house.answers("pbx1-2.1", at="102")
    await house.desk.close(his, "resuelto", "beto")
    async with house.at("ana") as visitor:
        opened = await page(visitor, "/cases?state=open")
        assert f"/cases/{mine}" in opened and f"/cases/{his}" not in opened
        closed = await page(visitor, "/cases?state=closed")
        assert f"/cases/{his}" in closed and "Resuelto" in closed
        assert f"/cases/{his}" not in await page(visitor, "/cases?owner=mine")
        assert f"/cases/{mine}" not in await page(visitor, "/cases?owner=nobody")


@pytest.mark.parametrize("written", ["AV-000001", "av-1", "1"])
async def test_a_cases_number_leads_to_the_case(house, written):
    await house.rings()
    await house.answers()
    async with house.at("ana") as visitor:
        assert (await visitor.get(f"/cases?q={written}")).headers["Location"] == "/cases/1"


async def test_a_telephone_finds_its_open_cases(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        assert f"/cases/{case}" in await page(visitor, "/cases?q=011 5555-1234")
        assert f"/cases/{case}" not in await page(visitor, "/cases?q=011 4444-3333")


async def test_a_case_shows_its_plan_its_calls_and_its_history(house):
    await house.rings()
    case = await house.answers()
    await house.desk.edit(case, "telephone", "011 4321-8765", "ana")
    async with house.at("ana") as visitor:
        html = await page(visitor, f"/cases/{case}")
        assert "Se abrió el caso" in html and "<ins>011 4321-8765</ins>" in html
        assert "ARS 60.000 por evento" in html and "Cubre la vivienda" in html
        assert f'data-save="/cases/{case}/field"' in html


async def test_those_who_only_read_get_no_form(house):
    await house.rings()
    case = await house.answers()
    async with house.at("olga") as visitor:
        html = await page(visitor, f"/cases/{case}")
        assert "data-save" not in html and "Tomar el caso" not in html


@pytest.mark.parametrize("path", ["/cases/99", "/cases/nada", "/cases/²", "/cases/9999999999999"])
async def test_a_case_that_is_not_there_is_a_page_that_says_so(house, path):
    async with house.at("ana") as visitor:
        answer = await visitor.get(path)
        assert answer.status == 404
        assert "Ese caso no existe" in await answer.text()
