"""What is applied stands for test calls; what is released answers strangers; the PBX has what is marked."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from plans.book import PlanBook
from plans.load import load_site
from plans.model import Plan
from plans.problems import PlanProblems
from plans.store import PlanStore
from provisioning.changed import Changed
from provisioning.marking import Going
from provisioning.refusals import (
    DialplanProblems,
    InventoryObjects,
    NoCandidate,
    NoReason,
    NotLive,
    NotSuspended,
    Outdated,
    Stale,
)
from provisioning.releases import ReleaseHistory
from staff.audit_table import audit
from telephony.publish import NotPublished
from tests.support.databases import fresh_engine
from tests.support.publishing import Publishing

PLANS = Path(__file__).parents[3] / "plans"
NANDU, CONDOR = PLANS / "examples/hogar-nandu.yaml", PLANS / "examples/vial-condor.yaml"
LINE = "+541143218765"
SHARD = "did-765"


@dataclass
class Desk:
    """A provisioner beside a PBX, and what it told."""

    engine: AsyncEngine
    home: Path
    told: list[Changed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = PlanStore(self.engine)
        self.starts()

    def starts(self) -> None:
        """A process begins, and finds what is on disk and in the database."""
        self.book = PlanBook()
        site = load_site(PLANS / "example-site.yaml")
        self.publishing = Publishing(self.engine, self.home, site, self.book, lambda: datetime.now(UTC))
        self.publishing.listeners = lambda: (self._breaks, self._hears)
        self.publishing.start()
        self.office, self.pbx = self.publishing.provisioner, self.publishing.pbx

    async def _breaks(self, _changed: Changed) -> None:
        raise RuntimeError("a listener that breaks keeps nobody else from knowing")

    async def _hears(self, changed: Changed) -> None:
        self.told.append(changed)

    def file(self, greeting: str) -> Path:
        """The plan of the example with another greeting."""
        path = self.home / "hogar.yaml"
        path.write_text(text(greeting), "utf-8")
        return path

    async def released(self) -> str:
        """The example answers strangers; its hash."""
        await self.office.apply([NANDU], "ana", going=Going.RELEASE, reason="sitio sin alta")
        live = self.book.of("hogar-nandu").live
        assert live is not None
        self.told.clear()
        return live.version.hash

    async def tried(self, greeting: str = "otra") -> str:
        """A changed example stands for test calls; its hash."""
        await self.office.apply([self.file(greeting)], "ana")
        candidate = self.book.of("hogar-nandu").candidate
        assert candidate is not None
        self.told.clear()
        return candidate.version.hash

    def answers(self) -> tuple[str, str]:
        """The versions that a stranger and a test call get to at the number; `-` for the sentence."""
        steps = self.pbx.contexts.get(SHARD, "")
        stranger = steps.split(",Goto(plan-hogar-nandu-")[1][:12] if ",Goto(plan-" in steps else "-"
        trial = steps.split("?plan-hogar-nandu-")[1][:12] if "?plan-" in steps else stranger
        return stranger, trial

    async def deeds(self) -> list[tuple[str, str, str]]:
        asked = select(audit.c.action, audit.c.subject, audit.c.reason).order_by(audit.c.id)
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(asked)]


def text(greeting: str) -> str:
    example = NANDU.read_text("utf-8")
    return example.replace("saludo: {text: ", f"saludo: {{text: {greeting} ")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        yield Desk(engine, tmp_path)


async def test_a_new_plan_stands_for_test_calls_only(desk: Desk) -> None:
    applied = await desk.office.apply([NANDU], "ana")
    assert applied.proposal.touched.trial == (LINE,)
    [candidate] = desk.book.candidates()
    assert desk.answers() == ("-", candidate.version.short)
    assert (desk.book.live(), desk.book.by_line(LINE)) == ((), None)
    assert desk.book.by_test(LINE) == candidate
    assert [(each.plan, each.what, each.live, each.candidate) for each in desk.told] == [
        ("hogar-nandu", "candidate", None, candidate)
    ]


async def test_a_change_of_a_released_plan_leaves_the_former_version_to_strangers(desk: Desk) -> None:
    live = await desk.released()
    trial = await desk.tried()
    assert desk.answers() == (live[:12], trial[:12])
    assert desk.book.by_line(LINE) == desk.book.of("hogar-nandu").live
    assert [number.version.hash for number in await desk.store.live()] == [live]


async def test_what_equals_the_live_version_ends_the_trial(desk: Desk) -> None:
    live = await desk.released()
    await desk.tried()
    await desk.office.apply([NANDU], "ana")
    assert desk.answers() == (live[:12], live[:12])
    assert [each.what for each in desk.told] == ["dropped"]
    assert desk.book.candidates() == ()


async def test_the_candidate_goes_live_once_and_only_as_it_was_tested(desk: Desk) -> None:
    live, trial = await desk.released(), await desk.tried()
    for other in (live, "f" * 64):
        with pytest.raises(Stale):
            await desk.office.go_live("hogar-nandu", other, "olga", "")
    await desk.office.go_live("hogar-nandu", trial, "olga", "probado por las dos áreas")
    assert desk.answers() == (trial[:12], trial[:12])
    assert [(each.what, each.by, each.reason) for each in desk.told] == [
        ("released", "olga", "probado por las dos áreas")
    ]
    with pytest.raises(Stale):
        await desk.office.go_live("hogar-nandu", trial, "olga", "")
    assert ("plan.released", "hogar-nandu", "probado por las dos áreas") in await desk.deeds()


async def test_of_two_who_release_and_apply_at_once_the_second_is_refused(desk: Desk) -> None:
    await desk.released()
    trial = await desk.tried()
    done = await asyncio.gather(
        desk.office.apply([desk.file("distinta")], "ana"),
        desk.office.go_live("hogar-nandu", trial, "olga", ""),
        return_exceptions=True,
    )
    assert [type(each) for each in done][1] is Stale
    assert desk.answers()[0] != trial[:12]


async def test_suspended_tells_strangers_and_lets_test_calls_through(desk: Desk) -> None:
    live = await desk.released()
    await desk.office.suspend("hogar-nandu", "olga", "el operador lo desvinculó")
    assert desk.answers() == ("-", live[:12])
    assert (desk.book.live(), desk.book.by_test(LINE)) == ((), desk.book.of("hogar-nandu").suspended)
    trial = await desk.tried()
    assert desk.answers() == ("-", trial[:12])
    await desk.office.resume("hogar-nandu", "olga", "volvió")
    assert desk.answers() == (live[:12], trial[:12])
    assert ("plan.suspended", "hogar-nandu", "el operador lo desvinculó") in await desk.deeds()


async def test_a_candidate_is_dropped_and_nothing_else(desk: Desk) -> None:
    live = await desk.released()
    await desk.tried()
    await desk.office.drop_candidate("hogar-nandu", "ana", "se rehace")
    assert desk.answers() == (live[:12], live[:12])
    await desk.office.apply([CONDOR], "ana")
    await desk.office.drop_candidate("vial-condor", "ana", "se rehace")
    assert [each.version.plan.plan for each in desk.book.standing()] == ["hogar-nandu"]


async def test_what_does_not_fit_how_a_plan_stands_is_refused_and_changes_nothing(desk: Desk) -> None:
    await desk.office.apply([NANDU], "ana")
    before = desk.pbx.contexts
    for refusal, attempt in (
        (NotLive, desk.office.suspend("hogar-nandu", "olga", "x")),
        (NotLive, desk.office.suspend("nada", "olga", "x")),
        (NotSuspended, desk.office.resume("hogar-nandu", "olga", "x")),
        (NoCandidate, desk.office.drop_candidate("nada", "olga", "x")),
        (NoReason, desk.office.suspend("hogar-nandu", "olga", "\u200b \u00a0")),
        (NoReason, desk.office.apply([NANDU], "olga", going=Going.RELEASE)),
        (NoReason, desk.office.apply([NANDU], "olga", going=Going.URGENT, reason="\u200b \u00a0")),
        (NotLive, desk.office.apply([NANDU], "olga", going=Going.URGENT, reason="x")),
        (Outdated, desk.office.apply([desk.file("otra")], "olga", "0" * 12)),
    ):
        with pytest.raises(refusal):
            await attempt
    assert desk.pbx.contexts == before


async def test_what_the_inventory_objects_to_is_published_only_for_a_reason(desk: Desk) -> None:
    async def objections(plan: Plan) -> Sequence[str]:
        return (f"{plan.lines[0].header} está en cuarentena",)

    desk.publishing.objections = objections
    assert (await desk.office.propose([NANDU])).objections == (f"{LINE} está en cuarentena",)
    with pytest.raises(InventoryObjects, match="está en cuarentena"):
        await desk.office.apply([NANDU], "ana")
    assert desk.book.standing() == ()
    await desk.released()
    assert desk.book.by_line(LINE) is not None


async def test_urgent_changes_what_strangers_hear_at_once_with_the_reason_kept(desk: Desk) -> None:
    live = await desk.released()
    await desk.office.apply([desk.file("urgente")], "admin", going=Going.URGENT, reason="teléfono equivocado")
    stranger, trial = desk.answers()
    assert stranger == trial != live[:12]
    assert ("plan.released", "hogar-nandu", "teléfono equivocado") in await desk.deeds()


async def test_a_roll_back_brings_back_what_was_live_and_what_was_on_trial(desk: Desk) -> None:
    live, trial = await desk.released(), await desk.tried()
    await desk.office.go_live("hogar-nandu", trial, "olga", "")
    await desk.office.rollback("olga")
    assert desk.answers() == (live[:12], trial[:12])
    stands = desk.book.of("hogar-nandu")
    assert stands.live and stands.candidate
    assert (stands.live.version.hash, stands.candidate.version.hash) == (live, trial)
    assert desk.told[-1].what == "rolled-back"
    await desk.office.rollback("olga")
    assert desk.answers() == (live[:12], live[:12])


async def test_killed_before_it_is_marked_a_publication_is_undone_at_the_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, trial = await desk.released(), await desk.tried()

    async def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(ReleaseHistory, "add", killed)
        await desk.office.suspend("hogar-nandu", "olga", "x")
    assert desk.answers() == ("-", trial[:12])
    desk.starts()
    await desk.office.republish("admin")
    assert desk.answers() == (live[:12], trial[:12])
    assert [(each.plan, each.what) for each in desk.told] == [("hogar-nandu", "standing")]
    await desk.office.rollback("olga")
    assert desk.answers() == (live[:12], live[:12]), "what nobody knows is not gone back to"


class Killed(Exception):
    """The process ends here."""


async def test_a_pbx_that_refuses_leaves_everything_as_it_was(desk: Desk) -> None:
    live, trial = await desk.released(), await desk.tried()
    desk.pbx.missing_modules = {"app_read", "pbx_config", "app_playback", "app_queue"}
    desk.pbx.reads = lambda text: text.replace(f"Goto(plan-hogar-nandu-{trial[:12]}", "Goto(nowhere")
    with pytest.raises(NotPublished):
        await desk.office.go_live("hogar-nandu", trial, "olga", "")
    desk.pbx.reads = lambda text: text
    assert desk.answers() == (live[:12], trial[:12])
    assert [each.version.hash for each in await desk.store.live()] == [live]
    assert desk.told == []


async def test_a_restart_stands_on_what_was_marked(desk: Desk) -> None:
    live, trial = await desk.released(), await desk.tried()
    desk.starts()
    published = await desk.office.republish("admin")
    assert not published.changed
    assert desk.answers() == (live[:12], trial[:12])
    assert desk.book.candidates()[0].version.hash == trial


async def test_a_plan_typed_in_the_console_is_applied_and_names_no_files(desk: Desk) -> None:
    await desk.office.apply_text(text("tipeado"), "ana")
    assert desk.book.candidates()[0].text == text("tipeado")
    with pytest.raises(PlanProblems, match="PLAN-134"):
        await desk.office.propose_text(
            NANDU.read_text("utf-8").replace("saludo: {text:", "saludo: {audio: a.wav, text:")
        )


async def test_approved_recordings_go_before_the_voice_and_make_another_version(desk: Desk) -> None:
    spoken = await desk.tried("igual")

    async def approved(plan: Plan) -> Mapping[str, str]:
        return {"saludo": "altavoz/0123456789abcdef0123", "sobra": "altavoz/9" + "0" * 19}

    desk.publishing.approved = approved
    (desk.home / "sounds/0123456789abcdef0123.wav").write_bytes(b"RIFF")
    recorded = await desk.tried("igual")
    assert recorded != spoken
    stands = desk.book.of("hogar-nandu").candidate
    assert stands is not None
    assert stands.version.recordings == {"saludo": "altavoz/0123456789abcdef0123"}
    assert "altavoz/0123456789abcdef0123" in "".join(desk.pbx.contexts.values())


async def test_the_fingerprint_names_the_context_that_calls_enter(desk: Desk) -> None:
    live, trial = await desk.released(), await desk.tried()
    names = [desk.office.entry_of("hogar-nandu", hash) for hash in (live, trial)]
    assert len({*names}) == 2
    assert all(name in desk.pbx.contexts for name in names)
    await desk.office.go_live("hogar-nandu", trial, "olga", "")
    assert desk.office.entry_of("hogar-nandu", trial) == names[1]
    with pytest.raises(LookupError):
        desk.office.entry_of("hogar-nandu", "f" * 64)


async def test_a_number_that_two_plans_would_answer_is_refused_when_it_would_go_live(desk: Desk) -> None:
    await desk.released()
    heir = desk.home / "heredero.yaml"
    heir.write_text(NANDU.read_text("utf-8").replace("plan: hogar-nandu", "plan: heredero"), "utf-8")
    with pytest.raises(PlanProblems, match="PLAN-114"):
        await desk.office.apply([heir], "ana")
    moved = text("muda").replace("4321 8765", "4321 8799").replace("555-1234", "555-1299")
    (desk.home / "hogar.yaml").write_text(moved, "utf-8")
    await desk.office.apply([desk.home / "hogar.yaml", heir], "ana")
    candidate = desk.book.of("heredero").candidate
    assert candidate is not None
    with pytest.raises(DialplanProblems, match="DIAL-107"):
        await desk.office.go_live("heredero", candidate.version.hash, "olga", "")
