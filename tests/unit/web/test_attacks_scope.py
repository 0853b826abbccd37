"""Somebody of another subsidiary at every door: no row out of their sight is told, and none changes."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from cases.tables import call_events, calls, case_changes, cases
from staff.permissions import Permission
from staff.profile import PersonRefused, profile_of
from staff.roles import MAY, Role
from staff.scope import Scope
from staff.tables import people
from staff.tokens import GRANTABLE, LABELS
from tests.unit.web.test_access import NO_SESSION, path_of
from tests.unit.web.test_api_acts import sent
from web import access
from web.who import ByToken

CALL, LIVE, MISSED = "pbx1-9.1", "pbx1-9.2", "pbx1-9.3"
SECRETS = ("5550-7788", "55507788", "40555666", "Zafiro", "AV-000001", "HOGAR-SECRETO")
"""The caller's number as it is kept and as it is written, what they typed, who they are, their case."""
MEXICO = Scope(frozenset({"MX"}))
SCOPED = frozenset(Role) - {Role.ADMINISTRATOR, Role.AUDITOR}
"""Every role that may have a scope."""

HIDDEN, WITHOUT, REFUSED, OWN = "404", "without the row", "403", "no row of a subsidiary is behind it"
EXPECTED = {
    "GET /": OWN,
    "POST /sign-out": OWN,
    "GET /session": OWN,
    "GET /password": OWN,
    "POST /password": OWN,
    "GET /account": OWN,
    "POST /account/sessions/close-others": OWN,
    "POST /account/sessions/{session}/close": HIDDEN,
    "GET /account/tokens": OWN,
    "POST /account/tokens": OWN,
    "POST /account/tokens/{name}/revoke": HIDDEN,
    "GET /account/second-factor": OWN,
    "POST /account/second-factor": OWN,
    "POST /account/second-factor/remove": OWN,
    "POST /account/second-factor/codes": OWN,
    "GET /desk": WITHOUT,
    "GET /desk/stream": WITHOUT,
    "POST /desk/availability": OWN,
    "GET /cases": WITHOUT,
    "GET /cases/{id}": HIDDEN,
    "GET /cases/{id}/form": HIDDEN,
    "POST /cases/{id}/field": HIDDEN,
    "POST /cases/{id}/close": HIDDEN,
    "POST /cases/{id}/reopen": HIDDEN,
    "POST /cases/{id}/take": HIDDEN,
    "GET /calls": WITHOUT,
    "GET /calls/{id}": HIDDEN,
    "GET /mine": WITHOUT,
    "GET /line-tests": WITHOUT,
    "GET /line-tests/of/{plan}": HIDDEN,
    "POST /line-tests/of/{plan}": HIDDEN,
    "POST /line-tests/of/{plan}/by-hand": HIDDEN,
    "GET /line-tests/by-hand/{id}": HIDDEN,
    "POST /line-tests/by-hand/{id}/cancel": HIDDEN,
    "GET /line-tests/runs/{id}": HIDDEN,
    "POST /line-tests/runs/{id}/cancel": HIDDEN,
    "POST /line-tests/runs/{id}/ears": HIDDEN,
    "GET /line-tests/runs/{id}/calls/{call}/audio": HIDDEN,
    "GET /line-tests/{id}": HIDDEN,
    "GET /line-tests/{id}/pdf": HIDDEN,
    "GET /line-tests/{id}/json": HIDDEN,
    "GET /line-tests/{id}/calls/{call}/audio": HIDDEN,
    "GET /releases": WITHOUT,
    "GET /releases/{plan}": HIDDEN,
    "GET /releases/{plan}/dossier": HIDDEN,
    "GET /releases/{plan}/prompts/{prompt}": HIDDEN,
    "POST /releases/{plan}": HIDDEN,
    "POST /releases/{plan}/cancel": HIDDEN,
    "POST /releases/{plan}/suspend": HIDDEN,
    "POST /releases/{plan}/canary": HIDDEN,
    "GET /dossiers": WITHOUT,
    "GET /dossiers/{id}": HIDDEN,
    "GET /dossiers/{id}/pdf": HIDDEN,
    "GET /dossiers/{id}/file": HIDDEN,
    "GET /dossiers/{id}/files/{sha256}": HIDDEN,
    "GET /folders": WITHOUT,
    "POST /altas/{id}/move": HIDDEN,
    "GET /altas/{id}/coverages.yaml": HIDDEN,
    "POST /altas/{id}/coverages/send": HIDDEN,
    "GET /providers": WITHOUT,
    "GET /providers/zones": WITHOUT,
    "GET /providers/new": OWN,
    "POST /providers/new": OWN,
    "GET /providers/load": OWN,
    "POST /providers/load": OWN,
    "GET /providers/load/template/csv": OWN,
    "GET /providers/load/template/xlsx": OWN,
    "GET /providers/load/{load}": HIDDEN,
    "POST /providers/load/{load}": HIDDEN,
    "POST /providers/load/{load}/drop": HIDDEN,
    "GET /providers/check": WITHOUT,
    "GET /providers/check/{plan}": HIDDEN,
    "POST /providers/check/{plan}/confirm": HIDDEN,
    "POST /providers/check/{plan}/demand": HIDDEN,
    "POST /providers/check/{plan}/tasks": HIDDEN,
    "GET /providers/tasks": WITHOUT,
    "POST /providers/tasks/{id}/change": HIDDEN,
    "POST /providers/tasks/{id}/waive": HIDDEN,
    "POST /providers/tasks/{id}/reopen": HIDDEN,
    "GET /providers/{id}": HIDDEN,
    "POST /providers/{id}": HIDDEN,
    "POST /providers/{id}/state": HIDDEN,
    "POST /providers/{id}/documents": HIDDEN,
    "GET /providers/{id}/documents/{document}": HIDDEN,
    "GET /training": WITHOUT,
    "GET /training/{plan}": HIDDEN,
    "POST /training/{plan}/sessions": HIDDEN,
    "POST /training/{plan}/bases": HIDDEN,
    "POST /training/sessions/{id}/withdraw": HIDDEN,
    "POST /training/sessions/{id}/documents": HIDDEN,
    "GET /training/sessions/{id}/documents/{document}": HIDDEN,
    "GET /training/bases/{id}/file": HIDDEN,
    "POST /training/bases/{id}/end": HIDDEN,
    "GET /altas": WITHOUT,
    "GET /altas/times": WITHOUT,
    "GET /altas/times/xlsx": WITHOUT,
    "GET /altas/new": OWN,
    "POST /altas/new": OWN,
    "GET /altas/{id}": HIDDEN,
    "GET /altas/{id}/now": HIDDEN,
    "GET /altas/{id}/history": HIDDEN,
    "GET /altas/{id}/edit": HIDDEN,
    "POST /altas/{id}/edit": HIDDEN,
    "POST /altas/{id}/documents": HIDDEN,
    "GET /altas/{id}/documents/{document}": HIDDEN,
    "POST /altas/{id}/documents/{document}/sign-off": HIDDEN,
    "GET /altas/{id}/coverages": HIDDEN,
    "GET /altas/{id}/coverages/compare": HIDDEN,
    "GET /altas/{id}/coverages/document": HIDDEN,
    "GET /altas/{id}/coverages/document.pdf": HIDDEN,
    "POST /altas/{id}/coverages/archive": HIDDEN,
    "POST /altas/{id}/coverages/observe": HIDDEN,
    "GET /altas/{id}/coverages/edit": HIDDEN,
    "POST /altas/{id}/coverages/edit": HIDDEN,
    "POST /altas/{id}/coverages/rows": HIDDEN,
    "POST /altas/{id}/coverages/import": HIDDEN,
    "GET /altas/{id}/number-request": HIDDEN,
    "POST /altas/{id}/number-request": HIDDEN,
    "GET /altas/{id}/number-request.pdf": HIDDEN,
    "POST /altas/{id}/number-request/sign": HIDDEN,
    "POST /altas/{id}/comments": HIDDEN,
    "POST /altas/{id}/suspend": HIDDEN,
    "POST /altas/{id}/resume": HIDDEN,
    "POST /altas/{id}/cancel": HIDDEN,
    "GET /altas/{id}/steps/{step}": HIDDEN,
    "POST /altas/{id}/steps/{step}/finish": HIDDEN,
    "POST /altas/{id}/steps/{step}/skip": HIDDEN,
    "POST /altas/{id}/steps/{step}/back": HIDDEN,
    "POST /altas/{id}/steps/{step}/reopen": HIDDEN,
    "POST /altas/{id}/steps/{step}/sign": HIDDEN,
    "POST /altas/{id}/steps/{step}/assign": HIDDEN,
    "POST /altas/{id}/steps/{step}/due": HIDDEN,
    "GET /plans": WITHOUT,
    "GET /plans/{plan}": HIDDEN,
    "GET /plans/{plan}/compare": HIDDEN,
    "GET /plans/{plan}/text": HIDDEN,
    "POST /plans/{plan}/begin": HIDDEN,
    "GET /plans/{plan}/edit": HIDDEN,
    "POST /plans/{plan}/edit": HIDDEN,
    "POST /plans/{plan}/look": HIDDEN,
    "POST /plans/{plan}/change": HIDDEN,
    "POST /plans/{plan}/drop-draft": HIDDEN,
    "POST /plans/{plan}/restore": HIDDEN,
    "GET /plans/{plan}/publish": HIDDEN,
    "POST /plans/{plan}/publish": HIDDEN,
    "GET /plans/{plan}/publishing": HIDDEN,
    "POST /plans/{plan}/withdraw": HIDDEN,
    "POST /plans/{plan}/hurry": REFUSED,
    "GET /lines": WITHOUT,
    "GET /phones": OWN,
    "POST /phones/{extension}/show": OWN,
    "POST /phones/{extension}/renew": OWN,
    "GET /people": OWN,
    "GET /people/new": REFUSED,
    "POST /people/new": REFUSED,
    "GET /people/{name}": OWN,
    "POST /people/{name}": REFUSED,
    "POST /people/{name}/deactivate": REFUSED,
    "POST /people/{name}/reactivate": REFUSED,
    "POST /people/{name}/invite": REFUSED,
    "POST /people/{name}/revoke-invitation": REFUSED,
    "POST /people/{name}/one-time": REFUSED,
    "POST /people/{name}/unlock": REFUSED,
    "POST /people/{name}/reset-second-factor": REFUSED,
    "POST /people/{name}/unlink": REFUSED,
    "POST /people/{name}/close-sessions": REFUSED,
    "POST /people/{name}/sessions/{session}/close": REFUSED,
    "GET /areas": OWN,
    "POST /areas": REFUSED,
    "GET /areas/{name}": HIDDEN,
    "POST /areas/{name}": REFUSED,
    "POST /areas/{name}/members": REFUSED,
    "GET /prompts": WITHOUT,
    "GET /prompts/{plan}": HIDDEN,
    "GET /prompts/{plan}/read": HIDDEN,
    "GET /prompts/{plan}/say/{prompt}/voice.wav": HIDDEN,
    "POST /prompts/{plan}/say/{prompt}": HIDDEN,
    "POST /prompts/{plan}/say/{prompt}/waive": HIDDEN,
    "POST /prompts/{plan}/say/{prompt}/unwaive": HIDDEN,
    "GET /prompts/{plan}/recordings/{id}/heard.wav": HIDDEN,
    "GET /prompts/{plan}/recordings/{id}/original": HIDDEN,
    "POST /prompts/{plan}/recordings/{id}/approve": HIDDEN,
    "POST /prompts/{plan}/recordings/{id}/reject": HIDDEN,
    "POST /prompts/{plan}/recordings/{id}/withdraw": HIDDEN,
    "POST /prompts/{plan}/recordings/{id}/reconsider": HIDDEN,
    "GET /absences": WITHOUT,
    "POST /absences": HIDDEN,
    "POST /absences/{id}/end": HIDDEN,
    "POST /account/notices": OWN,
    "GET /altas/{id}/letters/{kind}": HIDDEN,
    "POST /altas/{id}/letters/{kind}": HIDDEN,
    "POST /altas/{id}/numbers/link": HIDDEN,
    "POST /altas/{id}/numbers/request": HIDDEN,
    "POST /altas/{id}/numbers/reserve": HIDDEN,
    "GET /carriers": WITHOUT,
    "GET /mail": WITHOUT,
    "GET /mail/received": WITHOUT,
    "GET /mail/received/{id}": HIDDEN,
    "GET /mail/{id}": HIDDEN,
    "POST /mail/{id}/again": HIDDEN,
    "POST /mail/{id}/withdraw": HIDDEN,
    "GET /numbers": WITHOUT,
    "GET /numbers/export/csv": WITHOUT,
    "GET /numbers/export/xlsx": WITHOUT,
    "GET /numbers/load": OWN,
    "POST /numbers/load": OWN,
    "GET /numbers/load/template/csv": OWN,
    "GET /numbers/load/template/xlsx": OWN,
    "GET /numbers/load/{load}": HIDDEN,
    "POST /numbers/load/{load}": HIDDEN,
    "POST /numbers/load/{load}/drop": HIDDEN,
    "POST /numbers/moves": OWN,
    "GET /numbers/{e164}": HIDDEN,
    "POST /numbers/{e164}/change": HIDDEN,
    "POST /numbers/{e164}/link": HIDDEN,
    "POST /numbers/{e164}/moves": HIDDEN,
    "GET /sheets": WITHOUT,
    "GET /sheets/{plan}": HIDDEN,
    "POST /sheets/{plan}": HIDDEN,
    "GET /sheets/{plan}/readers": HIDDEN,
    "POST /sheets/{plan}/remind": HIDDEN,
    "POST /sheets/{plan}/start-without": HIDDEN,
    "GET /api/v1/altas": WITHOUT,
    "GET /api/v1/altas/{id}": HIDDEN,
    "GET /api/v1/altas/{id}/coverages": HIDDEN,
    "GET /api/v1/altas/{id}/events": HIDDEN,
    "POST /api/v1/altas": OWN,
    "POST /api/v1/altas/{id}": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/finish": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/skip": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/back": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/reopen": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/assign": HIDDEN,
    "POST /api/v1/altas/{id}/steps/{step}/due": HIDDEN,
    "POST /api/v1/altas/{id}/comments": HIDDEN,
    "POST /api/v1/altas/{id}/suspend": HIDDEN,
    "POST /api/v1/altas/{id}/resume": HIDDEN,
    "POST /api/v1/altas/{id}/cancel": HIDDEN,
    "POST /api/v1/altas/{id}/move": HIDDEN,
    "POST /api/v1/altas/{id}/coverages": HIDDEN,
    "POST /api/v1/altas/{id}/documents": HIDDEN,
    "POST /api/v1/altas/{id}/documents/{document}/sign-off": HIDDEN,
    "POST /api/v1/altas/{id}/number-request": HIDDEN,
    "POST /api/v1/altas/{id}/number-request/sign": HIDDEN,
    "GET /api/v1/altas/{id}/documents": HIDDEN,
    "GET /api/v1/altas/{id}/documents/{document}": HIDDEN,
    "GET /api/v1/altas/{id}/number-request": HIDDEN,
    "GET /api/v1/numbers": WITHOUT,
    "GET /api/v1/numbers/{e164}": HIDDEN,
    "POST /api/v1/numbers/{e164}/move": HIDDEN,
    "POST /api/v1/numbers/{e164}/link": HIDDEN,
    "POST /api/v1/numbers/{e164}/change": HIDDEN,
    "POST /api/v1/number-moves": OWN,
    "POST /api/v1/number-loads": OWN,
    "GET /api/v1/number-loads/{load}": HIDDEN,
    "POST /api/v1/number-loads/{load}": HIDDEN,
    "POST /api/v1/number-loads/{load}/drop": HIDDEN,
    "POST /api/v1/altas/{id}/numbers/reserve": HIDDEN,
    "POST /api/v1/altas/{id}/numbers/request": HIDDEN,
    "POST /api/v1/altas/{id}/numbers/link": HIDDEN,
    "GET /api/v1/line-test-runs": WITHOUT,
    "POST /api/v1/line-test-runs": HIDDEN,
    "GET /api/v1/line-test-runs/{id}": HIDDEN,
    "POST /api/v1/line-test-runs/{id}/cancel": HIDDEN,
    "GET /status": OWN,
    "GET /alarms/stream": OWN,
    "GET /tokens": REFUSED,
    "POST /tokens": REFUSED,
    "POST /tokens/{name}/revoke": REFUSED,
    "GET /audit": REFUSED,
    "GET /audit/export/csv": REFUSED,
    "GET /audit/export/xlsx": REFUSED,
    "GET /api/v1/calls": WITHOUT,
    "GET /api/v1/calls/{id}": HIDDEN,
    "GET /api/v1/cases": WITHOUT,
    "GET /api/v1/cases/{id}": HIDDEN,
    "GET /api/v1/lines": WITHOUT,
    "GET /api/v1/providers": WITHOUT,
    "POST /api/v1/providers": OWN,
    "GET /api/v1/providers/{id}": HIDDEN,
    "POST /api/v1/providers/{id}": HIDDEN,
    "POST /api/v1/providers/{id}/state": HIDDEN,
    "POST /api/v1/providers/check/{plan}/confirm": HIDDEN,
    "POST /api/v1/providers/check/{plan}/demand": HIDDEN,
    "POST /api/v1/providers/check/{plan}/tasks": HIDDEN,
    "GET /api/v1/selections": WITHOUT,
    "POST /api/v1/selections/{id}/change": HIDDEN,
    "POST /api/v1/selections/{id}/waive": HIDDEN,
    "POST /api/v1/selections/{id}/reopen": HIDDEN,
    "GET /api/v1/providers/check/{plan}": HIDDEN,
    "GET /api/v1/plans": WITHOUT,
    "GET /api/v1/line-tests": WITHOUT,
    "GET /api/v1/line-tests/{id}": HIDDEN,
    "GET /api/v1/status": OWN,
    "GET /api/v1/releases": WITHOUT,
    "GET /api/v1/releases/{plan}": HIDDEN,
    "POST /api/v1/releases/{plan}": HIDDEN,
    "POST /api/v1/releases/{plan}/cancel": HIDDEN,
    "POST /api/v1/releases/{plan}/suspend": HIDDEN,
    "POST /api/v1/releases/{plan}/canary": HIDDEN,
    "GET /api/v1/prompts": WITHOUT,
    "GET /api/v1/prompts/{plan}": HIDDEN,
    "POST /api/v1/prompts/{plan}/say/{prompt}": HIDDEN,
    "POST /api/v1/prompts/{plan}/say/{prompt}/waive": HIDDEN,
    "POST /api/v1/prompts/{plan}/say/{prompt}/unwaive": HIDDEN,
    "GET /api/v1/prompts/{plan}/say/{prompt}/voice.wav": HIDDEN,
    "GET /api/v1/prompts/{plan}/recordings/{id}/heard.wav": HIDDEN,
    "GET /api/v1/prompts/{plan}/recordings/{id}/original": HIDDEN,
    "POST /api/v1/prompts/{plan}/recordings/{id}/approve": HIDDEN,
    "POST /api/v1/prompts/{plan}/recordings/{id}/reject": HIDDEN,
    "POST /api/v1/prompts/{plan}/recordings/{id}/withdraw": HIDDEN,
    "POST /api/v1/prompts/{plan}/recordings/{id}/reconsider": HIDDEN,
    "GET /api/v1/drafts": WITHOUT,
    "GET /api/v1/drafts/{plan}": HIDDEN,
    "POST /api/v1/drafts/{plan}": HIDDEN,
    "POST /api/v1/drafts/{plan}/begin": HIDDEN,
    "POST /api/v1/drafts/{plan}/drop": HIDDEN,
    "POST /api/v1/drafts/{plan}/restore": HIDDEN,
    "GET /api/v1/drafts/{plan}/diff": HIDDEN,
    "GET /api/v1/drafts/{plan}/proposal": HIDDEN,
    "POST /api/v1/drafts/{plan}/publish": HIDDEN,
    "POST /api/v1/drafts/{plan}/hurry": REFUSED,
    "POST /api/v1/drafts/{plan}/withdraw": HIDDEN,
    "GET /api/v1/drafts/{plan}/publication": HIDDEN,
    "GET /api/v1/training/{plan}": HIDDEN,
    "POST /api/v1/training/{plan}/sessions": HIDDEN,
    "POST /api/v1/training/sessions/{id}/withdraw": HIDDEN,
    "POST /api/v1/training/sessions/{id}/documents": HIDDEN,
    "GET /api/v1/training/sessions/{id}/documents/{document}": HIDDEN,
    "POST /api/v1/training/{plan}/bases": HIDDEN,
    "GET /api/v1/training/bases/{id}/file": HIDDEN,
    "POST /api/v1/training/bases/{id}/end": HIDDEN,
    "GET /api/v1/times": WITHOUT,
    "GET /api/v1/sheets/{plan}/readers": HIDDEN,
    "POST /api/v1/sheets/{plan}/remind": HIDDEN,
    "POST /api/v1/sheets/{plan}/start-without": HIDDEN,
    "GET /api/v1/absences": WITHOUT,
    "POST /api/v1/absences": HIDDEN,
    "POST /api/v1/absences/{id}/end": HIDDEN,
    "GET /api/v1/mail": WITHOUT,
    "GET /api/v1/mail/received": WITHOUT,
    "GET /api/v1/mail/received/{id}": HIDDEN,
    "GET /api/v1/mail/{id}": HIDDEN,
    "POST /api/v1/mail/{id}/again": HIDDEN,
    "POST /api/v1/mail/{id}/withdraw": HIDDEN,
    "GET /api/v1/dossiers": WITHOUT,
    "GET /api/v1/dossiers/{id}": HIDDEN,
    "GET /api/v1/dossiers/{id}/pdf": HIDDEN,
    "GET /api/v1/audit": REFUSED,
    "GET /api/docs": OWN,
}
WALKED = [row for row in access.ROUTES if row.who not in NO_SESSION]
LAST = ("/sign-out",)


