"""The areas in the console."""

import re

import pytest

HTML = {"Accept": "text/html"}


@pytest.fixture
async def sac(house):
    return await house.areas.add("sac", "SAC", "sofia", "ana")


async def test_the_areas_are_listed_with_who_heads_them(house, sac):
    async with house.at("sofia") as visitor:
        html = await (await visitor.get("/areas")).text()
        assert "Sofía Luna" in html and "Ana Paz" in html and "Agregar un área" not in html


async def test_an_area_is_added_and_changed(house):
    async with house.at("raul") as visitor:
        answer = await visitor.post("/areas", {"name": "legales", "label": "Legales", "head": "ana"}, **HTML)
        assert answer.headers["Location"] == "/areas/legales?done=added"
        form = {"label": "Área legal", "head": "", "deputy": "sofia", "revision": "1"}
        await visitor.post("/areas/legales", form, **HTML)
        html = await (await visitor.get("/areas/legales?done=changed")).text()
        assert "Área legal" in html and "Cambios guardados" in html
        area = await house.areas.get("legales")
        assert (area.head, area.deputy) == (None, "sofia")


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/areas", {"name": "sac", "label": "Otra"}, "Ya hay un área «sac»"),
        ("/areas", {"name": "Dos palabras", "label": "Otra"}, "por ejemplo «legales»"),
        ("/areas/sac", {"label": "SAC", "head": "ana", "deputy": "ana", "revision": "1"}, "otra persona"),
        ("/areas/sac", {"label": "SAC", "head": "nadie", "revision": "1"}, "no es una cuenta activa"),
        ("/areas/sac/members", {"person": "nadie"}, "Elija a una persona activa"),
    ],
)
async def test_what_cannot_be_is_said(house, sac, path, form, words):
    async with house.at("raul") as visitor:
        answer = await visitor.post(path, form, **HTML)
        html = await answer.text()
        assert answer.status == 422 and words in html and 'class="refused"' in html


async def test_who_comes_second_sees_both_values(house, sac):
    async with house.at("raul") as visitor:
        form = {"label": "SAC", "head": "beto", "deputy": "ana", "revision": "1"}
        await visitor.post("/areas/sac", form, **HTML)
        answer = await visitor.post("/areas/sac", form | {"head": "ivan"}, **HTML)
        html = await answer.text()
        assert answer.status == 409 and "ahora dice: <strong>Beto Ruiz</strong>" in html
        assert re.search(r'value="ivan" selected', html) and 'name="revision" value="2"' in html
        assert (await house.areas.get("sac")).head == "beto"


async def test_people_join_an_area_and_leave_it(house, sac):
    async with house.at("raul") as visitor:
        await visitor.post("/areas/sac/members", {"person": "ana", "how": "add"}, **HTML)
        assert (await house.person("ana")).areas == ("sac",)
        assert "Ana Paz" in (await (await visitor.get("/areas/sac")).text()).split('class="rows"')[1]
        assert "Ana Paz" in await (await visitor.get("/people?area=sac")).text()
        await visitor.post("/areas/sac/members", {"person": "ana", "how": "remove"}, **HTML)
        assert (await house.person("ana")).areas == ()


async def test_an_area_that_does_not_exist_is_not_found(house):
    async with house.at("raul") as visitor:
        assert (await visitor.get("/areas/nada")).status == 404
