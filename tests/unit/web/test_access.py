"""The table of routes, walked: every route as every role, as nobody, with a one-time password pending."""

import re

import pytest

from staff.roles import Role
from web import access
from web.who import ByToken, Open

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
NO_SESSION = (Open.ANYBODY, Open.LOOPBACK_OR_TOKEN)
CLOSED = sorted(
    (row for row in access.ROUTES if row.who not in NO_SESSION and not isinstance(row.who, ByToken)),
    key=lambda row: row.path == "/sign-out",
)
"""Every door that asks for a session, and last the one that ends it: one visitor walks them all."""

EVERYBODY = set(Role)
ANSWER = {Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR}
WRITE_CASES = ANSWER | {Role.BACK_OFFICE, Role.MISSION_AREA}
READ_CASES = WRITE_CASES | {Role.OPERATIONS, Role.QUALITY, Role.AUDITOR}
KEEP_PHONES = {Role.IT, Role.ADMINISTRATOR}
KEEP_PEOPLE = {Role.ADMINISTRATOR}
SEE_PEOPLE = KEEP_PEOPLE | {Role.SUPERVISOR, Role.IT, Role.OPERATIONS, Role.AUDITOR}
READ_STATUS = {Role.SUPERVISOR, Role.IT, Role.OPERATIONS, Role.ADMINISTRATOR, Role.AUDITOR}
RECORD_PROMPTS = {Role.COMMERCIAL, Role.ADMINISTRATOR}
APPROVE_PROMPTS = RECORD_PROMPTS | {Role.OPERATIONS}
SEE_PROMPTS = EVERYBODY - {Role.COORDINATOR, Role.BACK_OFFICE, Role.MISSION_AREA}
KEEP_MAIL = {Role.IT, Role.ADMINISTRATOR}
READ_MAIL = KEEP_MAIL | {Role.AUDITOR}
FOLLOW_ALTAS = EVERYBODY - {Role.COORDINATOR, Role.BACK_OFFICE, Role.MISSION_AREA}
TAKE_PART = FOLLOW_ALTAS - {Role.FINANCE, Role.QUALITY, Role.AUDITOR}
TEST_LINES = {Role.IT, Role.OPERATIONS, Role.ADMINISTRATOR}
SEE_NUMBERS = FOLLOW_ALTAS
GIVE_NUMBERS = {Role.IT, Role.ADMINISTRATOR}
WRITE_PLANS = {Role.COMMERCIAL, Role.IT, Role.OPERATIONS, Role.ADMINISTRATOR}
PUBLISH = {Role.IT, Role.ADMINISTRATOR}
SEE_NETWORK = FOLLOW_ALTAS
KEEP_NETWORK = {Role.PROVIDERS, Role.ADMINISTRATOR}
TRAIN = {Role.TMK, Role.ADMINISTRATOR}
EXPECTED = {
    "GET /providers": SEE_NETWORK,
    "GET /providers/zones": SEE_NETWORK,
    "GET /providers/new": KEEP_NETWORK,
    "POST /providers/new": KEEP_NETWORK,
    "GET /providers/load": KEEP_NETWORK,
    "POST /providers/load": KEEP_NETWORK,
    "GET /providers/load/template/csv": KEEP_NETWORK,
    "GET /providers/load/template/xlsx": KEEP_NETWORK,
    "GET /providers/load/{load}": KEEP_NETWORK,
    "POST /providers/load/{load}": KEEP_NETWORK,
    "POST /providers/load/{load}/drop": KEEP_NETWORK,
    "GET /providers/check": SEE_NETWORK,
    "GET /providers/check/{plan}": SEE_NETWORK,
    "POST /providers/check/{plan}/confirm": KEEP_NETWORK,
    "POST /providers/check/{plan}/demand": KEEP_NETWORK,
    "POST /providers/check/{plan}/tasks": KEEP_NETWORK,
    "GET /providers/tasks": SEE_NETWORK,
    "POST /providers/tasks/{id}/change": KEEP_NETWORK,
    "POST /providers/tasks/{id}/waive": KEEP_NETWORK,
    "POST /providers/tasks/{id}/reopen": KEEP_NETWORK,
    "GET /providers/{id}": SEE_NETWORK,
    "POST /providers/{id}": KEEP_NETWORK,
    "POST /providers/{id}/state": KEEP_NETWORK,
    "POST /providers/{id}/documents": KEEP_NETWORK,
    "GET /providers/{id}/documents/{document}": SEE_NETWORK,
    "GET /training": FOLLOW_ALTAS,
    "GET /training/{plan}": FOLLOW_ALTAS,
    "POST /training/{plan}/sessions": TRAIN,
    "POST /training/{plan}/bases": TRAIN,
    "POST /training/sessions/{id}/withdraw": TRAIN,
    "POST /training/sessions/{id}/documents": TRAIN,
    "GET /training/sessions/{id}/documents/{document}": FOLLOW_ALTAS,
    "GET /training/bases/{id}/file": TRAIN,
    "POST /training/bases/{id}/end": TRAIN,
    "GET /api/docs": EVERYBODY,
    "GET /tokens": {Role.ADMINISTRATOR},
    "POST /tokens": {Role.ADMINISTRATOR},
    "POST /tokens/{name}/revoke": {Role.ADMINISTRATOR},
    "GET /audit": {Role.AUDITOR, Role.ADMINISTRATOR},
    "GET /audit/export/csv": {Role.AUDITOR, Role.ADMINISTRATOR},
    "GET /audit/export/xlsx": {Role.AUDITOR, Role.ADMINISTRATOR},
    "GET /": EVERYBODY,
    "GET /session": EVERYBODY,
    "POST /sign-out": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "GET /account": EVERYBODY,
    "POST /account/sessions/close-others": EVERYBODY,
    "POST /account/sessions/{session}/close": EVERYBODY,
    "GET /account/tokens": EVERYBODY,
    "POST /account/tokens": EVERYBODY,
    "POST /account/tokens/{name}/revoke": EVERYBODY,
    "GET /account/second-factor": EVERYBODY,
    "POST /account/second-factor": EVERYBODY,
    "POST /account/second-factor/remove": EVERYBODY,
    "POST /account/second-factor/codes": EVERYBODY,
    "GET /mine": FOLLOW_ALTAS,
    "GET /line-tests": FOLLOW_ALTAS,
    "GET /line-tests/of/{plan}": FOLLOW_ALTAS,
    "POST /line-tests/of/{plan}": TEST_LINES,
    "POST /line-tests/of/{plan}/by-hand": TEST_LINES,
    "GET /line-tests/by-hand/{id}": TEST_LINES,
    "POST /line-tests/by-hand/{id}/cancel": TEST_LINES,
    "GET /line-tests/runs/{id}": FOLLOW_ALTAS,
    "POST /line-tests/runs/{id}/cancel": TEST_LINES,
    "POST /line-tests/runs/{id}/ears": TEST_LINES,
    "GET /line-tests/runs/{id}/calls/{call}/audio": FOLLOW_ALTAS,
    "GET /line-tests/{id}": FOLLOW_ALTAS,
    "GET /line-tests/{id}/pdf": FOLLOW_ALTAS,
    "GET /line-tests/{id}/json": FOLLOW_ALTAS,
    "GET /line-tests/{id}/calls/{call}/audio": FOLLOW_ALTAS,
    "GET /folders": FOLLOW_ALTAS,
    "POST /altas/{id}/move": TAKE_PART,
    "GET /altas/{id}/coverages.yaml": FOLLOW_ALTAS,
    "POST /altas/{id}/coverages/send": TAKE_PART,
    "GET /altas": FOLLOW_ALTAS,
    "GET /altas/times": FOLLOW_ALTAS,
    "GET /altas/times/xlsx": FOLLOW_ALTAS,
    "GET /altas/new": TAKE_PART,
    "POST /altas/new": TAKE_PART,
    "GET /altas/{id}": FOLLOW_ALTAS,
    "GET /altas/{id}/now": FOLLOW_ALTAS,
    "GET /altas/{id}/history": FOLLOW_ALTAS,
    "GET /altas/{id}/edit": TAKE_PART,
    "POST /altas/{id}/edit": TAKE_PART,
    "POST /altas/{id}/documents": TAKE_PART,
    "GET /altas/{id}/documents/{document}": FOLLOW_ALTAS,
    "POST /altas/{id}/documents/{document}/sign-off": TAKE_PART,
    "GET /altas/{id}/coverages": FOLLOW_ALTAS,
    "GET /altas/{id}/coverages/compare": FOLLOW_ALTAS,
    "GET /altas/{id}/coverages/document": FOLLOW_ALTAS,
    "GET /altas/{id}/coverages/document.pdf": FOLLOW_ALTAS,
    "POST /altas/{id}/coverages/archive": TAKE_PART,
    "POST /altas/{id}/coverages/observe": TAKE_PART,
    "GET /altas/{id}/coverages/edit": TAKE_PART,
    "POST /altas/{id}/coverages/edit": TAKE_PART,
    "POST /altas/{id}/coverages/rows": TAKE_PART,
    "POST /altas/{id}/coverages/import": TAKE_PART,
    "GET /altas/{id}/number-request": FOLLOW_ALTAS,
    "POST /altas/{id}/number-request": TAKE_PART,
    "GET /altas/{id}/number-request.pdf": FOLLOW_ALTAS,
    "POST /altas/{id}/number-request/sign": TAKE_PART,
    "POST /altas/{id}/comments": TAKE_PART,
    "POST /altas/{id}/suspend": TAKE_PART,
    "POST /altas/{id}/resume": TAKE_PART,
    "POST /altas/{id}/cancel": TAKE_PART,
    "GET /altas/{id}/steps/{step}": FOLLOW_ALTAS,
    "POST /altas/{id}/steps/{step}/finish": TAKE_PART,
    "POST /altas/{id}/steps/{step}/skip": TAKE_PART,
    "POST /altas/{id}/steps/{step}/back": TAKE_PART,
    "POST /altas/{id}/steps/{step}/reopen": TAKE_PART,
    "POST /altas/{id}/steps/{step}/sign": TAKE_PART,
    "POST /altas/{id}/steps/{step}/assign": TAKE_PART,
    "POST /altas/{id}/steps/{step}/due": TAKE_PART,
    "GET /numbers": SEE_NUMBERS,
    "POST /numbers/moves": GIVE_NUMBERS,
    "GET /numbers/export/csv": SEE_NUMBERS,
    "GET /numbers/export/xlsx": SEE_NUMBERS,
    "GET /numbers/load": GIVE_NUMBERS,
    "POST /numbers/load": GIVE_NUMBERS,
    "GET /numbers/load/template/csv": GIVE_NUMBERS,
    "GET /numbers/load/template/xlsx": GIVE_NUMBERS,
    "GET /numbers/load/{load}": GIVE_NUMBERS,
    "POST /numbers/load/{load}": GIVE_NUMBERS,
    "POST /numbers/load/{load}/drop": GIVE_NUMBERS,
    "GET /numbers/{e164}": SEE_NUMBERS,
    "POST /numbers/{e164}/moves": GIVE_NUMBERS,
    "POST /numbers/{e164}/link": GIVE_NUMBERS,
    "POST /numbers/{e164}/change": GIVE_NUMBERS,
    "POST /altas/{id}/numbers/reserve": GIVE_NUMBERS,
    "POST /altas/{id}/numbers/request": GIVE_NUMBERS,
    "POST /altas/{id}/numbers/link": GIVE_NUMBERS,
    "GET /carriers": SEE_NUMBERS,
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
    "GET /calls/{id}": READ_CASES,
    "GET /plans": FOLLOW_ALTAS,
    "GET /plans/{plan}": FOLLOW_ALTAS,
    "GET /plans/{plan}/compare": FOLLOW_ALTAS,
    "GET /plans/{plan}/text": FOLLOW_ALTAS,
    "POST /plans/{plan}/begin": WRITE_PLANS,
    "GET /plans/{plan}/edit": WRITE_PLANS,
    "POST /plans/{plan}/edit": WRITE_PLANS,
    "POST /plans/{plan}/look": WRITE_PLANS,
    "POST /plans/{plan}/change": WRITE_PLANS,
    "POST /plans/{plan}/drop-draft": WRITE_PLANS,
    "POST /plans/{plan}/restore": WRITE_PLANS,
    "GET /plans/{plan}/publish": PUBLISH,
    "POST /plans/{plan}/publish": PUBLISH,
    "GET /plans/{plan}/publishing": FOLLOW_ALTAS,
    "POST /plans/{plan}/hurry": {Role.ADMINISTRATOR},
    "POST /plans/{plan}/withdraw": PUBLISH,
    "GET /releases": FOLLOW_ALTAS,
    "GET /releases/{plan}": FOLLOW_ALTAS,
    "GET /releases/{plan}/dossier": FOLLOW_ALTAS,
    "GET /releases/{plan}/prompts/{prompt}": FOLLOW_ALTAS,
    "POST /releases/{plan}": {Role.OPERATIONS, Role.ADMINISTRATOR},
    "POST /releases/{plan}/cancel": {Role.OPERATIONS, Role.ADMINISTRATOR},
    "POST /releases/{plan}/suspend": {Role.OPERATIONS, Role.ADMINISTRATOR},
    "POST /releases/{plan}/canary": {Role.IT, Role.OPERATIONS, Role.ADMINISTRATOR},
    "GET /dossiers": FOLLOW_ALTAS,
    "GET /dossiers/{id}": FOLLOW_ALTAS,
    "GET /dossiers/{id}/pdf": FOLLOW_ALTAS,
    "GET /dossiers/{id}/file": FOLLOW_ALTAS,
    "GET /dossiers/{id}/files/{sha256}": FOLLOW_ALTAS,
    "GET /status": READ_STATUS,
    "GET /alarms/stream": EVERYBODY,
    "GET /phones": KEEP_PHONES,
    "POST /phones/{extension}/show": KEEP_PHONES,
    "POST /phones/{extension}/renew": KEEP_PHONES,
    "GET /people": SEE_PEOPLE,
    "GET /people/new": KEEP_PEOPLE,
    "POST /people/new": KEEP_PEOPLE,
    "GET /people/{name}": SEE_PEOPLE,
    "POST /people/{name}": KEEP_PEOPLE,
    "POST /people/{name}/deactivate": KEEP_PEOPLE,
    "POST /people/{name}/reactivate": KEEP_PEOPLE,
    "POST /people/{name}/invite": KEEP_PEOPLE,
    "POST /people/{name}/revoke-invitation": KEEP_PEOPLE,
    "POST /people/{name}/one-time": KEEP_PEOPLE,
    "POST /people/{name}/unlock": KEEP_PEOPLE,
    "POST /people/{name}/reset-second-factor": KEEP_PEOPLE,
    "POST /people/{name}/unlink": KEEP_PEOPLE,
    "POST /people/{name}/close-sessions": KEEP_PEOPLE,
    "POST /people/{name}/sessions/{session}/close": KEEP_PEOPLE,
    "GET /sheets": ANSWER,
    "GET /sheets/{plan}": EVERYBODY,
    "POST /sheets/{plan}": ANSWER,
    "GET /sheets/{plan}/readers": FOLLOW_ALTAS,
    "POST /sheets/{plan}/remind": TAKE_PART,
    "POST /sheets/{plan}/start-without": TAKE_PART,
    "GET /altas/{id}/letters/{kind}": TAKE_PART,
    "POST /altas/{id}/letters/{kind}": TAKE_PART,
    "GET /absences": EVERYBODY,
    "POST /absences": EVERYBODY,
    "POST /absences/{id}/end": EVERYBODY,
    "POST /account/notices": EVERYBODY,
    "GET /mail": READ_MAIL,
    "GET /mail/received": READ_MAIL,
    "GET /mail/received/{id}": READ_MAIL,
    "GET /mail/{id}": READ_MAIL,
    "POST /mail/{id}/again": KEEP_MAIL,
    "POST /mail/{id}/withdraw": KEEP_MAIL,
    "GET /prompts": SEE_PROMPTS,
    "GET /prompts/{plan}": SEE_PROMPTS,
    "GET /prompts/{plan}/read": RECORD_PROMPTS,
    "GET /prompts/{plan}/say/{prompt}/voice.wav": SEE_PROMPTS,
    "POST /prompts/{plan}/say/{prompt}": RECORD_PROMPTS,
    "POST /prompts/{plan}/say/{prompt}/waive": APPROVE_PROMPTS,
    "POST /prompts/{plan}/say/{prompt}/unwaive": APPROVE_PROMPTS,
    "GET /prompts/{plan}/recordings/{id}/heard.wav": SEE_PROMPTS,
    "GET /prompts/{plan}/recordings/{id}/original": SEE_PROMPTS,
    "POST /prompts/{plan}/recordings/{id}/approve": APPROVE_PROMPTS,
    "POST /prompts/{plan}/recordings/{id}/reject": APPROVE_PROMPTS,
    "POST /prompts/{plan}/recordings/{id}/withdraw": APPROVE_PROMPTS,
    "POST /prompts/{plan}/recordings/{id}/reconsider": APPROVE_PROMPTS,
    "GET /areas": SEE_PEOPLE,
    "POST /areas": KEEP_PEOPLE,
    "GET /areas/{name}": SEE_PEOPLE,
    "POST /areas/{name}": KEEP_PEOPLE,
    "POST /areas/{name}/members": KEEP_PEOPLE,
}


