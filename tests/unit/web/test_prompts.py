"""Recordings of prompts at the console: brought, heard as callers hear them, approved by somebody else."""

import asyncio
import io
import json
import re
from dataclasses import replace

import pytest
import soundfile
from aiohttp import FormData
from sqlalchemy import select

from plans.model import PlanVersion
from provisioning.prompts import desk
from provisioning.prompts.states import RecordingState
from staff.audit_table import audit
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.ivr_audio.sounds import opened_once, voice, write

SAY = "/prompts/hogar-nandu/say/saludo"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(desk, "prompt_sound", opened_once)


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "saludo.mp3", voice(44100), 44100)


async def send(visitor, content, name="saludo.mp3", path=SAY, accept="application/json"):
    form = FormData(default_to_multipart=True, quote_fields=False)
    form.add_field("csrf", visitor.csrf)
    form.add_field("file", content, filename=name, content_type="audio/mpeg")
    headers = {"Accept": accept}
    address = visitor.root.join(visitor.root.with_path(path))
    return await visitor.session.post(address, data=form, headers=headers, allow_redirects=False)


async def recorded(house, file, path=SAY):
    """A recording of Carla's; its row."""
    async with house.at("carla") as visitor:
        assert (await send(visitor, file.read_bytes(), path=path)).status == 200
    return (await house.office.prompts.store.all_of(["hogar-nandu"]))[0]


async def text(visitor, path):
    answer = await visitor.get(path, Accept="text/html")
    assert answer.status == 200, answer.status
    return await answer.text()


async def test_a_file_is_sent_heard_and_approved_by_somebody_else(house, file):
    async with house.at("carla") as carla:
        page = await text(carla, "/prompts/hogar-nandu")
        assert "Falta grabar" in page and "Le toca grabarla a Comercial." in page
        answer = await (await send(carla, file.read_bytes())).json()
        assert answer["number"] == 1 and answer["warnings"] == [] and "dBFS" in answer["level"]
        page = await text(carla, "/prompts/hogar-nandu")
        assert "La grabó usted: la tiene que aprobar otra persona." in page
        heard = await carla.get(answer["heard"])
        samples, rate = soundfile.read(io.BytesIO(await heard.read()))
        assert rate == 8000 and len(samples) > 4 * 8000
        assert (await carla.post("/prompts/hogar-nandu/recordings/1/approve")).status == 422
    async with house.at("olga") as olga:
        page = await text(olga, "/prompts/hogar-nandu")
        assert "La grabó Carla Mora: falta que otra persona la apruebe." in page
        done = await olga.post("/prompts/hogar-nandu/recordings/1/approve")
        assert done.headers["Location"] == "/prompts/hogar-nandu?done=approved#saludo"
        page = await text(olga, "/prompts/hogar-nandu?done=approved")
        assert "Aprobada; saldrá en la próxima publicación." in page
        assert "Quien llama oye hoy la voz incorporada." in page
    plan = house.book.live()[0].version.plan
    assert list(await house.office.prompts.approved(plan)) == ["saludo"]


async def test_one_button_of_the_page_leads(house, file):
    leads = re.compile(r'<(?:button(?![^>]*(?:quiet|data-send))|a role="button"(?![^>]*quiet))[^>]*>([^<]*)')
    for prompt in ("saludo", "espera"):
        await recorded(house, file, f"/prompts/hogar-nandu/say/{prompt}")
    for person, words in (("carla", "Grabar todo seguido"), ("olga", "Aprobar la grabación 1")):
        async with house.at(person) as visitor:
            page = await text(visitor, "/prompts/hogar-nandu")
        found = [each.strip() for each in leads.findall(page.partition("<main")[2])]
        assert found == [words]


async def test_what_is_published_is_said_to_be(house, file):
    made = await recorded(house, file)
    async with house.at("olga") as olga:
        await olga.post("/prompts/hogar-nandu/recordings/1/approve")
        live = [
            replace(stored, version=PlanVersion(plan=stored.version.plan, hash=stored.version.hash,
                                                recordings={"saludo": made.sound}))
            for stored in house.book.live()
        ]  # fmt: skip
        house.book.replace(live)
        page = await text(olga, "/prompts/hogar-nandu")
        assert "Ya está publicada." in page and "Quien llama oye hoy la grabación 1." in page


