"""The tests of lines in the console. The PBX's calls are played; judging, reports and pages are real."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from markupsafe import escape
from sqlalchemy import insert

from db.engine import writing
from ivr_audio.reception import Reception
from plans.numbers import written
from provisioning.proof.reports import Kind, Result, hash_of, report_of
from provisioning.release.tables import canaries
from staff.permissions import Permission
from staff.profile import profile_of
from staff.scope import Scope
from tests.support.played_calls import PlayedCalls, in_the_pbx
from tests.unit.provisioning.proof.test_hand import Outside
from tests.unit.web.altas import begun
from web import papers

PLAN = "vial-condor"


@pytest.fixture
async def played(house, tmp_path):
    """The examples stand in the PBX; calls to the road plan go as they should."""
    await house.publishes_the_examples()
    version = house.book.of(PLAN).tested.version
    calls = PlayedCalls(version, house.site, tmp_path, goes=asyncio.Event())
    calls.goes.set()
    in_the_pbx(house.publishing.sounds, version, house.site)
    house.office.test_calls = calls
    yield calls
    await house.office.line_tests.close()
    await house.office.hand_tests.close()


@asynccontextmanager
async def started(house, by="ivan", kind="it"):
    """A test that somebody began in the console, and who did; the test's address."""
    async with house.at(by) as visitor:
        answer = await visitor.post(f"/line-tests/of/{PLAN}", {"kind": kind})
        assert answer.status == 303, await answer.text()
        yield visitor, answer.headers["Location"]


async def over(house, address):
    """The test's report, once it is over."""
    runs, id = house.office.line_tests.runs, int(address.rpartition("/")[2])
    await house.until(lambda: id not in house.office.line_tests._tasks, seconds=20)
    run = await runs.get(id)
    return await house.office.reports.get(run.report) if run.report else None


async def run_whole(house, by="ivan", kind="it"):
    async with started(house, by, kind) as (_, address):
        return await over(house, address)


async def listening(house):
    """Operations' test with all its calls passed; its address."""
    await run_whole(house)
    async with started(house, "olga", "operations") as (_, address):
        await over(house, address)
        return address


async def test_it_starts_a_test_with_one_button_and_is_led_to_its_report(house, played):
    played.goes.clear()
    async with started(house) as (visitor, address):
        page = await (await visitor.get(address)).text()
        assert "0 de 6 llamadas" in page and "Opción 1 de «principal»: Grúa" in page
        await asyncio.sleep(0.05)
        part = await (await visitor.get(address, **{"HX-Request": "true"})).text()
        assert "llamando" in part and "<html" not in part
        played.goes.set()
        report = await over(house, address)
        assert report.passed and report.by == "ivan"
        led = await visitor.get(address, **{"HX-Request": "true"})
        assert led.headers["HX-Redirect"] == f"/line-tests/{report.id}"
        assert (await visitor.get(address)).headers["Location"] == f"/line-tests/{report.id}"


async def test_a_report_says_first_what_failed_and_what_to_do(house, played):
    played.changes = {"principal-2": {"answered_ms": 5000}}
    report = await run_whole(house)
    async with house.at("aurora") as visitor:
        page = await (await visitor.get(f"/line-tests/{report.id}")).text()
        assert "No aprobada" in page and report.hash in page
        (line,) = house.book.of(PLAN).tested.version.plan.lines
        assert f"{written(line.public, 'CO')} → {written(line.header, 'CO')}" in page
        assert page.index('id="principal-2" open') < page.index('id="principal-1"')
        assert "Mire la carga de la central" in page
        listed = await (await visitor.get("/line-tests?result=failed")).text()
        assert f"/line-tests/{report.id}" in listed
        assert "Ningún informe" in await (await visitor.get("/line-tests?result=cancelled")).text()


async def test_a_report_can_be_taken_along_as_pdf_and_as_json_that_proves_its_hash(house, played):
    report = await run_whole(house)
    async with house.at("ivan") as visitor:
        pdf = await visitor.get(f"/line-tests/{report.id}/pdf")
        assert (await pdf.read()).startswith(b"%PDF")
        told = json.loads(await (await visitor.get(f"/line-tests/{report.id}/json")).text())
    assert hash_of(report_of(told["report"])) == told["hash"] == report.hash


async def test_its_paper_holds_the_way_of_each_call_its_times_and_its_sip(house, played, monkeypatch):
    drawn = []

    async def pdf_of(html):
        drawn.append(html)
        return b"%PDF"

    monkeypatch.setattr(papers, "pdf_of", pdf_of)
    report = await run_whole(house)
    async with house.at("ivan") as visitor:
        assert (await visitor.get(f"/line-tests/{report.id}/pdf")).status == 200
    (paper,) = drawn
    for call in report.calls:
        assert call.path and call.timings and call.sip
        assert all(str(escape(line)) in paper for line in (*call.path, call.sip))
        assert all(f"<dd>{ms} ms</dd>" in paper for ms in call.timings.values())


