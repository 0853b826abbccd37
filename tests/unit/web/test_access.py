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
    Role.ADMINISTRATOR: "raul",
}
CLOSED = [row for row in access.ROUTES if isinstance(row.who, frozenset)]
EXPECTED = {
    "/": set(Role),
    "/session": set(Role),
    "/sign-out": set(Role),
    "/password": set(Role),
    "/lines": set(Role),
    "/desk": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/desk/stream": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/desk/availability": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/cases": {Role.COORDINATOR, Role.SUPERVISOR, Role.OPERATIONS, Role.ADMINISTRATOR},
    "/cases/{id}": {Role.COORDINATOR, Role.SUPERVISOR, Role.OPERATIONS, Role.ADMINISTRATOR},
    "/cases/{id}/form": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/cases/{id}/field": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/cases/{id}/close": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/cases/{id}/reopen": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/cases/{id}/take": {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
    "/calls": {Role.COORDINATOR, Role.SUPERVISOR, Role.OPERATIONS, Role.ADMINISTRATOR},
    "/phones": {Role.IT, Role.ADMINISTRATOR},
    "/phones/{extension}/show": {Role.IT, Role.ADMINISTRATOR},
    "/phones/{extension}/renew": {Role.IT, Role.ADMINISTRATOR},
}


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


def test_the_table_says_who_may_use_each_route():
    assert {row.path: set(row.who) for row in CLOSED} == EXPECTED


@pytest.mark.parametrize("role", Role)
async def test_each_role_passes_its_own_doors_and_no_other(house, role):
    async with house.serving() as root:
        for row in CLOSED:
            async with house.visit(root, PERSON_OF[role]) as visitor:
                answer = await call(visitor, row)
                assert (answer.status == 403) is (role not in row.who), f"{row.method} {row.path} as {role}"
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
                assert shown == {row.path for row in CLOSED if row.label and role in row.who}


def test_every_open_door_is_known():
    doors = {row.path: row.who for row in access.ROUTES if isinstance(row.who, Open)}
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