async def test_a_player_may_ask_for_a_part(house, file):
    await recorded(house, file)
    async with house.at("ivan") as visitor:
        answer = await visitor.get("/prompts/hogar-nandu/recordings/1/heard.wav", Range="bytes=44-143")
        assert answer.status == 206 and len(await answer.read()) == 100
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Content-Range"].startswith("bytes 44-143/")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_file_as_it_came_is_handed_back_under_its_name(house, file):
    await recorded(house, file)
    async with house.at("carla") as visitor:
        answer = await visitor.get("/prompts/hogar-nandu/recordings/1/original")
        assert await answer.read() == file.read_bytes()
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''saludo.mp3"
        assert answer.headers["Content-Type"] == "application/octet-stream"


async def test_the_built_in_voice_can_be_compared(house):
    async with house.at("carla") as visitor:
        answer = await visitor.get(f"{SAY}/voice.wav")
        samples, rate = soundfile.read(io.BytesIO(await answer.read()))
        assert rate == 8000 and len(samples)


async def test_a_file_that_is_no_recording_is_refused_with_its_reason(house):
    async with house.at("carla") as visitor:
        answer = await send(visitor, b"hola", "nota.txt")
        assert answer.status == 422
        assert "«nota.txt» no es un archivo de audio" in (await answer.json())["error"]["message"]
        page = await send(visitor, b"hola", "<b>.wav", accept="text/html")
        assert page.status == 422 and "«&lt;b&gt;.wav» no es un archivo" in await page.text()
        nothing = await visitor.post(SAY)
        assert nothing.status == 422 and "Elija un archivo" in (await nothing.json())["error"]["message"]
    assert await house.office.prompts.store.all_of(["hogar-nandu"]) == ()


async def test_without_a_script_the_form_leads_back_to_the_prompt(house, file):
    async with house.at("carla") as visitor:
        answer = await send(visitor, file.read_bytes(), accept="text/html")
        assert answer.status == 303
        assert answer.headers["Location"] == "/prompts/hogar-nandu?done=recorded#saludo"


async def test_a_rejection_needs_its_reason_and_can_be_reconsidered(house, file):
    await recorded(house, file)
    async with house.at("olga") as olga:
        refused = await olga.post("/prompts/hogar-nandu/recordings/1/reject", {"reason": " "})
        assert refused.status == 422 and "motivo" in (await refused.json())["error"]["message"]
        await olga.post("/prompts/hogar-nandu/recordings/1/reject", {"reason": "Se corta al final"})
        again = await olga.post("/prompts/hogar-nandu/recordings/1/reject", {"reason": "otra vez"})
        assert again.status == 422 and "ya cambió" in (await again.json())["error"]["message"]
    async with house.at("carla") as carla:
        page = await text(carla, "/prompts/hogar-nandu")
        assert "Rechazada por Olga Díaz: Se corta al final" in page
        await carla.post("/prompts/hogar-nandu/recordings/1/reconsider")
        assert "Por aprobar" in await text(carla, "/prompts/hogar-nandu")


async def test_what_is_withdrawn_leaves_the_next_publication(house, file):
    await recorded(house, file)
    async with house.at("olga") as olga:
        await olga.post("/prompts/hogar-nandu/recordings/1/approve")
        await olga.post("/prompts/hogar-nandu/recordings/1/withdraw", {"reason": "otra locutora"})
    assert (await house.office.prompts.store.get(1)).state is RecordingState.WITHDRAWN
    assert await house.office.prompts.approved(house.book.live()[0].version.plan) == {}


async def test_a_prompt_may_stay_in_the_built_in_voice_and_be_recorded_after_all(house):
    async with house.at("olga") as olga:
        await olga.post(f"{SAY}/waive", {"reason": "el cliente la prefiere"})
        page = await text(olga, "/prompts/hogar-nandu")
        assert "Olga Díaz aceptó la voz incorporada" in page and "el cliente la prefiere" in page
        await olga.post(f"{SAY}/unwaive")
        assert "el cliente la prefiere" not in await text(olga, "/prompts/hogar-nandu")


