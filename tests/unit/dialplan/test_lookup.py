"""Whom a number answers: strangers the live version, test calls the candidate."""

import pytest

from dialplan.build import build
from dialplan.check import check
from dialplan.diff import Touched, touched
from dialplan.nodes import Dialplan
from dialplan.plan import entry_name
from dialplan.render import Rendered, render
from dialplan.served import Served, all_live
from plans.model import PlanVersion
from plans.site import Site

NUMBER, PUBLIC = "541143218765", "548005551234"
TEST = '$["${ALTAVOZ_TEST}" != "" & "${ALTAVOZ_LIVE}" = ""]'


@pytest.fixture
def nandu(versions: tuple[PlanVersion, ...]) -> PlanVersion:
    return next(version for version in versions if version.plan.plan == "hogar-nandu")


@pytest.fixture
def newer(nandu: PlanVersion) -> PlanVersion:
    return _another(nandu, "d" * 64, fantasy_name="NANDU NUEVO")


def _another(version: PlanVersion, hash: str, **changes: object) -> PlanVersion:
    plan = version.plan.model_copy(update=changes)
    return version.model_copy(update={"plan": plan, "hash": hash})


def _build(site: Site, *served: Served) -> Dialplan:
    dialplan = build(served, site, (2026,), "pbx1")
    assert check(dialplan) == []
    return dialplan


def _steps(dialplan: Dialplan, number: str = NUMBER) -> list[str]:
    shard = next(context for context in dialplan.contexts if context.name == f"did-{number[-3:]}")
    [extension] = [each for each in shard.extensions if each.pattern == number]
    return [f"{step.app}({step.data})" for step in extension.steps]


def test_a_number_without_a_candidate_costs_no_line_more(site: Site, nandu: PlanVersion) -> None:
    entry = entry_name(nandu, site)
    assert _steps(_build(site, Served(nandu))) == [f"Set(ALTAVOZ_PUBLIC={PUBLIC})", f"Goto({entry},s,1)"]


def test_a_test_call_goes_to_the_candidate_and_a_stranger_to_what_is_live(
    site: Site, nandu: PlanVersion, newer: PlanVersion
) -> None:
    assert _steps(_build(site, Served(nandu, newer))) == [
        f"Set(ALTAVOZ_PUBLIC={PUBLIC})",
        f"GotoIf({TEST}?{entry_name(newer, site)},s,1)",
        f"Goto({entry_name(nandu, site)},s,1)",
    ]


def test_strangers_are_told_by_a_number_that_only_a_candidate_has(site: Site, newer: PlanVersion) -> None:
    dialplan = _build(site, Served(None, newer))
    assert _steps(dialplan) == [
        f"Set(ALTAVOZ_PUBLIC={PUBLIC})",
        f"GotoIf({TEST}?{entry_name(newer, site)},s,1)",
        "Gosub(altavoz-inactive-AR,s,1(hogar-nandu))",
        "Hangup(31)",
    ]
    told = next(context for context in dialplan.contexts if context.name == "altavoz-inactive-AR")
    steps = [step.app for step in told.extensions[0].steps]
    assert steps == ["Gosub", "Progress", "Playback", "GotoIf", "Gosub", "Return"]
    assert told.extensions[0].steps[2].data.endswith(",noanswer")


def test_each_shows_the_public_number_of_its_own_version(
    site: Site, nandu: PlanVersion, newer: PlanVersion
) -> None:
    line = nandu.plan.lines[0]
    silent = _another(newer, "e" * 64, lines=(line.model_copy(update={"public": None}),))
    assert [step.split(",")[0] for step in _steps(_build(site, Served(silent, nandu)))] == [
        f"Set(ALTAVOZ_PUBLIC={PUBLIC})",
        f"GotoIf({TEST}?{entry_name(nandu, site)}",
        "Set(ALTAVOZ_PUBLIC=)",
        f"Goto({entry_name(silent, site)}",
    ]
    assert [step.split("(")[0] for step in _steps(_build(site, Served(nandu, silent)))] == [
        "GotoIf",
        "Set",
        "Goto",
    ]


def test_a_version_has_one_name_whether_it_is_live_or_a_candidate(
    site: Site, nandu: PlanVersion, newer: PlanVersion
) -> None:
    def contexts(*served: Served) -> set[str]:
        text = render(_build(site, *served)).files["plans.conf"]
        return {context for context in text.split("\n\n") if newer.short in context}

    as_candidate = contexts(Served(nandu, newer))
    assert as_candidate == contexts(Served(newer)) == contexts(Served(None, newer))
    assert f"[{entry_name(newer, site)}]" in "".join(as_candidate)


def test_the_name_is_another_when_the_site_changes_what_is_compiled(site: Site, nandu: PlanVersion) -> None:
    queue = site.queues["cat"].model_copy(update={"nobody": site.queues["sac"].nobody})
    moved = site.model_copy(update={"queues": {**site.queues, "cat": queue}})
    assert entry_name(nandu, moved) != entry_name(nandu, site)


def test_a_number_may_move_to_another_plan_which_is_tested_before(
    site: Site, nandu: PlanVersion, newer: PlanVersion
) -> None:
    heir = _another(newer, "f" * 64, plan="heredero")
    assert len(_steps(_build(site, Served(nandu), Served(None, heir)))) == 3
    for twice in (all_live((nandu, heir)), (Served(None, nandu), Served(None, heir))):
        codes = {fault.code for fault in check(build(twice, site, (2026,), "pbx1"))}
        assert codes == {"DIAL-105", "DIAL-107"}


def test_phones_show_no_number_that_answers_nobody(site: Site, nandu: PlanVersion) -> None:
    def shown(*served: Served) -> bool:
        text = render(_build(site, *served)).files["extensions.conf"]
        return f"?{PUBLIC}:" in text

    assert shown(Served(nandu))
    assert not shown(Served(None, nandu))


def _touched(site: Site, before: tuple[Served, ...], after: tuple[Served, ...]) -> Touched:
    def files(served: tuple[Served, ...]) -> Rendered:
        return render(_build(site, *served))

    return touched(files(before).files, files(after).files)


def test_what_happens_to_a_number_is_told_in_its_group(
    site: Site, nandu: PlanVersion, newer: PlanVersion
) -> None:
    nothing, live, replaced = (), (Served(nandu),), (Served(newer),)
    trial, both = (Served(None, nandu),), (Served(nandu, newer),)
    number = (f"+{NUMBER}",)
    cases = [
        (nothing, live, "added"),
        (nothing, trial, "trial"),
        (trial, (Served(None, newer),), "trial"),
        (live, both, "trial"),
        (both, live, "trial"),
        (trial, live, "live"),
        (both, replaced, "changed"),
        (live, replaced, "changed"),
        (live, trial, "suspended"),
        (both, (Served(None, newer),), "suspended"),
        (live, nothing, "removed"),
        (trial, nothing, "removed"),
    ]
    for before, after, group in cases:
        told = _touched(site, before, after)
        assert (getattr(told, group), told.numbers) == (number, number), (before, after, group)
