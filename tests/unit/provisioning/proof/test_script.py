import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest

from dialplan.opening import is_holiday, is_open
from plans.model import Line, Plan, PlanVersion
from plans.site import Site
from provisioning.proof.script import MOST, Reach, script
from telephony.testcall_values import LONGEST
from tests.support.played_calls import LASTS, NOW, trials


def changed(version: PlanVersion, **changes: object) -> PlanVersion:
    written = json.dumps(version.plan.model_dump(mode="json", by_alias=True) | changes)
    plan = Plan.model_validate_json(written)
    return version.model_copy(update={"plan": plan})


def test_every_option_of_every_menu_has_a_call_that_says_where_it_leads(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    found = {id: trial.reach for id, trial in trials(versions["hogar-nandu"], site).items()}
    assert found == {
        "principal-1": Reach("queue", "cat", 10),
        "principal-2": Reach("queue", "cat"),
        "principal-9": Reach("menu", "principal"),
        "consultas-1": Reach("queue", "sac"),
        "consultas-2": Reach("queue", "sac"),
        "consultas-sin-marcar": Reach("queue", "sac"),
        "sin-marcar": Reach("queue", "cat"),
    }


def test_a_key_that_leads_to_a_menu_by_another_way_is_pressed_too(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    cat, sac, two = {"queue": "cat"}, {"queue": "sac"}, {"menu": "dos"}
    menus = {
        "uno": {"say": "principal", "choices": {"1": cat, "2": two, "3": two}, "otherwise": cat},
        "dos": {"say": "consultas", "choices": {"1": sac, "9": {"menu": "uno"}}, "otherwise": sac},
    }
    version = changed(versions["hogar-nandu"], menus=menus, answer=[{"menu": "uno"}])
    found = trials(version, site)
    assert found["uno-3"].title == "Opción 3 de «uno»"
    assert [(each.menu, each.digit) for each in found["uno-3"].chosen] == [("uno", "3"), ("dos", "1")]
    assert found["uno-3"].reach == Reach("queue", "sac")
    assert [each.prompt for each in found["dos-9"].hears][:3] == ["principal", "consultas", "principal"]
    assert found["dos-9"].reach == Reach("queue", "cat")


def test_every_key_of_the_examples_is_pressed(versions: Mapping[str, PlanVersion], site: Site) -> None:
    for version in versions.values():
        pressed = {
            (key.menu, key.digit) for trial in trials(version, site).values() for key in trial.chosen
        } | {tuple(id.rsplit("-", 1)) for id in trials(version, site)}
        keys = {(name, key) for name, menu in version.plan.menus.items() for key in menu.choices}
        assert keys <= pressed, (version.plan.id, keys - pressed)


def test_a_call_goes_through_all_menus_on_the_way(versions: Mapping[str, PlanVersion], site: Site) -> None:
    trial = trials(versions["hogar-nandu"], site)["consultas-2"]
    assert [each.digit for each in trial.keys] == [*"1234567#", "3", "2"]
    assert [each.prompt for each in trial.hears] == [
        "saludo", "aviso", "documento", "principal", "consultas", "espera",
    ]  # fmt: skip
    assert [(each.menu, each.digit) for each in trial.chosen] == [("principal", "3"), ("consultas", "2")]
    assert trial.digits == {"documento": "1234567"}


def test_who_presses_nothing_hears_the_menu_as_often_as_it_is_said(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    trial = trials(versions["hogar-nandu"], site)["sin-marcar"]
    assert [each.prompt for each in trial.hears].count("principal") == 3
    assert trial.keys == () and all(each.cut is None for each in trial.hears)


def test_a_canary_calls_each_line_once(versions: Mapping[str, PlanVersion], site: Site) -> None:
    second = Line(header="+541143218766", public=None, carrier="telecom-ar")
    lines = [*versions["hogar-nandu"].plan.lines, second]
    version = changed(versions["hogar-nandu"], lines=[line.model_dump() for line in lines])
    quick = trials(version, site, quick=True)
    assert [(trial.line.header, trial.reach) for trial in quick.values()] == [
        ("+541143218765", Reach("queue", "cat", 10)),
        ("+541143218766", Reach("queue", "cat", 10)),
    ]
    assert quick.keys() <= trials(version, site).keys()


def test_hours_are_tried_open_closed_and_on_a_holiday(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    version = versions["vial-condor"]
    found, calendar = trials(version, site), version.plan.calendars["oficina"]
    zone = ZoneInfo("America/Bogota")
    at = {id: trial.at.astimezone(zone) for id, trial in found.items() if trial.at}
    assert at.keys() == {"principal-3", "oficina-3-cerrado", "oficina-3-feriado"}
    assert is_open(calendar, "CO", at["principal-3"])
    assert not is_open(calendar, "CO", at["oficina-3-cerrado"])
    assert is_holiday("CO", at["oficina-3-feriado"].date())
    assert found["oficina-3-cerrado"].reach == Reach("callback", "sac")
    assert found["oficina-3-cerrado"].hears[-1].prompt == "cerrado"
    assert found["principal-3"].reach == Reach("queue", "sac")


def test_a_plan_that_is_closed_does_not_answer(versions: Mapping[str, PlanVersion], site: Site) -> None:
    found = trials(changed(versions["vial-condor"], hours="oficina"), site)
    shut = found["oficina-cerrado"]
    assert not shut.answered and [each.prompt for each in shut.hears] == ["cerrado"]
    assert found["principal-1"].at is not None


def test_what_no_key_leads_to_is_said(versions: Mapping[str, PlanVersion], site: Site) -> None:
    menus = {name: menu.model_dump(mode="json") for name, menu in versions["hogar-nandu"].plan.menus.items()}
    menus["otro"] = menus["consultas"]
    version = changed(versions["hogar-nandu"], menus=menus)
    said = script(version, site, dict.fromkeys(version.plan.prompts, LASTS), NOW).left_out
    assert any("el menú «otro»" in each for each in said)


def test_a_script_is_bounded_and_says_what_it_leaves_out(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    key = {"queue": "cat"}
    keys = "1234567890"
    menus = {
        f"m{at}": {"say": "principal", "choices": dict.fromkeys(keys, key), "otherwise": key} for at in keys
    }
    first = {key: {"menu": f"m{key}"} for key in keys}
    menus["principal"] = {"say": "principal", "choices": first, "otherwise": key}
    version = changed(versions["hogar-nandu"], menus=menus)
    written = script(version, site, dict.fromkeys(version.plan.prompts, LASTS), NOW)
    assert len(written.trials) == MOST
    assert any(f"una prueba hace {MOST}" in each for each in written.left_out)


@pytest.mark.parametrize("lasts", [90.0])
def test_a_call_that_would_last_too_long_is_left_out_and_said(
    versions: Mapping[str, PlanVersion], site: Site, lasts: float
) -> None:
    version = versions["hogar-nandu"]
    written = script(version, site, dict.fromkeys(version.plan.prompts, lasts), NOW)
    assert all(trial.seconds <= LONGEST for trial in written.trials)
    assert any("duraría más" in each for each in written.left_out)
