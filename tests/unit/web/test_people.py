"""The accounts in the console: found, opened, changed, closed; what is shown once is shown once."""

import asyncio
import re

import pytest
from aiohttp import WSMsgType

from staff.credentials import Credentials
from staff.profile import profile_of
from staff.roles import Role

HTML = {"Accept": "text/html"}
ANA = [
    ("revision", "1"), ("full_name", "Ana Paz"), ("roles", "coordinator"), ("extension", "101"),
    ("devices", "1"), ("groups", "cat"), ("groups", "sac"),
]  # fmt: skip
NORA = [
    ("name", "nora"), ("full_name", "Nora Nieves"), ("email", "nora@ejemplo.com"), ("roles", "coordinator"),
    ("extension", "110"), ("devices", "2"), ("groups", "cat"), ("subsidiaries", "AR"),
    ("reason", "Campaña Ñandú"),
]  # fmt: skip


def with_(form, **changed):
    """The form with other values; None leaves a field out."""
    kept = [(name, value) for name, value in form if name not in changed]
    return kept + [(name, value) for name, value in changed.items() if value is not None]


async def test_people_are_found_by_what_is_typed(house):
    async with house.at("sofia") as visitor:
        for query, shown, hidden in (
            ("", "Ana Paz", "no hay"),
            ("?text=SOFIA", "Sofía Luna", "Ana Paz"),
            ("?text=102", "Beto Ruiz", "Ana Paz"),
            ("?role=it", "Iván Sosa", "Ana Paz"),
            ("?active=closed", "Nadie cumple", "Ana Paz"),
        ):
            rows = (await (await visitor.get(f"/people{query}")).text()).split("</form>")[-1]
            assert shown in rows and hidden not in rows, query


async def test_the_list_goes_on_page_by_page(house):
    for n in range(60):
        await house.people.add(f"zz{n:02}", [Role.IT])
    async with house.at("raul") as visitor:
        html = await (await visitor.get("/people?role=it")).text()
        more = re.search(r'hx-get="(/people\?[^"]+)"', html)[1].replace("&amp;", "&")
        rows = await (await visitor.get(more, **{"HX-Request": "true"})).text()
        assert "zz48" in html and "zz49" not in html
        assert "zz49" in rows and "zz59" in rows and "<html" not in rows and "Mostrar más" not in rows


async def test_a_new_account_shows_its_secrets_once_and_what_to_say(house):
    async with house.at("raul") as visitor:
        answer = await visitor.post("/people/new", NORA, **HTML)
        html = await answer.text()
        nora = await house.person("nora")
        secret = await house.people.sip_secret(nora.id)
        assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
        assert secret in html and 'data-copy="one-time"' in html and "127.0.0.1:5060" in html
        password = re.search(r'id="one-time">([^<]+)<', html)[1]
        assert await Credentials(house.engine, house.clock).check("nora", password) == nora
        assert (nora.devices, nora.scope.subsidiaries) == (2, {"AR"})
        page = await (await visitor.get("/people/nora")).text()
        assert password not in page and secret not in page and "Campaña Ñandú" in page
        assert "110" in house.phone_files.written["pjsip-phones.conf"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "ana"}, "Ya hay una cuenta «ana»"),
        ({"name": "con espacio"}, "sin espacios"),
        ({"extension": "101"}, "ya es de «ana»"),
        ({"extension": "911"}, "número de emergencia"),
        ({"email": "no"}, "escríbalo como"),
        ({"roles": None}, "Elija al menos un rol"),
        ({"groups": "otra"}, "No hay una cola «otra»"),
        ({"subsidiaries": "ZZ"}, "No hay una filial «ZZ»"),
        ({"accounts": "Nadie SA"}, "No hay una cuenta de cliente «Nadie SA»"),
        ({"areas": "nada"}, "No hay un área «nada»"),
        ({"reason": None}, "para qué campaña"),
        ({"roles": "administrator"}, "Quien administra ve todo"),
    ],
)
async def test_what_cannot_be_is_said_at_the_field_and_what_was_typed_stays(house, changed, words):
    async with house.at("raul") as visitor:
        answer = await visitor.post("/people/new", with_(NORA, **changed), **HTML)
        html = await answer.text()
        assert answer.status == 422 and words in html
        assert 'value="Nora Nieves"' in html and 'class="refused"' in html
        assert await house.people.by_name("nora") is None


async def test_a_change_is_kept_with_its_reason_and_stands_in_the_history(house):
    async with house.at("raul") as visitor:
        form = with_(ANA, full_name="Ana María Paz", reason="se casó")
        answer = await visitor.post("/people/ana", form, **HTML)
        assert (answer.status, answer.headers["Location"]) == (303, "/people/ana?done=changed")
        html = await (await visitor.get("/people/ana?done=changed")).text()
        assert "Cambios guardados" in html and "<del>Ana Paz</del>" in html and "Motivo: se casó" in html
        assert "Raúl Vega" in html.split('id="history-h"')[1]


async def test_roles_and_what_somebody_sees_need_a_reason(house):
    async with house.at("raul") as visitor:
        for changed in ({"roles": "it"}, {"subsidiaries": "AR"}, {"accounts": "Seguros Ñandú S.A."}):
            answer = await visitor.post("/people/ana", with_(ANA, **changed), **HTML)
            assert answer.status == 422 and "para qué campaña" in await answer.text()
        assert (await house.person("ana")).revision == 1


