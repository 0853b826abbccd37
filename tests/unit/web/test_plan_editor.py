"""The form and the preview beside a plan's text: what they make of it, and what they show."""

import re
from datetime import date, datetime
from time import process_time

import pytest
from aiohttp import FormData
from yarl import URL

from plans.examine import examine
from tests.support.steps import steps
from tests.unit.web.altas import begun, coverages
from tests.unit.web.test_plans import HTML, NANDU, send
from web.plan_editor.differences import differences
from web.plan_editor.form import Form
from web.plan_editor.preview import Preview


@pytest.fixture
async def published(house):
    await house.publishes_the_examples()
    return house


async def changed(visitor, text, **fields):
    """What the form makes of the text."""
    form = FormData()
    form.add_field("text", text.encode(), filename="plan.yaml", content_type="text/plain")
    for name, value in fields.items():
        form.add_field(name, value)
    headers = {"X-CSRF-Token": visitor.csrf, "Accept": "application/json"}
    address = visitor.root.join(URL("/plans/hogar-nandu/change"))
    answer = await visitor.session.post(address, data=form, headers=headers)
    return answer.status, await answer.json()


async def test_the_form_changes_one_line_of_the_text(published):
    async with published.at("carla") as visitor:
        path = '["menus", "principal", "choices", "2", "queue"]'
        status, said = await changed(visitor, NANDU, act="put", path=path, value="sac")
        wanted = NANDU.replace("queue: cat, kind: programada", "queue: sac, kind: programada")
        assert (status, said["text"]) == (200, wanted)
        _, said = await changed(
            visitor, NANDU, act="choice", menu="consultas", digit="3", label="a}", queue="x"
        )
        assert '\n      "3": {label: "a}", queue: x}\n' in said["text"]
        status, said = await changed(visitor, NANDU, act="remove", path='["prompts", "espera"]')
        assert status == 200 and "espera: {text" not in said["text"]


REFUSED = (
    {"act": "nada"},
    {"act": "put", "path": "[", "value": "x"},
    {"act": "put", "path": "[true]", "value": "x"},
    {"act": "put", "path": '["lines"]', "value": "x"},
    {"act": "remove", "path": '["lines", 0]'},
    {"act": "prompt", "name": "a: {b", "said": "x"},
    {"act": "prompt", "name": "saludo", "said": "x"},
    {"act": "choice", "menu": "principal", "digit": "12", "queue": "cat"},
    {"act": "line", "header": "+541100000000"},
    {"act": "coverages"},
)


async def test_what_the_form_cannot_change_is_said_in_words(published):
    async with published.at("carla") as visitor:
        for fields in REFUSED:
            status, said = await changed(visitor, NANDU, **fields)
            assert status == 422 and said["error"]["message"].endswith("."), fields


async def test_the_coverages_of_the_alta_take_the_place_of_the_texts_own(published):
    alta = await begun(published, plan="hogar-nandu", kind="otro-si")
    agreed = await published.office.altas.coverages.current(alta.id)
    assert agreed.content == coverages(published) and agreed.by == "carla", "it begins with what is in force"
    async with published.at("carla") as visitor:
        text = NANDU.replace("name: Plomería", "name: Otra")
        status, said = await changed(visitor, text, act="coverages")
    assert status == 200
    read = examine(said["text"], published.site, (), date(2026, 11, 26))
    assert read.errors == () and read.plan.coverages == agreed.content.coverages
    assert "# what the coordinator's phone shows" in said["text"]


async def test_the_preview_tells_the_call_the_menus_and_the_display(published):
    async with published.at("carla") as visitor:
        text = NANDU.replace("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: ASISTENCIA ÑANDÚ HOGAR PLUS")
        page = await (await send(visitor, "/plans/hogar-nandu/look", text, **HTML)).text()
        assert "Se corta en «ASISTENCIA ÑANDÚ»: falta «HOGAR PLUS»" in page
        assert "Pide «documento»: 7-8 dígitos, se puede saltear" in page
        assert page.index("Consultas y reclamos") < page.index("Cobertura</strong>")


async def test_a_warning_stands_at_its_field_as_one_and_an_error_as_an_error(published):
    async with published.at("carla") as visitor:
        text = NANDU.replace("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: ASISTENCIA ÑANDÚ HOGAR")
        page = await (await send(visitor, "/plans/hogar-nandu/look", text, **HTML)).text()
        name = re.search(r'<input id="f-fantasy_95name"[^>]*>', page)[0]
        assert "aria-invalid" not in name and "aria-describedby" in name
        assert '<small class="cautioned"' in page and '<small class="refused"' not in page
        assert '<span class="tag warn">1<span class="hidden-text"> con avisos</span>' in page
        wrong = await send(visitor, "/plans/hogar-nandu/look", text.replace("ÑANDÚ HOGAR", "X" * 30), **HTML)
        page = await wrong.text()
        assert "aria-invalid" in re.search(r'<input id="f-fantasy_95name"[^>]*>', page)[0]
        assert re.search(r'<span class="tag urgent">\d<span class="hidden-text"> con problemas', page)


def test_a_call_is_shown_open_or_closed_at_the_instant_that_was_chosen(house):
    hours = (
        'hours: oficina\ncalendars:\n  oficina:\n    week: [{days: mon-fri, from: "09:00", to: "18:00"}]\n'
        "    closed: {say: espera, then: hangup}\n"
    )
    text = NANDU.replace("hours: always\n", hours)
    read = examine(text, house.site, (), date(2026, 11, 26))
    assert read.errors == ()
    thursday = datetime.fromisoformat("2026-11-26T10:00")
    assert Preview(read.plan, house.site, thursday).call()[0].title == "Se atiende"
    closed = Preview(read.plan, house.site, thursday.replace(hour=20)).call()
    assert [each.title for each in closed] == ["Está cerrado", "Corta"]


def test_the_form_of_four_times_the_faults_is_made_in_about_four_times_the_steps(house):
    before = NANDU.partition("\ncoverages:")[0]
    few, many = (
        examine(f"{before}\ncoverages:\n" + "- {}\n" * times, house.site, (), date(2026, 11, 26))
        for times in (200, 800)
    )
    assert steps(Form(many, house.site).sections) < 5 * steps(Form(few, house.site).sections)


def test_differences_of_texts_made_to_be_slow_come_at_once():
    began = process_time()
    one = "\n".join(f"a{n % 50}" for n in range(60_000))
    other = "\n".join(f"a{n % 49}" for n in range(60_000))
    assert differences(one, other) and differences("x " * 100_000, "y " * 100_000)
    assert differences("a\n" * 700, "b\na\n" * 700)
    assert process_time() - began < 5


async def test_who_may_release_is_told_beforehand_what_writing_here_takes_away(published):
    before, after = "ya no puede liberar esta versión", "Usted escribió en esta versión"
    async with published.at("olga") as olga:
        page = await (await olga.get("/plans/hogar-nandu/edit")).text()
        assert before in page and after not in page
        revision = re.search(r'data-revision="(\d+)"', page)[1]
        answer = await send(olga, "/plans/hogar-nandu/edit", NANDU + "# Revisado\n", revision=revision)
        assert answer.status in (200, 303)
        page = await (await olga.get("/plans/hogar-nandu/edit")).text()
        assert after in page and before not in page
    async with published.at("carla") as carla:
        page = await (await carla.get("/plans/hogar-nandu/edit")).text()
        assert before not in page and after not in page
