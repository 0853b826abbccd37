"""Plans in the console: their list, their versions, what is written of them, and how they are published."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import FormData
from yarl import URL

from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.web.altas import contracted

ROOT = Path(__file__).parents[3]
NANDU = (ROOT / "plans/examples/hogar-nandu.yaml").read_text("utf-8")
CHANGED = NANDU.replace("name: Asistencia Hogar Ñandú Plus", "name: Asistencia Ñandú <b>Oro</b>")
HTML = {"Accept": "text/html"}


@pytest.fixture
async def published(house):
    await house.publishes_the_examples()
    return house


async def send(visitor, path, text, revision=0, **headers):
    """As the page does it: the text as a file."""
    form = FormData()
    form.add_field("text", text.encode(), filename="plan.yaml", content_type="text/plain")
    form.add_field("revision", str(revision))
    sent = {"X-CSRF-Token": visitor.csrf, "Accept": "application/json"} | headers
    address = visitor.root.join(URL(path))
    return await visitor.session.post(address, data=form, allow_redirects=False, headers=sent)


async def followed(visitor, plan="hogar-nandu"):
    """The page of a publication, once it is over."""
    for _ in range(200):
        page = await (await visitor.get(f"/plans/{plan}/publishing")).text()
        if "every 1s" not in page:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("it never ended")


def hidden(page, name):
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


async def publish(visitor, plan="hogar-nandu"):
    page = await (await visitor.get(f"/plans/{plan}/publish")).text()
    fields = {name: hidden(page, name) for name in ("shown", "revision")}
    answer = await visitor.post(f"/plans/{plan}/publish", fields, **HTML)
    assert answer.status == 303, await answer.text()
    return await followed(visitor, plan)


async def test_a_plan_is_written_published_and_stands_as_the_candidate(published):
    async with published.at("carla") as carla, published.visit(carla.root, "ivan") as ivan:
        answer = await send(carla, "/plans/hogar-nandu/edit", CHANGED)
        assert (await answer.json())["revision"] == 1
        page = await (await carla.get("/plans")).text()
        assert "Borrador" in page and "Carla Mora" in page
        page = await (await ivan.get("/plans/hogar-nandu/publish")).text()
        assert "Publicar para probar" in page and "<mark>&lt;b" in page and "<b>Oro" not in page
        assert "No se publicó" not in await publish(ivan)
    stands = published.book.of("hogar-nandu")
    assert stands.candidate.text == CHANGED and stands.candidate.applied_by == "ivan"
    assert stands.live.text == NANDU
    assert await published.office.plan_drafts.open() == ()


async def test_nothing_else_than_what_was_shown_is_published(published):
    async with published.at("ivan") as visitor:
        await send(visitor, "/plans/hogar-nandu/edit", CHANGED)
        page = await (await visitor.get("/plans/hogar-nandu/publish")).text()
        fields = {name: hidden(page, name) for name in ("shown", "revision")}
        await send(visitor, "/plans/hogar-nandu/edit", CHANGED + "# más\n", 1)
        answer = await visitor.post("/plans/hogar-nandu/publish", fields, **HTML)
        assert answer.status == 422 and "Alguien cambió el plan" in await answer.text()
        other = (ROOT / "plans/examples/vial-condor.yaml").read_text("utf-8")
        await published.office.provisioner.apply_text(other.replace("\nname: ", "\nname: Otro "), "raul")
        answer = await visitor.post("/plans/hogar-nandu/publish", fields | {"revision": "2"}, **HTML)
        assert answer.status == 303
        assert "Lo publicado cambió" in await followed(visitor)


async def test_a_text_with_problems_is_kept_shown_and_not_published(published):
    wrong = CHANGED.replace("queue: cat, kind: emergencia", "queue: nadie, kind: emergencia")
    async with published.at("ivan") as visitor:
        await send(visitor, "/plans/hogar-nandu/edit", wrong)
        page = await (await send(visitor, "/plans/hogar-nandu/look", wrong, **HTML)).text()
        assert "PLAN-150" in page and "no hay una cola «nadie»" in page
        page = await (await visitor.get("/plans/hogar-nandu/publish")).text()
        assert "El plan tiene problemas" in page and "Publicar para probar" not in page
    assert published.book.of("hogar-nandu").candidate is None


async def test_a_text_that_says_another_plan_is_refused(published):
    async with published.at("ivan") as visitor:
        other = NANDU.replace("plan: hogar-nandu", "plan: hogar-otro").replace("4321 8765", "4321 8799")
        await send(visitor, "/plans/hogar-nandu/edit", other.replace("0800-555-1234", "0800-555-9999"))
        page = await (await visitor.get("/plans/hogar-nandu/publish")).text()
        assert "El texto dice «plan: hogar-otro»" in page and "Publicar para probar" not in page


async def test_who_comes_second_is_shown_both_texts(published):
    async with published.at("carla") as carla, published.visit(carla.root, "olga") as olga:
        await send(carla, "/plans/hogar-nandu/edit", CHANGED)
        answer = await send(olga, "/plans/hogar-nandu/edit", NANDU + "# Olga\n")
        assert answer.status == 409
        now = (await answer.json())["now"]
        assert (now["text"], now["by"], now["revision"]) == (CHANGED, "Carla Mora", 1)
        page = await (await send(olga, "/plans/hogar-nandu/edit", NANDU + "# Olga\n", **HTML)).text()
        assert "# Olga" in page and "&lt;b&gt;Oro" in page and "<b>Oro" not in page


async def test_without_scripts_the_form_saves_too(published):
    async with published.at("carla") as visitor:
        fields = {"text": NANDU.replace("\n", "\r\n") + "# más\r\n", "revision": "0"}
        answer = await visitor.post("/plans/hogar-nandu/edit", fields, **HTML)
        assert answer.headers["Location"] == "/plans/hogar-nandu/edit"
        page = await (await visitor.get("/plans/hogar-nandu/edit")).text()
        assert "# más" in page and "\r" not in (await published.office.plan_drafts.find("hogar-nandu")).text


BOMB = "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a,*a]\n" for n in range(200))


HOSTILE = (BOMB, "- " * 20_000, "\t\x01\x02", "{" * 5000, "a: " + "é" * 100_000)


async def test_hostile_texts_are_told_their_problems(published):
    async with published.at("carla") as visitor:
        for text in HOSTILE:
            answer = await send(visitor, "/plans/hogar-nandu/look", text, **HTML)
            assert answer.status == 200 and "PLAN-" in await answer.text(), text[:20]


async def test_what_is_too_large_is_refused(published):
    async with published.at("carla") as visitor:
        assert (await send(visitor, "/plans/hogar-nandu/edit", "x" * 300_000)).status == 422
        assert (await send(visitor, "/plans/hogar-nandu/edit", "x" * 900_000)).status == 413


async def test_versions_are_compared_and_taken_away(published):
    await published.office.provisioner.apply_text(CHANGED, "ivan")
    async with published.at("carla") as visitor:
        page = await (await visitor.get("/plans/hogar-nandu")).text()
        assert "Versión 2" in page and "En prueba" in page and "Atiende la versión 1; en prueba la 2" in page
        page = await (await visitor.get("/plans/hogar-nandu/compare")).text()
        assert "De Versión 1 a Versión 2" in page and "<mark>" in page
        answer = await visitor.get("/plans/hogar-nandu/text?version=2")
        assert await answer.text() == CHANGED
        assert answer.headers["Content-Disposition"] == 'attachment; filename="hogar-nandu-v2.yaml"'
        for path in ("compare?old=9&new=1", "text?version=9"):
            assert (await visitor.get(f"/plans/hogar-nandu/{path}")).status == 404


async def test_a_draft_is_given_up_and_had_back(published):
    async with published.at("carla") as visitor:
        await send(visitor, "/plans/hogar-nandu/edit", CHANGED)
        answer = await visitor.post("/plans/hogar-nandu/drop-draft", {"revision": "9"}, **HTML)
        assert answer.status == 409
        answer = await visitor.post("/plans/hogar-nandu/drop-draft", {"revision": "1"}, **HTML)
        assert answer.headers["Location"].endswith("?done=dropped")
        assert await published.office.plan_drafts.open() == ()
        await visitor.post("/plans/hogar-nandu/restore", {"what": "1"}, **HTML)
    assert (await published.office.plan_drafts.find("hogar-nandu")).text == CHANGED


async def test_an_urgent_change_asks_for_a_reason_and_for_an_administrator(published):
    async with published.at("raul") as raul, published.visit(raul.root, "ivan") as ivan:
        await send(ivan, "/plans/hogar-nandu/edit", CHANGED)
        assert "Es urgente" not in await (await ivan.get("/plans/hogar-nandu/publish")).text()
        page = await (await raul.get("/plans/hogar-nandu/publish")).text()
        urgent = page.split("/hurry")[1]
        fields = {name: hidden(urgent, name) for name in ("shown", "revision")}
        fields["reason"] = "\u200b \u00a0"
        answer = await raul.post("/plans/hogar-nandu/hurry", fields, **HTML)
        assert answer.status == 422 and "Escriba el motivo" in await answer.text()
        fields["reason"] = "El aviso legal estaba mal"
        assert (await raul.post("/plans/hogar-nandu/hurry", fields, **HTML)).status == 303
        assert "Ya atiende así a todos" in await followed(raul)
    assert published.book.of("hogar-nandu").live.text == CHANGED


async def test_a_plan_begins_from_its_alta_and_publishing_it_configures_the_alta(published):
    alta = await contracted(published)
    office = published.office
    assert not (await office.evidence["configured"](alta)).ok
    async with published.at("ivan") as visitor:
        assert "Hogar Premium" in await (await visitor.get("/plans")).text()
        assert "Empezar desde el alta" in await (await visitor.get("/plans/hogar-premium")).text()
        answer = await visitor.post("/plans/hogar-premium/begin", {}, **HTML)
        assert answer.headers["Location"] == "/plans/hogar-premium/edit?done=begun"
        draft = await office.plan_drafts.find("hogar-premium")
        assert "code: PLOM" in draft.text and draft.alta == alta.id
        assert (await visitor.get("/prompts/hogar-premium")).status == 200, "its prompts are recorded early"
        line = 'lines:\n  - {header: "+54 11 4321 8790", carrier: telecom-ar}'
        text = draft.text.replace("lines: []", line).replace("starts: null", "starts: 2026-12-01")
        await send(visitor, "/plans/hogar-premium/edit", text, draft.revision)
        assert "No se publicó" not in await publish(visitor, "hogar-premium")
    found = await office.evidence["configured"](alta)
    assert found.ok and found.by == ("ivan",), found


async def test_plans_of_others_are_not_there(published):
    carla = await published.person("carla")
    await published.staffing.change(carla, replace(profile_of(carla), scope=Scope(frozenset({"MX"}))))
    async with published.at("carla") as visitor:
        assert "/plans/hogar-nandu" not in await (await visitor.get("/plans")).text()
        assert (await visitor.get("/plans/hogar-nandu")).status == 404
        assert (await send(visitor, "/plans/hogar-nandu/edit", CHANGED)).status == 404