async def test_who_comes_second_sees_both_values_and_may_go_on(house):
    async with house.serving() as root, house.visit(root, "raul") as visitor:
        await visitor.post("/people/ana", with_(ANA, full_name="Ana M. Paz"), **HTML)
        answer = await visitor.post("/people/ana", with_(ANA, full_name="Ana Paz Luna"), **HTML)
        html = await answer.text()
        assert answer.status == 409 and 'value="Ana Paz Luna"' in html
        assert "ahora dice: <strong>Ana M. Paz</strong>" in html and html.count("ahora dice") == 1
        assert (await house.person("ana")).full_name == "Ana M. Paz"
        again = re.search(r'name="revision" value="(\d+)"', html)[1]
        await visitor.post("/people/ana", with_(ANA, full_name="Ana Paz Luna", revision=again), **HTML)
        assert (await house.person("ana")).full_name == "Ana Paz Luna"


async def test_nobody_raises_themselves(house):
    raul = await house.person("raul")
    await house.people.add("rita", [Role.ADMINISTRATOR])
    async with house.at("raul") as visitor:
        form = [("revision", "1"), ("full_name", "Raúl Vega"), ("roles", "auditor"), ("reason", "x")]
        answer = await visitor.post("/people/raul", form, **HTML)
        assert answer.status == 422 and "Nadie cambia sus propios roles" in await answer.text()
        answer = await visitor.post("/people/raul/deactivate", {"revision": "1", "reason": "x"}, **HTML)
        assert answer.status == 422 and "su propia cuenta" in await answer.text()
        page = await (await visitor.get("/people/raul")).text()
        assert 'type="checkbox" name="roles"' not in page and "/people/raul/deactivate" not in page
    assert await house.person("raul") == raul


async def test_a_closed_account_is_out_at_once_and_can_be_opened_again(house):
    house.queues.serving = {("101", "cat"), ("101", "sac")}
    await house.presence.refresh()
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "raul") as raul:
        stream = await ana.stream()
        await stream.receive_str()
        answer = await raul.post(
            "/people/ana/deactivate", {"revision": "1", "reason": "fin de campaña"}, **HTML
        )
        assert answer.headers["Location"] == "/people/ana?done=deactivated"
        async with asyncio.timeout(3):
            while (message := await stream.receive()).type is WSMsgType.TEXT:
                pass
        assert message.data == 4401
        assert (await ana.get("/lines")).headers["Location"].startswith("/sign-in")
        assert house.queues.serving == set()
        assert "101" not in house.phone_files.written["pjsip-phones.conf"]
        html = await (await raul.get("/people/ana?done=deactivated")).text()
        assert "Usuario desactivado." in html and "Deshacer" in html
        await raul.post("/people/ana/reactivate", {"revision": "2", "reason": "Se deshizo"}, **HTML)
        assert "101" in house.phone_files.written["pjsip-phones.conf"]
        assert (await ana.get("/lines")).status == 303


async def test_an_account_is_closed_with_a_reason(house):
    async with house.at("raul") as visitor:
        answer = await visitor.post("/people/ana/deactivate", {"revision": "1", "reason": " "}, **HTML)
        assert answer.status == 422 and "para qué campaña" in await answer.text()
    assert (await house.person("ana")).active


async def test_roles_taken_away_close_the_doors_of_open_sessions(house):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "raul") as raul:
        assert (await ana.get("/desk")).status == 200
        stream = await ana.stream()
        await stream.receive_str()
        await raul.post("/people/ana", with_(ANA, roles="finance", reason="pasa a Finanzas"), **HTML)
        async with asyncio.timeout(3):
            while (await stream.receive()).type is WSMsgType.TEXT:
                pass
        assert (await ana.get("/desk")).status == 403
        assert (await ana.get("/lines")).status == 200


async def test_another_extension_leaves_the_queues_of_the_former_one(house):
    house.queues.serving = {("101", "cat")}
    await house.presence.refresh()
    async with house.at("raul") as visitor:
        html = await (await visitor.post("/people/ana", with_(ANA, extension="120"), **HTML)).text()
        assert await house.people.sip_secret((await house.person("ana")).id) in html
    assert house.queues.serving == set()
    assert "[120]" in house.phone_files.written["pjsip-phones.conf"]


async def test_who_only_sees_people_gets_no_form(house):
    async with house.at("aurora") as visitor:
        html = await (await visitor.get("/people/ana")).text()
        assert "Coordinador" in html and "person-form" not in html and "Desactivar" not in html
        assert "Agregar una persona" not in await (await visitor.get("/people")).text()


async def test_an_account_that_does_not_exist_is_not_found(house):
    async with house.at("raul") as visitor:
        assert (await visitor.get("/people/nadie")).status == 404
        assert (await visitor.post("/people/nadie/deactivate", {"reason": "x"})).status == 404


async def test_what_a_colleague_writes_is_text_on_every_page(house):
    evil = '"><img src=x onerror=alert(1)>'
    ana = await house.person("ana")
    profile = profile_of(ana)
    async with house.at("raul") as visitor:
        form = with_(ANA, full_name=evil, roles="it", reason=evil)
        await visitor.post("/people/ana", form, **HTML)
        for path in ("/people", "/people/ana", "/areas"):
            assert "<img src=x" not in await (await visitor.get(path)).text(), path
    assert (await house.person("ana")).full_name == evil != profile.full_name