def of(row):
    """What the table says of a route."""
    return EXPECTED[f"{row.method} {row.path}"]


PARTS = {
    "id": "1",
    "extension": "101",
    "name": "ana",
    "session": "0" * 16,
    "step": "contrato",
    "plan": "hogar-nandu",
    "prompt": "saludo",
    "document": "1",
    "delivery": "1",
    "kind": "data",
    "load": "0" * 32,
    "e164": "+541143218765",
    "call": "principal-1",
    "sha256": "0" * 64,
}


def path_of(row):
    """The route's address with something in each of its places; places may say what fits (`{id:\\d+}`)."""
    return re.sub(r"{(\w+)(?::[^{}]+)?}", lambda place: PARTS.get(place[1], place[0]), row.path)


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
    async with house.at(PERSON_OF[role]) as visitor:
        for row in CLOSED:
            answer = await call(visitor, row)
            assert (answer.status == 403) is (role not in of(row)), f"{row.method} {row.path} as {role}"
            assert answer.status not in (401, 500), row.path


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
    async with house.at("nuevo") as visitor:
        for row in CLOSED:
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
    app.router.add_get("/left-out", forgotten)
    async with TestServer(app) as server, house.visit(server.make_url("/"), "raul") as visitor:
        assert (await visitor.get("/left-out")).status == 403


