"""The audit trail as people search it and take it along; what the console writes into it."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from staff.audit import Deed, write
from staff.audit_trail import AuditFilter, AuditRow
from staff.permissions import Permission
from web import audit as pages
from web.audit_rows import ACTIONS, changes
from web.sheets import csv_line


async def deed(house, *deeds):
    for each in deeds:
        async with house.engine.begin() as connection:
            await write(connection, each)


async def did(house, name):
    """What somebody did since they signed in, oldest first."""
    found = (await house.audit.page(AuditFilter(actor=name))).rows
    return [row for row in reversed(found) if not row.action.startswith("session.")]


async def test_each_reading_of_a_sheet_is_a_row_that_says_who_and_from_where(house):
    await house.rings()
    case = await house.answers()
    async with house.at("sofia") as visitor:
        for _ in range(2):
            assert (await visitor.get(f"/cases/{case}")).status == 200
        assert (await visitor.get("/cases/99")).status == 404
    found = (await house.audit.page(AuditFilter(action="case.read"))).rows
    assert [(row.actor, row.subject, row.via, row.address) for row in found] == [
        ("sofia", "AV-000001", "web", "127.0.0.1")
    ] * 2


async def test_who_lists_cases_or_calls_is_noted_with_what_was_asked(house):
    async with house.at("sofia") as visitor:
        await visitor.get("/cases?state=open")
        await visitor.get("/calls")
    assert [(row.action, row.after) for row in await did(house, "sofia")] == [
        ("case.listed", {"state": "open"}),
        ("call.listed", {}),
    ]


async def test_who_is_shown_a_telephones_secret_is_noted_and_the_secret_is_not(house):
    async with house.at("ivan") as visitor:
        shown = await (await visitor.post("/phones/101/show", Accept="text/html")).text()
    secret = await house.people.sip_secret((await house.person("ana")).id)
    (row,) = await did(house, "ivan")
    assert secret in shown and (row.action, row.subject) == ("phone.read", "101")
    assert secret not in str(row)


async def test_a_change_of_a_case_is_noted_with_before_and_after(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        for value in ("José Peña", "María Peña"):
            form = {"field": "who", "value": value}
            assert (await visitor.post(f"/cases/{case}/field", form)).status == 200
        await visitor.post(f"/cases/{case}/close", {"outcome": "wrong-number"})
    edits = (await house.audit.page(AuditFilter(action="case.changed"))).rows
    assert [(row.actor, row.before, row.after) for row in edits] == [
        ("ana", {"who": "José Peña"}, {"who": "María Peña"}),
        ("ana", {"who": ""}, {"who": "José Peña"}),
    ]


async def test_what_leads_elsewhere_shows_nothing_and_is_not_noted(house):
    await house.rings()
    await house.answers()
    async with house.at("sofia") as visitor:
        assert (await visitor.get("/cases?q=AV-000001")).status == 303
    assert await did(house, "sofia") == []


async def test_what_was_refused_is_not_noted(house):
    async with house.at("carla") as visitor:
        assert (await visitor.get("/cases")).status == 403
    assert await did(house, "carla") == []


async def test_the_page_shows_before_and_after_and_finds_by_every_filter(house):
    same = {"email": "b@x.com"}
    await deed(
        house,
        Deed("user.changed", "beto", {"roles": ["it"]} | same, {"roles": ["tmk"]} | same, "pasó a TMK"),
        Deed("token.added", "informes"),
    )
    async with house.at("aurora") as visitor:
        page = await (await visitor.get("/audit")).text()
        assert "Cambió la cuenta" in page and 'href="/people/beto"' in page
        assert re.search(r"<del>.*Sistemas</del>.*<ins>.*TMK</ins>", page) and "Motivo: pasó a TMK" in page
        assert "b@x.com" not in page
        for query in (
            "who=altavoz",
            "action=user.changed",
            "subject=beto",
            "text=paso+TMK",
            "from=2020-01-01",
        ):
            assert "pasó a TMK" in await (await visitor.get(f"/audit?{query}")).text(), query
        for query in ("who=nadie", "action=x", "subject=bet", "text=inexistente", "from=2099-01-01"):
            assert "Nada cumple con estos filtros" in await (await visitor.get(f"/audit?{query}")).text(), (
                query
            )


async def test_the_pages_of_the_trail_follow_one_another(house):
    await deed(house, *(Deed("case.read", f"AV-{n:06d}") for n in range(120)))
    async with house.at("aurora") as visitor:
        address, seen = "/audit?action=case.read", []
        while address:
            page = await (await visitor.get(address, **{"HX-Request": "true"})).text()
            seen += re.findall(r'href="/cases/\d+">(AV-\d+)<', page)
            more = re.search(r'hx-get="([^"]+)"', page)
            address = more[1].replace("&amp;", "&") if more else None
    assert seen == [f"AV-{n:06d}" for n in reversed(range(120))]


async def test_a_page_that_is_none_is_refused(house):
    async with house.at("aurora") as visitor:
        for after in ("x", "-1", "9" * 20, "1;DROP"):
            assert (await visitor.get(f"/audit?after={after}")).status == 400


HOSTILE = ("=1+1", "@SUM(A1)", "+54", "-2", "\t=1", " =1", '"; x', "<b>", "a\nb", "＝1")


async def test_a_csv_holds_what_is_filtered_and_no_formula(house):
    await deed(house, *(Deed("user.changed", text) for text in HOSTILE), Deed("token.added", "informes"))
    async with house.at("aurora") as visitor:
        answer = await visitor.get("/audit/export/csv?action=user.changed")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="auditoria-')
        assert "default-src" in answer.headers["Content-Security-Policy"]
        text = (await answer.read()).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0][0] == "Fila" and len(lines) == 1 + len(HOSTILE)
    subjects = {line[6] for line in lines[1:]}
    assert not any(subject.strip().startswith(("=", "@", "+", "-", "＝")) for subject in subjects)
    assert {"'=1+1", "<b>", "a\nb"} <= subjects


def test_a_line_of_csv_that_is_harmless_stays_as_it_is():
    assert csv_line(["Peña", 7, "a,b", None, "AV-000001"]) == 'Peña,7,"a,b",None,AV-000001\r\n'


async def test_a_workbook_holds_only_text_and_says_when_there_is_more(house, monkeypatch):
    monkeypatch.setattr(pages, "XLSX_MOST", 5)
    await deed(house, *(Deed("user.changed", text) for text in HOSTILE))
    async with house.at("aurora") as visitor:
        book = zipfile.ZipFile(io.BytesIO(await (await visitor.get("/audit/export/xlsx")).read()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and sheet.count("<row ") == 1 + 5 + 1
    assert "exporte menos días" in sheet


async def test_reading_and_exporting_the_trail_is_in_the_trail(house):
    async with house.at("aurora") as visitor:
        await visitor.get("/audit?who=ana")
        await visitor.get("/audit/export/csv?who=ana")
        await visitor.get("/audit/export/xlsx")
    assert [(row.action, row.subject) for row in await did(house, "aurora")] == [
        ("audit.read", "/audit"),
        ("audit.exported", "/audit/export/csv"),
        ("audit.exported", "/audit/export/xlsx"),
    ]


async def test_text_of_anybody_is_shown_as_text(house):
    hostile = "<img src=x onerror=alert(1)>"
    await deed(house, Deed("user.changed", hostile, {"who": hostile}, {hostile: hostile}, hostile))
    async with house.at("aurora") as visitor:
        page = await (await visitor.get("/audit")).text()
        assert "<img src=x" not in page and "&lt;img" in page


def test_every_action_that_is_written_has_its_words():
    from pathlib import Path

    root = Path(__file__).parents[3]
    files = [
        file
        for room in ("staff", "cases", "provisioning", "web", "altavoz")
        for file in (root / room).rglob("*.py")
    ]
    text = "\n".join(file.read_text("utf-8") for file in files)
    written = set(
        re.findall(r'(?:Deed|Reading|note_state|_noted)\(\s*(?:\w+\.engine, )?"([a-z]+\.[a-z-]+)"', text)
    )
    assert len(written) > 20 and written <= ACTIONS.keys(), written - ACTIONS.keys()


async def test_a_token_is_made_shown_once_and_taken_away_on_its_page(house):
    async with house.at("raul") as visitor:
        form = {"name": "Informes", "days": "90", "may": "call:read", "subsidiary": "AR"}
        page = await (await visitor.post("/tokens", form, Accept="text/html")).text()
        token = re.search(r"av_[\w-]{40,}", page)[0]
        found = await house.tokens.find(token)
        assert (found.name, found.permissions, found.made_by) == ("informes", {Permission.CALL_READ}, "raul")
        assert found.scope.subsidiaries == {"AR"} and not found.scope.accounts
        again = await (await visitor.get("/tokens")).text()
        assert token not in again and "informes" in again and "Raúl Vega" in again
        assert (await visitor.post("/tokens/informes/revoke")).status == 303
        assert await house.tokens.find(token) is None
        assert (await visitor.post("/tokens/informes/revoke")).status == 404
    assert [row.action for row in await did(house, "raul")] == ["token.added", "token.revoked"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"may": ""}, "Elija qué puede el token"),
        ({"may": "user:write"}, "Elija qué puede el token"),
        ({"days": "731"}, "de 1 a 730"),
        ({"days": "muchos"}, "de 1 a 730"),
        ({"name": "con espacio"}, "sin espacios"),
        ({"subsidiary": "ZZ"}, "ya no existe"),
        ({"account": "Inventada"}, "ya no existe"),
        ({"may": "audit:read", "subsidiary": "AR"}, "no se divide"),
    ],
)
async def test_a_token_that_cannot_be_says_why_and_keeps_what_was_typed(house, change, says):
    async with house.at("raul") as visitor:
        form = {"name": "informes", "days": "90", "may": "call:read"} | change
        answer = await visitor.post("/tokens", form, Accept="text/html")
        page = await answer.text()
        assert answer.status == 422 and says in page and f'value="{form["name"]}"' in page
    assert await house.tokens.all() == ()


async def test_a_token_from_before_is_marked(house):
    from sqlalchemy import update

    from staff.tables import api_tokens

    await house.tokens.add("viejo")
    async with house.engine.begin() as connection:
        await connection.execute(update(api_tokens).values(expires=None, made_by=None))
    async with house.at("raul") as visitor:
        assert "Sin vencimiento" in await (await visitor.get("/tokens")).text()


async def test_when_readings_cannot_be_noted_nothing_more_is_shown(house, monkeypatch):
    monkeypatch.setattr("staff.audit_readings.MOST_WAITING", 0)
    token = await house.tokens.add("informes")
    async with house.at("sofia") as visitor:
        answer = await visitor.get("/cases")
        assert answer.status == 503 and "registrar quién lee" in await answer.text()
        answer = await visitor.get("/api/v1/cases", Authorization=f"Bearer {token}")
        assert (answer.status, json.loads(await answer.text())["code"]) == (503, "not-noted")


def test_who_came_in_is_told_in_words_and_not_in_what_the_browser_sends():
    after = {
        "agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150 Safari/537.36",
        "way": "code",
        "new_place": True,
    }
    row = AuditRow(1, datetime.now(UTC), "ana", "web", None, "session.opened", "ana", {}, after, "", "")
    told = {change.field: change.after for change in changes(row, ZoneInfo("UTC"))}
    assert told == {
        "Navegador": "Chrome en Linux", "Con qué entró": "contraseña y código", "Lugar nuevo": "sí",
    }  # fmt: skip