async def test_a_report_says_how_sound_came_and_which_call_was_made_again(house, played):
    bad = Reception(packets=475, lost=25, jitter_ms=48)
    played.spoilt = {"principal-2": [bad]}
    report = await run_whole(house)
    assert report.passed
    token = {"Authorization": f"Bearer {await house.tokens.add('informes', [Permission.ALTA_READ])}"}
    async with house.at("ivan") as visitor:
        page = await (await visitor.get(f"/line-tests/{report.id}")).text()
    async with house.at() as visitor:
        told = await (await visitor.get(f"/api/v1/line-tests/{report.id}", **token)).json()
    assert page.count("Pérdida 0 %, jitter 0 ms.") == len(report.calls)
    assert "La primera llamada se repitió: pérdida 5 %, jitter 48 ms." in page
    before = {call["id"]: call["before"] for call in told["calls"] if call["before"]}
    assert before == {"principal-2": {"packets": 475, "lost": 25, "jitter_ms": 48, "gaps": 0}}
    assert told["calls"][0]["reception"]["packets"] == 600


async def test_a_recording_is_heard_in_parts(house, played):
    report = await run_whole(house)
    call = report.calls[0]
    async with house.at("ivan") as visitor:
        address = f"/line-tests/{report.id}/calls/{call.id}/audio"
        part = await visitor.get(address, Range="bytes=0-3")
        assert part.status == 206 and await part.read() == b"RIFF"
        assert part.headers["Content-Type"] == "audio/wav"
        assert (await visitor.get(f"/line-tests/{report.id}/calls/otra/audio")).status == 404


async def test_operations_are_told_to_wait_for_it_and_then_listen(house, played):
    async with house.at("olga") as visitor:
        early = await visitor.post(f"/line-tests/of/{PLAN}", {"kind": "operations"}, Accept="text/html")
        assert early.status == 409 and "Sistemas todavía no aprobó" in await early.text()
    address = await listening(house)
    async with house.at("olga") as visitor:
        page = await (await visitor.get(address)).text()
        assert "Escuche cada locución" in page and "«saludo»" in page and "audio#t=" in page
        turned = await visitor.get(address, **{"HX-Request": "true"})
        assert turned.headers["HX-Refresh"] == "true" and await turned.text() == ""
        unheard = {"prompt": "saludo", "right": "1", "played": "400"}
        answer = await visitor.post(f"{address}/ears", unheard, Accept="text/html")
        assert answer.status == 409 and "Escuche «saludo» hasta el final" in await answer.text()
        for prompt in ("saludo", "aviso", "principal", "cerrado"):
            ear = {"prompt": prompt, "right": "1", "played": "60000"}
            answer = await visitor.post(f"{address}/ears", ear)
            assert answer.status == 303
        assert answer.headers["Location"].startswith("/line-tests/")
    latest = await house.office.reports.latest(PLAN, Kind.OPERATIONS)
    assert latest.passed and len(latest.ears) == 4


async def test_only_the_one_who_tests_is_asked_what_they_heard(house, played):
    address = await listening(house)
    async with house.at("raul") as visitor:
        assert "Oída y correcta</button>" not in await (await visitor.get(address)).text()
        answer = await visitor.post(f"{address}/ears", {"prompt": "saludo", "right": "1"}, Accept="text/html")
        assert answer.status == 409 and "Solo quien hizo la prueba" in await answer.text()


async def test_a_test_can_be_cancelled(house, played):
    played.goes.clear()
    async with started(house) as (visitor, address):
        again = await visitor.post(f"/line-tests/of/{PLAN}", {"kind": "it"}, Accept="text/html")
        assert again.status == 409 and "en marcha" in await again.text()
        assert (await visitor.post(f"{address}/cancel")).status == 303
    (row,) = (await house.office.reports.page()).reports
    assert row.result is Result.CANCELLED


async def test_a_changed_plan_is_said_to_be_untested_again(house, played):
    report = await run_whole(house)
    async with house.at("ivan") as visitor:
        assert "ya no vale" not in await (await visitor.get(f"/line-tests/{report.id}")).text()
        text = house.book.of(PLAN).tested.text.replace("CÓNDOR EN RUTA", "CÓNDOR RUTA")
        await house.office.provisioner.apply_text(text, "ivan")
        assert "ya no vale para liberarlo" in await (await visitor.get(f"/line-tests/{report.id}")).text()
        page = await (await visitor.get(f"/line-tests/of/{PLAN}")).text()
        assert page.count("Falta para esta versión") == 2
        assert "Esperan sus pruebas" in await (await visitor.get("/line-tests")).text()


async def test_who_may_not_test_reads_only_and_another_area_is_refused(house, played):
    async with house.at("carla") as visitor:
        page = await (await visitor.get(f"/line-tests/of/{PLAN}")).text()
        assert "Las pruebas las hacen Sistemas y Operaciones" in page
        assert (await visitor.post(f"/line-tests/of/{PLAN}", {"kind": "it"})).status == 403
    async with house.at("ivan") as visitor:
        assert (await visitor.post(f"/line-tests/of/{PLAN}", {"kind": "operations"})).status == 400


