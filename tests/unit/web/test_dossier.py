"""The dossier on its page: the same before and after it is signed; what was agreed, prompts to be heard."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from provisioning.alta.number_request import IvrOption, NumberRequest
from provisioning.proof.reports import Check, Kind, Report, Result, TestedCall
from provisioning.release.keys import PRIVATE
from provisioning.release.request_section import request_section
from provisioning.release.store import Asked
from tests.unit.web.altas import contracted
from tests.unit.web.test_release import sheet_read

ROOT = Path(__file__).parents[3]
NANDU = ROOT / "plans/examples/hogar-nandu.yaml"
FORMAT_1 = ROOT / "tests/unit/provisioning/release/format_1"
AT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


@pytest.fixture
async def asked(house):
    """A plan's first version stands for trial; its number request is signed by two."""
    alta, altas = await contracted(house, levels="Grúa en 60 minutos"), house.office.altas
    carla, olga = await house.person("carla"), await house.person("olga")
    notice = altas.forms.notices(alta)[0]
    wanted = NumberRequest(
        header="011 4321",
        line="0800",
        fantasy_name="HOGAR ÑANDÚ",
        options=(IvrOption(digit="1", label="Emergencia <b>"),),
        notice=notice.name,
        notice_text=notice.text,
        starts=date(2999, 1, 1),
    )
    await altas.forms.save(alta.id, wanted, carla)
    await altas.forms.save(alta.id, wanted.model_copy(update={"header": "011 4322"}), carla)
    await altas.forms.sign(alta.id, "commercial", carla, version=2)
    await altas.forms.sign(alta.id, "operations", olga, version=2)
    text = NANDU.read_text("utf-8").replace("plan: hogar-nandu", "plan: hogar-premium")
    await house.office.provisioner.apply_text(text, "ivan")
    return house


async def page_of(house, path, name="olga"):
    async with house.at(name) as visitor:
        answer = await visitor.get(path)
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def test_who_signs_sees_the_request_as_it_was_signed(asked):
    page = await page_of(asked, "/releases/hogar-premium/dossier")
    assert "Sin firmar." in page and "Falta firmar" in page
    for said in ("Seguros Ñandú S.A.</strong> (aseguradora) · 30-71234567-8", "Grúa en 60 minutos", "TMK"):
        assert said in page
    form = page[page.index('id="number-request"') : page.index('id="coverages"')]
    assert "011 4322" in form and "HOGAR ÑANDÚ" in form and "Emergencia &lt;b&gt;" in form
    assert "ley-25326: «Sus datos serán tratados" in form
    assert re.search(r"<dt>Versión</dt><dd>2, escrita por Carla Mora, ", form)
    assert re.search(r"<dt>Firmó Comercial</dt><dd>Carla Mora, \d", form)
    assert re.search(r"<dt>Firmó Operaciones</dt><dd>Olga Díaz, \d", form)


async def test_it_has_the_final_coverages_and_what_proved_each_step_by_whom(asked):
    page = await page_of(asked, "/releases/hogar-premium/dossier")
    covers = page[page.index('id="coverages"') : page.index('id="steps"')]
    assert "PLOM" in covers and "por año" in covers and "Condiciones generales" in covers
    steps = page[page.index('id="steps"') : page.index('id="numbers"')]
    assert re.search(r'Versión 1 con \d+ coberturas\. <small class="soft">Carla Mora, \d', steps)
    assert "Diferencias con la cotización y cómo se resolvieron: «Ninguna.»" in steps


async def test_an_otro_si_shows_the_request_that_its_numbers_were_given_for(asked):
    altas = asked.office.altas
    first = await altas.of_plan("hogar-premium")
    steps = tuple(step for step in first.steps if not step.step.form)
    section = await request_section(altas, replace(first, id=99, amends=first.id, steps=steps))
    assert (section.body["alta"], section.body["coverages"]) == ("ALTA-99", None)
    assert section.body["number_request"]["alta"] == first.number
    assert section.body["number_request"]["asked"]["header"] == "011 4322"


async def test_a_first_version_shows_its_plan_and_each_prompt_is_heard(asked):
    async with asked.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-premium/dossier")).text()
        assert "Es la primera versión que atiende" in page and "plan: hogar-premium" in page
        sounds = re.findall(r'src="(/releases/hogar-premium/prompts/[^"]+)"', page)
        assert len(sounds) == len(asked.book.of("hogar-premium").candidate.version.plan.prompts)
        for each in sounds:
            assert (await (await visitor.get(each)).read()).startswith(b"RIFF")
        assert (await visitor.get("/releases/hogar-premium/prompts/nada")).status == 404


async def test_who_may_not_sign_has_no_form_and_what_is_missing_is_marked(asked):
    page = await page_of(asked, "/releases/hogar-premium/dossier", "carla")
    assert "Validar y liberar" not in page and "Todavía no se puede firmar" in page
    assert "Todavía no se puede firmar" in await page_of(asked, "/releases/hogar-premium/dossier")


async def proven(house, kind, by):
    stored = house.book.of("hogar-nandu").candidate
    fingerprint = house.office.provisioner.entry_of("hogar-nandu", stored.version.hash)
    call = TestedCall("entrada", "Entrada", "+541143218765", AT, AT, (Check("a", "Número", True, "s", "s"),))
    of = ("hogar-nandu", "Hogar", "AR", "Seguros Ñandú S.A.", stored.version.hash, fingerprint)
    numbers = ("+541143218765",)
    report = Report(kind, *of, "r", by, AT, AT, Result.PASSED, (call,), numbers)
    await house.office.reports.add(report)