async def test_the_navigation_shows_what_a_role_may_follow(house):
    async with house.serving() as root:
        for role, name in PERSON_OF.items():
            async with house.visit(root, name) as visitor:
                page = await (await visitor.get("/lines")).text()
                shown = set(re.findall(r'<li><a href="(/[\w-]+)"', page))
                assert shown == {row.path for row in CLOSED if row.label and role in of(row)}


def test_every_open_door_is_known():
    doors = {row.path: row.who for row in access.ROUTES if row.who in NO_SESSION}
    assert doors == {
        "/sign-in": Open.ANYBODY,
        "/sign-in/code": Open.ANYBODY,
        "/sign-in/oidc": Open.ANYBODY,
        "/sign-in/oidc/return": Open.ANYBODY,
        "/forgotten": Open.ANYBODY,
        "/invitation/{secret}": Open.ANYBODY,
        "/healthz": Open.ANYBODY,
        "/readyz": Open.ANYBODY,
        "/metrics": Open.LOOPBACK_OR_TOKEN,
        "/api/openapi.json": Open.ANYBODY,
        "/static/{version}/{name:.+}": Open.ANYBODY,
    }


async def test_a_forbidden_page_says_what_to_do(house):
    async with house.at("carla") as visitor:
        answer = await visitor.get("/phones")
        assert answer.status == 403
        assert "pida a quien administra Altavoz" in await answer.text()
