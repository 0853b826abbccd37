"""What the process does for the audit trail, and the commands that read it."""

import json
import os
import pwd
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from altavoz.auditing import site_now
from altavoz.commands.main import app
from altavoz.control import ControlServer, call
from altavoz.settings import DATABASE, EXAMPLE_SITE
from db.engine import open_engine
from db.migrate import upgrade
from plans.book import Marks
from plans.load import load_files, load_site
from plans.store import PlanStore, UnknownVersion
from plans.write import version_of
from provisioning.releases import Release, ReleaseHistory, deeds, what_became
from staff.actor import current
from staff.audit import Deed, write
from staff.audit_heads import FILE, HeadKeeper, kept_heads
from staff.audit_state import note_state
from staff.audit_trail import AuditFilter, AuditTrail
from tests.unit.staff.conftest import Clock

MYSELF = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    """The database of a home that the settings name."""
    monkeypatch.setenv("ALTAVOZ_HOME", str(tmp_path))
    opened = open_engine(f"sqlite:///{tmp_path / DATABASE}")
    await upgrade(opened)
    yield opened
    await opened.dispose()


async def rows(engine: AsyncEngine, **filter: str) -> list[tuple[str, str, str]]:
    found = (await AuditTrail(engine).page(AuditFilter(**filter))).rows  # type: ignore[arg-type]
    return [(row.actor, row.action, row.subject) for row in reversed(found)]


async def does(engine: AsyncEngine, *subjects: str) -> None:
    for subject in subjects:
        async with engine.begin() as connection:
            await write(connection, Deed("case.read", subject))


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["audit", *words])
    return done.exit_code, done.output


async def test_whoever_uses_the_control_socket_is_named_by_the_operating_system(tmp_path: Path) -> None:
    async def who(_arguments: object) -> object:
        actor = current()
        return [actor.name, actor.via, actor.address]

    server = ControlServer(tmp_path, {"who/am-i": who}, ())
    await server.start()
    try:
        assert await call(tmp_path, "who/am-i", {}) == [MYSELF, "command", None]
    finally:
        await server.close()


async def test_a_file_edited_while_nobody_ran_is_a_deed_at_the_next_start(engine: AsyncEngine) -> None:
    for state in ({"ring": 15, "name": "CAT"}, {"ring": 15, "name": "CAT"}, {"ring": 20}):
        await note_state(engine, "site.changed", "sitio", state)
    page = await AuditTrail(engine).page(AuditFilter(action="site.changed"))
    assert [(row.before, row.after) for row in page.rows] == [
        ({"name": "CAT", "ring": 15}, {"name": None, "ring": 20}),
        ({}, {"name": "CAT", "ring": 15}),
    ]
    assert not await note_state(engine, "site.changed", "sitio", {"ring": 20})


async def test_the_site_is_told_flat_so_that_a_change_names_its_place(engine: AsyncEngine) -> None:
    state = site_now(load_site(EXAMPLE_SITE))
    assert "queues.cat.nobody.dial" in state or any(name.startswith("queues.cat.") for name in state)
    assert await note_state(engine, "site.changed", "sitio", state)
    assert not await note_state(engine, "site.changed", "sitio", site_now(load_site(EXAMPLE_SITE)))


def test_a_publication_names_each_plan_that_is_another_now() -> None:
    now = Clock()()
    former = Release("r1", now, "olga", live(hogar="a" * 64, vial="b" * 64, viejo="d" * 64))
    done = deeds(
        former,
        Release("r2", now, "olga", live(hogar="a" * 64, vial="c" * 64), "urgente"),
        "release.published",
        {"b" * 64: ("+541143218765",), "c" * 64: ("+541143218765", "+548105551234")},
    )
    assert [(each.action, each.subject, each.before, each.after) for each in done] == [
        ("release.published", "r2", {"release": "r1"}, {}),
        (
            "plan.released",
            "vial",
            {"version": "b" * 12, "numbers": ["+541143218765"]},
            {"version": "c" * 12, "numbers": ["+541143218765", "+548105551234"]},
        ),
        ("plan.withdrawn", "viejo", {"version": "d" * 12}, {}),
    ]
    assert {each.reason for each in done} == {"urgente"}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (Marks(), Marks(None, "a"), "candidate"),
        (Marks(None, "a"), Marks("a"), "released"),
        (Marks("a"), Marks("a", "b"), "candidate"),
        (Marks("a", "b"), Marks("a", "c"), "candidate"),
        (Marks("a", "b"), Marks("a"), "dropped"),
        (Marks("a", "b"), Marks("b"), "released"),
        (Marks("a", "b"), Marks("a", "b", suspended=True), "suspended"),
        (Marks("a", "b", suspended=True), Marks("a", "b"), "resumed"),
        (Marks("a", "b", suspended=True), Marks("b"), "released"),
        (Marks("a", suspended=True), Marks(), "withdrawn"),
        (Marks("a"), Marks(), "withdrawn"),
        (Marks("a", "b"), Marks("a", "b"), None),
    ],
)
def test_what_became_of_a_plan_is_told_by_what_stood_and_stands(
    before: Marks, after: Marks, what: str | None
) -> None:
    assert what_became(before, after) == what


