"""The lines for everybody; the telephones for IT."""

import dataclasses

import pytest

from staff.changes import PeopleChanges
from staff.profile import profile_of
from staff.scope import Scope
from telephony.ami import LinkState


async def test_every_line_is_shown_with_its_plan_and_the_release(house):
    async with house.at("carla") as visitor:
        html = await (await visitor.get("/lines")).text()
        for shown in ("0800-555-1234", "01 8000 912345", "800 123 4567", "+541143218765", "3f2a9c1b7d04"):
            assert shown in html


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(frozenset({"CO"})), {"01 8000 912345"}),
        (Scope(accounts=frozenset({"Seguros Ñandú S.A."})), {"0800-555-1234"}),
        (Scope(frozenset({"CO"}), frozenset({"Seguros Ñandú S.A."})), set()),
    ],
)
async def test_somebody_sees_the_lines_of_their_subsidiaries_and_accounts(house, scope, seen):
    carla = await house.person("carla")
    await PeopleChanges(house.engine, house.clock).change(
        "carla", dataclasses.replace(profile_of(carla), scope=scope)
    )
    async with house.at("carla") as visitor:
        html = await (await visitor.get("/lines")).text()
        shown = {line for line in ("0800-555-1234", "01 8000 912345", "800 123 4567") if line in html}
        assert shown == seen and "que usted ve" in html


async def test_a_line_says_whom_it_answers(house):
    await house.publishes_the_examples()
    office, newer = house.office.provisioner, house.book.of("mascotas-ajolote").live.text
    await office.suspend("vial-condor", "olga", "el operador lo desvinculó")
    await office.apply_text(newer.replace("gracias por", "muchas gracias por"), "ines")
    async with house.at("carla") as visitor:
        html = await (await visitor.get("/lines")).text()
    states = ("En servicio", "En prueba", "Suspendida")
    assert [html.count(f">{state}<") for state in states] == [2, 1, 1]


async def test_a_plan_out_of_force_is_marked(house):
    from datetime import UTC, datetime

    house.clock = lambda: datetime(2029, 1, 1, tzinfo=UTC)
    async with house.at("carla") as visitor:
        html = await (await visitor.get("/lines")).text()
        assert html.count("Fuera de vigencia") == 1


async def test_a_lost_link_shows_on_every_page(house):
    house.link = LinkState(False, house.clock(), "la central no responde")
    async with house.at("raul") as visitor:
        for path in ("/lines", "/cases", "/phones", "/desk"):
            html = await (await visitor.get(path)).text()
            assert "Sin conexión con la central desde las" in html and "la central no responde" in html


async def test_the_list_of_telephones_holds_no_secret(house):
    secret = await house.people.sip_secret((await house.person("ana")).id)
    async with house.at("ivan") as visitor:
        html = await (await visitor.get("/phones")).text()
        assert "Ana Paz" in html and secret not in html


async def test_a_secret_is_shown_with_what_a_softphone_needs(house):
    secret = await house.people.sip_secret((await house.person("ana")).id)
    async with house.at("ivan") as visitor:
        answer = await visitor.post("/phones/101/show", **{"HX-Request": "true", "Accept": "*/*"})
        html = await answer.text()
        assert secret in html and "127.0.0.1:5060" in html and "<html" not in html
        assert answer.headers["Cache-Control"] == "no-store"


async def test_renewing_makes_another_secret(house):
    former = await house.people.sip_secret((await house.person("ana")).id)
    async with house.at("ivan") as visitor:
        html = await (await visitor.post("/phones/101/renew", Accept="text/html")).text()
        now = await house.people.sip_secret((await house.person("ana")).id)
        assert now != former and now in html and "la anterior ya no sirve" in html


async def test_an_extension_of_nobody_is_not_found(house):
    async with house.at("ivan") as visitor:
        assert (await visitor.post("/phones/999/show")).status == 404