def name_of(row):
    return f"{row.method} {row.path}"


@pytest.fixture
async def argentina(house):
    """Calls of the Argentine subsidiary: one whose case has an owner, one that rings, one that was missed."""
    await house.rings(CALL, caller="+5491155507788", document="40555666")
    case = await house.answers(CALL)
    await house.desk.edit(case, "who", "Zafiro HOGAR-SECRETO", "ana")
    await house.desk.edit(case, "telephone", "+5491155507788", "ana")
    await house.rings(MISSED, caller="+5491155507788", at="102", document="40555666")
    await house.hangs_up(MISSED, "abandoned", "ringing")
    await house.rings(LIVE, caller="+5491155507788", at="102", document="40555666")
    await house.people.add("mateo", SCOPED, "Mateo Cruz", "199", ["sac"], house.password)
    mateo = await house.person("mateo")
    await house.staffing.change(mateo, replace(profile_of(mateo), scope=MEXICO))
    return case


def written(row, case):
    address = path_of(row)
    if row.path.startswith(("/calls/", "/api/v1/calls/")):
        return address.replace("/1", f"/{CALL}") if "/v1/" not in row.path else f"/api/v1/calls/{CALL}"
    return address.replace("/cases/1", f"/cases/{case}")


FORMS = {
    "/cases/{id}/field": {"field": "notes", "value": "robado", "revision": "1"},
    "/cases/{id}/close": {"outcome": "resolved"},
}