async def test_a_publication_is_kept_together_with_its_deeds_and_marks(engine: AsyncEngine) -> None:
    history, store = ReleaseHistory(engine), PlanStore(engine)
    plan = (
        load_files([EXAMPLE_SITE.parent / "examples/hogar-nandu.yaml"], load_site(EXAMPLE_SITE))
        .sources[0]
        .plan
    )
    version = version_of(plan, {})
    await store.save(version, "t", "olga", Clock()())
    trial = {plan.plan: Marks(None, version.hash)}
    await history.add(Release("r1", Clock()(), "olga", trial), "release.published")
    assert await store.marks() == trial
    await history.add(Release("r0", Clock()(), "olga", {}), "release.rolled-back")
    assert await store.marks() == {}
    assert [(action, subject) for _, action, subject in await rows(engine)] == [
        ("release.published", "r1"),
        ("plan.candidate", plan.plan),
        ("release.rolled-back", "r0"),
        ("plan.changed", plan.plan),
    ]
    kept = await history.of("r1")
    assert kept is not None and kept.marks == trial
    assert await history.known() == {"r0", "r1"}


async def test_a_version_that_was_never_saved_leaves_no_publication(engine: AsyncEngine) -> None:
    history = ReleaseHistory(engine)
    with pytest.raises(UnknownVersion):
        await history.add(Release("r1", Clock()(), "olga", live(hogar="a" * 64)), "release.published")
    assert await history.last() is None
    assert await rows(engine) == []


def live(**versions: str) -> dict[str, Marks]:
    return {plan: Marks(hash) for plan, hash in versions.items()}


async def test_verify_says_it_is_whole_and_gives_a_head_to_keep(engine: AsyncEngine, tmp_path: Path) -> None:
    await does(engine, "1", "2", "3")
    await HeadKeeper(engine, tmp_path / FILE).note(lambda _: None)
    head = kept_heads(tmp_path / FILE)[-1]
    code, said = await in_thread("verify")
    assert code == 0 and "Íntegra: 3 filas" in said and f"3:{head.hash}" in said.replace("\n", "")


async def test_verify_ends_with_1_and_names_the_first_row(engine: AsyncEngine, tmp_path: Path) -> None:
    await does(engine, "1", "2", "3", "4")
    await HeadKeeper(engine, tmp_path / FILE).note(lambda _: None)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        await connection.exec_driver_sql("DELETE FROM audit WHERE id > 2")
    code, said = await in_thread("verify")
    assert code == 1 and "La fila 3 falta: se cortó el final" in said
    code, said = await in_thread("verify", "--json")
    assert code == 1 and json.loads(said)["broken"]["id"] == 3


async def test_verify_takes_a_head_that_was_kept_elsewhere(engine: AsyncEngine) -> None:
    await does(engine, "1", "2")
    assert (await in_thread("verify", "--head", f"2:{'0' * 64}"))[0] == 1
    assert (await in_thread("verify", "--head", "dos"))[0] == 2


async def test_list_and_export_tell_what_is_there_and_are_told_themselves(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await does(engine, "=cmd", "AV-000002")
    listed = json.loads((await in_thread("list", "--json", "--subject", "AV-000002"))[1])
    assert [row["subject"] for row in listed] == ["AV-000002"]
    assert (await in_thread("export", "--form", "csv", "--out", str(tmp_path / "a.csv")))[0] == 0
    assert ",'=cmd," in (tmp_path / "a.csv").read_text("utf-8")
    code, said = await in_thread("export", "--action", "case.read")
    assert code == 0
    assert [json.loads(line)["subject"] for line in said.splitlines()] == ["AV-000002", "=cmd"]
    assert [each for each in await rows(engine) if each[0] == MYSELF] == [
        (MYSELF, "audit.read", "auditoría"),
        (MYSELF, "audit.exported", "auditoría"),
        (MYSELF, "audit.exported", "auditoría"),
    ]


async def test_reading_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALTAVOZ_HOME", str(tmp_path / "nada"))
    code, said = await in_thread("verify")
    assert code == 3 and "no hay datos todavía" in said
    assert not (tmp_path / "nada").exists()


async def in_thread(*words: str) -> tuple[int, str]:
    """The commands run a loop of their own."""
    import asyncio

    return await asyncio.to_thread(run, *words)