async def test_plans_with_most_to_do_come_first_and_can_be_sought(house, file):
    async with house.at("olga") as olga:
        page = await text(olga, "/prompts")
        assert "por grabar" in page and 'href="/prompts/vial-condor"' in page
        found = await text(olga, "/prompts?text=ñandú")
        assert 'href="/prompts/hogar-nandu"' in found and "vial-condor" not in found
        assert "Ningún plan cumple" in await text(olga, "/prompts?what=approve")
        await recorded(house, file)
        only = await text(olga, "/prompts?what=approve")
        assert "hogar-nandu" in only and "vial-condor" not in only and "1 por aprobar" in only
        assert "Ningún plan cumple" in await text(olga, "/prompts?text=zzz")


async def test_who_reads_aloud_sees_what_is_missing_one_by_one(house, file):
    await recorded(house, file)
    async with house.at("carla") as carla:
        page = await text(carla, "/prompts/hogar-nandu/read")
        assert 'data-name="saludo"' not in page and page.count("data-take") > 2
        assert 'data-name="saludo"' in await text(carla, "/prompts/hogar-nandu/read?all")


async def test_another_subsidiarys_recordings_are_out_of_sight(house, file):
    await recorded(house, file)
    olga = await house.person("olga")
    await house.staffing.change(olga, replace(profile_of(olga), scope=Scope(frozenset({"MX"}))))
    async with house.at("olga") as visitor:
        assert 'href="/prompts/hogar-nandu"' not in await text(visitor, "/prompts")
        for path in ("", "/recordings/1/heard.wav", "/recordings/1/original", "/say/saludo/voice.wav"):
            assert (await visitor.get(f"/prompts/hogar-nandu{path}")).status == 404
        assert (await visitor.post("/prompts/hogar-nandu/recordings/1/approve")).status == 404


async def test_a_recording_of_another_plan_or_none_is_not_found(house, file):
    await recorded(house, file)
    async with house.at("olga") as visitor:
        for id in ("0", "99", "-1", "x", "1" * 30, "١"):
            assert (await visitor.get(f"/prompts/hogar-nandu/recordings/{id}/heard.wav")).status == 404
        assert (await visitor.get("/prompts/vial-condor/recordings/1/heard.wav")).status == 404
        assert (await visitor.post("/prompts/vial-condor/recordings/1/approve")).status == 404


async def test_a_file_that_is_gone_is_said_to_be(house, file):
    made = await recorded(house, file)
    house.office.prompts.originals.path(made.original).unlink()
    house.office.sounds.path(made.sound).unlink()
    async with house.at("olga") as visitor:
        answer = await visitor.get("/prompts/hogar-nandu/recordings/1/original", Accept="application/json")
        assert answer.status == 404 and "Falta el archivo" in json.dumps(await answer.json())
        assert (await visitor.get("/prompts/hogar-nandu/recordings/1/heard.wav")).status == 404


async def test_each_change_is_in_the_audit_trail_by_who_did_it(house, file):
    await recorded(house, file)
    async with house.at("olga") as olga:
        await olga.post("/prompts/hogar-nandu/recordings/1/approve")
    async with house.at("aurora") as aurora:
        page = await text(aurora, "/audit")
        assert "Aprobó la grabación" in page and 'href="/prompts/hogar-nandu#saludo"' in page
    async with house.engine.connect() as connection:
        rows = await connection.execute(select(audit.c.actor, audit.c.action).order_by(audit.c.id))
        found = [tuple(row) for row in rows]
    assert [row for row in found if row[1].startswith("prompt.")] == [
        ("carla", "prompt.recorded"),
        ("olga", "prompt.approved"),
    ]


async def test_two_who_send_at_once_have_a_version_each(house, file):
    async with house.serving() as root, house.visit(root, "carla") as one, house.visit(root, "raul") as two:
        answers = await asyncio.gather(*(send(each, file.read_bytes()) for each in (one, two)))
        assert sorted([(await each.json())["number"] for each in answers]) == [1, 2]


async def test_a_recording_waits_in_the_turn_of_those_who_may_approve_it_not_of_who_made_it(house, file):
    await recorded(house, file)
    async with house.at("olga") as olga, house.at("carla") as carla:
        assert "Escuchar y aprobar audios" in await text(olga, "/mine")
        assert "Escuchar y aprobar audios" not in await text(carla, "/mine")
