"""Every problem there can be, told once, at its line, in its words: problems.yaml and site-problems.yaml."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from plans.codes import PLAN, READING, SITE, severity
from plans.load import Loading, examine_site

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "problems.yaml").read_text())
SITE_CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "site-problems.yaml").read_text())


def name(case: dict[str, Any]) -> str:
    return f"{case['code']} {case['says']}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_each_problem_of_a_plan_is_told_alone_where_it_is_with_what_to_write(
    case: dict[str, Any],
    examples: dict[str, str],
    changed: Callable[..., str],
    loading: Callable[..., Loading],
) -> None:
    text = changed(examples[case["in"]], *case["change"])
    found = loading(text).problems
    told = [problem for problem in found if problem.code == case["code"]]
    assert [problem.line for problem in told] == [case["line"]], found
    assert case["says"] in told[0].message
    assert sorted(p.code for p in found if p not in told) == case.get("also", [])
    assert all(problem.severity == severity(problem.code) for problem in found)


@pytest.mark.parametrize("case", SITE_CASES, ids=name)
def test_each_problem_of_a_site_is_told_alone_where_it_is_with_what_to_write(
    case: dict[str, Any], site_text: str, changed: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(changed(site_text, *case["change"]))
    site, found = examine_site(path)
    told = [problem for problem in found if problem.code == case["code"]]
    assert told and told[0].line == case["line"], found
    assert case["says"] in told[0].message
    assert sorted(p.code for p in found if p is not told[0]) == case.get("also", [])
    assert (site is None) == any(problem.severity == "error" for problem in found)


ELSEWHERE = {"PLAN-101", "PLAN-117"}
"""Problems between files, tested in test_many_plans.py."""
OF_FILES = {f"PLAN-{number}" for number in ("001", "002", "003", "004", "012", "015", "134")}
"""Problems of whole files, tested in test_files.py."""


def test_every_code_there_is_has_a_case() -> None:
    plans = {f"PLAN-{number}" for number in {**READING, **PLAN}} - ELSEWHERE - OF_FILES
    assert plans == {case["code"] for case in CASES}
    assert {f"SITE-{n}" for n in SITE} <= {case["code"] for case in SITE_CASES}
