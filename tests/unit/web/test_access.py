"""The table of routes, walked: every route as every role, as nobody, with a one-time password pending."""

import re

import pytest

from staff.roles import Role
from web import access
from web.who import Open

PERSON_OF = {
    Role.COORDINATOR: "ana",
    Role.SUPERVISOR: "sofia",
    Role.IT: "ivan",
    Role.OPERATIONS: "olga",
    Role.COMMERCIAL: "carla",
    Role.PROVIDERS: "pedro",
    Role.TMK: "tina",
    Role.FINANCE: "fabio",
    Role.BACK_OFFICE: "bruno",
    Role.MISSION_AREA: "mirta",
    Role.QUALITY: "queta",
    Role.ADMINISTRATOR: "raul",
    Role.AUDITOR: "aurora",
}
NO_SESSION = (Open.ANYBODY, Open.TOKEN, Open.LOOPBACK_OR_TOKEN)
CLOSED = [row for row in access.ROUTES if row.who not in NO_SESSION]

EVERYBODY = set(Role)
ANSWER = {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR}
WRITE_CASES = ANSWER | {Role.BACK_OFFICE, Role.MISSION_AREA}
READ_CASES = WRITE_CASES | {Role.OPERATIONS, Role.QUALITY, Role.AUDITOR}
KEEP_PHONES = {Role.IT, Role.ADMINISTRATOR}
EXPECTED = {
    "GET /": EVERYBODY,
    "GET /session": EVERYBODY,
    "POST /sign-out": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "GET /lines": EVERYBODY,
    "GET /desk": ANSWER,
    "GET /desk/stream": ANSWER,
    "POST /desk/availability": ANSWER,
    "GET /cases": READ_CASES,
    "GET /cases/{id}": READ_CASES,
    "GET /cases/{id}/form": WRITE_CASES,
    "POST /cases/{id}/field": WRITE_CASES,
    "POST /cases/{id}/close": WRITE_CASES,
    "POST /cases/{id}/reopen": WRITE_CASES,
    "POST /cases/{id}/take": WRITE_CASES,
    "GET /calls": READ_CASES,
    "GET /phones": KEEP_PHONES,
    "POST /phones/{extension}/show": KEEP_PHONES,
    "POST /phones/{extension}/renew": KEEP_PHONES,
}


def of(row):
    """What the table says of a route."""
    return EXPECTED[f"{row.method} {row.path}"]


def path_of(row):
    return re.sub(r"\{id\}", "1", re.sub(r"\{extension\}", "101", row.path))


async def call(visitor, row):
    if row.path == "/desk/stream":
        return await visitor.get(
            path_of(row), Upgrade="websocket", Connection="Upgrade", Origin=visitor.origin
        )
    if row.method == "GET":
        return await visitor.get(path_of(row))
    return await visitor.post(path_of(row))


def test_every_route_has_a_row():
    assert {f"{row.method} {row.path}" for row in CLOSED} == set(EXPECTED)


@pytest.mark.parametrize("role", Role)
async def test_each_role_passes_its_own_doors_and_no_other(house, role):
    async with house.serving() as root:
        for row in CLOSED:
            async with house.visit(root, PERSON_OF[role]) as visitor:
                answer = await call(visitor, row)
                assert (answer.status == 403) is (role not in of(row)), f"{row.method} {row.path} as {role}"
                assert answer.status != 500, row.path


async def test_nobody_is_sent_to_sign_in_or_gets_401(house):
    async with house.at() as visitor:
        for row in CLOSED:
            answer = await call(visitor, row)
            if row.method == "GET" and row.path != "/desk/stream":
                assert answer.status == 303 and answer.headers["Location"].startswith("/sign-in"), row.path
            else:
                assert answer.status == 401, row.path


async def test_with_a_one_time_password_pending_only_its_change_and_leaving_work(house):
    pending = await house.people.add("nuevo", list(Role), "Nora Nueva", "110", ["cat"])
    assert pending.one_time_password
    async with house.serving() as root:
        for row in CLOSED:
            async with house.visit(root, "nuevo") as visitor:
                answer = await call(visitor, row)
                sent_away = answer.status == 403 or answer.headers.get("Location") == "/password"
                assert sent_away is not row.while_one_time, f"{row.method} {row.path}"


async def test_a_route_that_is_not_in_the_table_is_refused(house):
    from aiohttp import web
    from aiohttp.test_utils import TestServer

    from web.app import make_app

    async def forgotten(_request):
        return web.Response(text="open door")

    app = make_app(house.services(), secure_cookies=False)
    app.router.add_get("/forgotten", forgotten)
    async with TestServer(app) as server, house.visit(server.make_url("/"), "raul") as visitor:
        assert (await visitor.get("/forgotten")).status == 403


async def test_the_navigation_shows_what_a_role_may_follow(house):
    async with house.serving() as root:
        for role, name in PERSON_OF.items():
            async with house.visit(root, name) as visitor:
                page = await (await visitor.get("/lines")).text()
                shown = set(re.findall(r'<li><a href="(/\w+)"', page))
                assert shown == {row.path for row in CLOSED if row.label and role in of(row)}


def test_every_open_door_is_known():
    doors = {row.path: row.who for row in access.ROUTES if row.who in NO_SESSION}
    assert doors == {
        "/sign-in": Open.ANYBODY,
        "/healthz": Open.ANYBODY,
        "/readyz": Open.ANYBODY,
        "/metrics": Open.LOOPBACK_OR_TOKEN,
        "/api/v1/calls": Open.TOKEN,
        "/api/v1/cases": Open.TOKEN,
        "/static/{version}/{name:.+}": Open.ANYBODY,
    }


async def test_a_forbidden_page_says_what_to_do(house):
    async with house.at("carla") as visitor:
        answer = await visitor.get("/phones")
        assert answer.status == 403
        assert "pida a quien administra Altavoz" in await answer.text()
