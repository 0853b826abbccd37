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
from tests.unit.web.seen_from_abroad import EXPECTED, HIDDEN, REFUSED, WITHOUT
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