async def test_the_list_leads_to_the_plan_that_is_asked_for(house, played):
    async with house.at("ivan") as visitor:
        answer = await visitor.get(f"/line-tests?plan={PLAN}")
        assert answer.headers["Location"] == f"/line-tests/of/{PLAN}"
        assert (await visitor.get("/line-tests/of/ninguno")).status == 404
        assert (await visitor.get("/line-tests/999")).status == 404
        assert (await visitor.get("/line-tests/runs/x")).status == 404


async def test_what_is_out_of_sight_is_not_there(house, played):
    report = await run_whole(house)
    ivan = await house.person("ivan")
    await house.staffing.change(ivan, replace(profile_of(ivan), scope=Scope(frozenset({"AR"}))))
    async with house.at("ivan") as visitor:
        for path in (f"/line-tests/{report.id}", f"/line-tests/of/{PLAN}", f"/line-tests/{report.id}/json"):
            assert (await visitor.get(path)).status == 404, path
        assert f"/line-tests/{report.id}" not in await (await visitor.get("/line-tests")).text()


async def test_programs_read_reports_of_their_sight(house, played):
    report = await run_whole(house)
    tokens = {
        country: await house.tokens.add(country, [Permission.ALTA_READ], Scope(frozenset({country})))
        for country in ("CO", "AR")
    }
    colombia, argentina = ({"Authorization": f"Bearer {tokens[each]}"} for each in ("CO", "AR"))
    async with house.at() as visitor:
        listed = await (await visitor.get(f"/api/v1/line-tests?plan={PLAN}&kind=it", **colombia)).json()
        assert [each["hash"] for each in listed["items"]] == [report.hash]
        whole = await (await visitor.get(f"/api/v1/line-tests/{report.id}", **colombia)).json()
        assert whole["calls"][0]["checks"][0]["code"] == "header" and whole["calls"][0]["passed"]
        assert (await (await visitor.get("/api/v1/line-tests", **argentina)).json())["items"] == []
        assert (await visitor.get(f"/api/v1/line-tests/{report.id}", **argentina)).status == 404


async def test_a_test_by_hand_guides_who_calls_to_its_report(house, played):
    version = house.book.of("hogar-nandu").tested.version
    outside = house.office.test_calls = Outside(version, house.site)
    async with house.at("ivan") as visitor:
        begun = await visitor.post("/line-tests/of/hogar-nandu/by-hand", {"line": "+541143218765"})
        address = begun.headers["Location"]
        page = await (await visitor.get(address)).text()
        test = await house.office.hand_tests.get(1)
        assert "0800-555-1234" in page and test.code in page and "quedan" in page
        outside.called.set()
        await house.until(lambda: not house.office.hand_tests._tasks, seconds=10)
        part = await (await visitor.get(address, **{"HX-Request": "true"})).text()
        assert "/line-tests/1" in part and test.code not in part and "hx-get" not in part
        report = await (await visitor.get("/line-tests/1")).text()
        assert "Prueba a mano" in report and "como dice el sitio" in report
    async with house.at("raul") as visitor:
        assert (await visitor.get(address)).status == 404, "the digits are one person's"


async def test_who_comes_from_an_alta_finds_back_to_it(house, played):
    assert (await run_whole(house)).passed
    plan = played.version.plan
    alta = await begun(house, kind="otro-si", plan=PLAN, account=plan.account, subsidiary="CO", carrier=None)
    of_plan = (f"/prompts/{PLAN}", f"/releases/{PLAN}", f"/plans/{PLAN}/publish")
    pages = (f"/line-tests/of/{PLAN}", "/line-tests/1", *of_plan)
    async with house.at("ivan") as visitor:
        for page in pages:
            assert f'href="/altas/{alta.id}">Volver al alta' in await (await visitor.get(page)).text(), page


async def test_a_quick_test_calls_each_line_once_and_proves_nothing(house, played):
    report = await run_whole(house, kind="canary")
    assert report.passed and len(report.calls) == len({line.header for line in played.version.plan.lines})
    proof = await house.office.reports.standing(PLAN, report.version, report.fingerprint)
    assert proof.it is None and proof.operations is None


async def test_the_days_call_is_repeated_and_followed(house, played):
    async with writing(house.engine) as connection:
        day, at = house.clock().date(), house.clock()
        row = {"plan": PLAN, "day": day, "state": "failed", "at": at, "said": "Número: suena ocupado"}
        await connection.execute(insert(canaries).values(row))
    await house.office.canaries.look()
    played.goes.clear()
    async with house.at("ivan") as visitor:
        answer = await visitor.post(f"/releases/{PLAN}/canary")
        run = answer.headers["Location"]
        assert "0 de 1 llamada<" in await (await visitor.get(run)).text()
        page = await (await visitor.get(f"/releases/{PLAN}")).text()
        assert "En curso" in page and "every 2s" in page and "Repetir la llamada" not in page
        again = await visitor.post(f"/releases/{PLAN}/canary")
        assert again.headers["Location"] == f"/releases/{PLAN}#canary"
        played.goes.set()
        assert (await over(house, run)).passed
        await house.until(lambda: not house.office.canaries.failing())
        page = await (await visitor.get(f"/releases/{PLAN}")).text()
        assert "✓ Bien" in page and "every 2s" not in page