async def told_by_stream(visitor):
    """What the desk's stream says to begin with, after the Argentine case was asked for."""
    async with visitor.session.ws_connect(
        visitor.root.with_path("/desk/stream"), origin=visitor.origin
    ) as socket:
        await socket.send_json({"open": [1, 2, 3], "ack": CALL})
        await socket.send_json({"ack": LIVE})
        said = [await socket.receive_str(timeout=3)]
        while "beat" not in said[-1]:
            said.append(await socket.receive_str(timeout=6))
    return 200, "\n".join(said)


async def asked(visitor, row, case, token):
    """Status and text of a route, with a form that would do something."""
    if row.path == "/desk/stream":
        return await told_by_stream(visitor)
    if row.path == "/alarms/stream":
        return 200, ""
    headers = {"Authorization": f"Bearer {token}"} if isinstance(row.who, ByToken) else {}
    if row.method == "GET":
        answer = await visitor.get(written(row, case), **headers)
    elif isinstance(row.who, ByToken):
        answer = await sent(visitor, row, token)
    else:
        answer = await visitor.post(written(row, case), FORMS.get(row.path), **headers)
    return answer.status, (await answer.read()).decode(errors="replace")


async def rows_of(house):
    async with house.engine.connect() as connection:
        return [
            [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in (cases, calls, case_changes, call_events)
        ]


def test_every_door_has_a_row_here():
    """A new route is written into this table, with what somebody of another subsidiary gets there."""
    assert {name_of(row) for row in WALKED} == set(EXPECTED)


def test_every_door_to_a_row_hides_it_or_says_why_not():
    behind_an_id = {name_of(row) for row in WALKED if "{id}" in row.path}
    assert {EXPECTED[name] for name in behind_an_id} == {HIDDEN}


async def test_nothing_of_another_subsidiary_leaves_or_changes(house, argentina):
    mateo = await house.person("mateo")
    may = [each for each in LABELS if each is not Permission.AUDIT_READ and mateo.may(each)]
    token = await house.tokens.add("espia", may, person=mateo)
    before = await rows_of(house)
    async with house.at("mateo") as visitor:
        for row in sorted(WALKED, key=lambda row: row.path in LAST):
            status, text = await asked(visitor, row, argentina, token)
            wanted = EXPECTED[name_of(row)]
            assert (status == 404) is (wanted == HIDDEN), f"{name_of(row)}: {status}"
            assert (status == 403) is (wanted == REFUSED), f"{name_of(row)}: {status}"
            assert status < 500, name_of(row)
            assert [secret for secret in SECRETS if secret in text] == [], name_of(row)
    assert await rows_of(house) == before


async def test_the_walk_would_see_the_row_of_who_may(house, argentina):
    """The same doors with the row in sight do say the secrets: the walk looks for what is really written."""
    token = await house.tokens.add("casa", set(GRANTABLE) - {Permission.AUDIT_READ})
    found = set()
    async with house.at("sofia") as visitor:
        for row in WALKED:
            if EXPECTED[name_of(row)] in (HIDDEN, WITHOUT) and row.method == "GET" and "area" not in row.path:
                _, text = await asked(visitor, row, argentina, token)
                found |= {name_of(row)} if any(secret in text for secret in SECRETS) else set()
    assert found >= {
        name
        for name in EXPECTED
        if name.split()[1].startswith(("/api/v1/c", "/cases", "/calls")) and name.startswith("GET")
    } | {"GET /desk", "GET /desk/stream"}


@pytest.mark.parametrize("typed", ["Zafiro", "7788", "+5491155507788", "AV-000001", "1", "HOGAR"])
async def test_no_search_finds_it(house, argentina, typed):
    async with house.at("mateo") as visitor:
        answer = await visitor.get(f"/cases?q={quote(typed)}", Accept="text/html")
        assert 'href="/cases/' not in await answer.text()
        if answer.status == 303:
            assert (await visitor.get(answer.headers["Location"])).status == 404


async def test_the_same_search_finds_it_for_who_may_see_it(house, argentina):
    async with house.at("sofia") as visitor:
        for typed in ("Zafiro", "7788", "+5491155507788", "HOGAR"):
            answer = await visitor.get(f"/cases?q={quote(typed)}", Accept="text/html")
            assert f'href="/cases/{argentina}"' in await answer.text(), typed


async def test_what_a_team_talks_about_is_seen_by_those_who_may_see_the_call(house, argentina):
    """The supervisor of one country sees that a coordinator is in a call, and not with whom."""
    for name, seen in (("mateo", False), ("sofia", True)):
        async with house.at(name) as visitor:
            _, text = await told_by_stream(visitor)
            team = next(json.loads(each)["regions"]["team"] for each in text.splitlines() if '"team"' in each)
            assert "En llamada" in team
            assert ("5550-7788" in team) is seen


async def test_the_audit_trail_is_for_those_who_see_everything(house, argentina):
    """It holds what was before and after in every case, of every subsidiary."""
    aurora = await house.person("aurora")
    with pytest.raises(PersonRefused):
        await house.staffing.change(aurora, replace(profile_of(aurora), scope=MEXICO))
    async with house.engine.begin() as connection:  # one made so before it was refused
        narrow = update(people).where(people.c.name == "aurora").values(subsidiaries=["MX"])
        await connection.execute(narrow)
    async with house.at("aurora") as visitor:
        for path in ("/audit", "/audit/export/csv", "/audit/export/xlsx"):
            answer = await visitor.get(path)
            assert answer.status == 403
            text = await answer.text()
            assert not any(secret in text for secret in SECRETS)


def test_whoever_reads_the_audit_trail_is_one_of_two_roles():
    assert {role for role in Role if Permission.AUDIT_READ in MAY[role]} == {Role.ADMINISTRATOR, Role.AUDITOR}