def body(page):
    """A dossier on its page, without what only a signature adds, and whence its sounds come."""
    found = re.search(r'<div class="dossier card">(.*)</section></div>', page, re.DOTALL)[1]
    found = re.sub(r"<dt>(Liberó|Cuándo)</dt>.*?</dd>", "", found, flags=re.DOTALL)
    found = re.sub(r'<section id="signatures">.*', "", found, flags=re.DOTALL)
    return re.sub(r'src="[^"]+"|\s+', " ", found)


async def test_what_was_seen_is_what_was_signed_and_its_sounds_are_those_of_the_file(house):
    await house.publishes_the_examples()
    await house.office.provisioner.apply_text(NANDU.read_text("utf-8").replace("Plus", "Total"), "ivan")
    await sheet_read(house)
    await proven(house, Kind.IT, "ivan")
    await proven(house, Kind.OPERATIONS, "sofia")
    async with house.at("olga") as visitor:
        before = await (await visitor.get("/releases/hogar-nandu/dossier")).text()
        fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', before)[1]
        typed = {"when": "now", "reason": "Bien", "fingerprint": fingerprint}
        answer = await visitor.post("/releases/hogar-nandu", typed, Accept="text/html")
        assert answer.headers["Location"].endswith("?done=released")
        after = await (await visitor.get("/dossiers/1")).text()
        assert body(before) == body(after) and "Hogar Ñandú Total" in body(after)
        assert re.search("Se tomó en servicio: Altavoz, [^<]*, porque la central ya lo atendía", after)
        file = json.loads(await (await visitor.get("/dossiers/1/file")).read())
        sounds = re.findall(r'src="(/dossiers/1/files/([0-9a-f]{64}))"', after)
        prompts = next(each["body"] for each in file["sections"] if each["name"] == "prompts")["prompts"]
        assert {sha256 for _, sha256 in sounds} == {prompt["sound"]["sha256"] for prompt in prompts}
        whole = await (await visitor.get(sounds[0][0])).read()
        assert whole.startswith(b"RIFF")
        part = await visitor.get(sounds[0][0], Range="bytes=4-7")
        assert (part.status, await part.read()) == (206, whole[4:8])
        assert part.headers["Content-Range"] == f"bytes 4-7/{len(whole)}"
        assert (await visitor.get(sounds[0][0], Range=f"bytes={len(whole)}-")).status == 416
        assert (await visitor.get("/dossiers/1/files/" + "0" * 64)).status == 404


async def test_one_of_the_first_format_is_read_as_it_was(house):
    await house.publishes_the_examples()
    home, text = house.office.home, (FORMAT_1 / "dossier.json").read_bytes()
    told, releases = json.loads(text), house.office.line_releases
    (home / "secrets").mkdir(exist_ok=True)
    (home / PRIVATE).write_bytes((FORMAT_1 / "dossier.key").read_bytes())
    (home / "dossiers").mkdir()
    (home / "dossiers" / f"{told['head']}.json").write_bytes(text)
    wanted = Asked("vivienda-quimey", "AR", "Seguros Quimey S.A.", "0" * 64, "x", AT, "olga", "Bien")
    found = await releases.store.ask(wanted, AT)
    assert await releases.store.claim(found.id)
    assert await releases.store.done(found, told["previous"], told["head"], len(text), AT)
    async with house.at("olga") as visitor:
        page = await (await visitor.get("/dossiers/1")).text()
        pdf = await (await visitor.get("/dossiers/1/pdf")).read()
    assert "Íntegro" in page and "Hecho por Clara Paz." in page and "Solicitud y alta: ALTA-1" in page
    assert 'id="number-request"' not in page and pdf.startswith(b"%PDF-")


async def test_whether_somebody_dialled_from_outside_is_said_and_shuts_no_gate(house):
    await house.publishes_the_examples()
    await house.office.provisioner.apply_text(NANDU.read_text("utf-8").replace("Plus", "Total"), "ivan")
    await sheet_read(house)
    await proven(house, Kind.IT, "ivan")
    await proven(house, Kind.OPERATIONS, "sofia")
    gate, unsigned = "/releases/hogar-nandu", "/releases/hogar-nandu/dossier"
    nobody, there = "Desde afuera nadie llamó todavía al 0800-555-1234.", "/line-tests/of/hogar-nandu#hand-h"
    for path in (gate, unsigned):
        page = await page_of(house, path)
        assert nobody in page and there in page and "Validar y liberar" in page
    assert "Todo está" in await page_of(house, gate)
    reader = await page_of(house, gate, "carla")
    assert nobody in reader and there not in reader
    await proven(house, Kind.BY_HAND, "ivan")
    dialled = "Desde afuera se llamó al 0800-555-1234 y la llamada pasó: informe 3."
    page = await page_of(house, gate)
    assert dialled in page and nobody not in page and re.search(r"<small>Iván [^<]+, \d", page)
    assert '<a href="/line-tests/3">Ver el informe</a>' in page
    page = await page_of(house, unsigned)
    assert dialled in page and nobody not in page and ">Llamada desde afuera al 0800-555-1234</h2>" in page
    await house.office.line_releases.release("hogar-nandu", await house.person("olga"), "Bien")
    assert body(page) == body(await page_of(house, "/dossiers/1"))
    assert dialled in await page_of(house, gate)
