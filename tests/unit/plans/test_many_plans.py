"""Plans beside one another: names and numbers used once, over all files and what is live."""

from collections.abc import Callable
from pathlib import Path

import pytest

from plans.load import Loading, load_files
from plans.model import Plan
from plans.site import Site

Load = Callable[..., Loading]


@pytest.fixture
def other(examples: dict[str, str]) -> str:
    """A second Argentine plan with numbers of its own."""
    text = examples["hogar-nandu"].replace("plan: hogar-nandu", "plan: otro")
    return text.replace("+54 11 4321 8765", "+54 11 4321 0000").replace("0800-555-1234", "0800-555-0000")


def test_plans_with_numbers_of_their_own_stand_together(
    examples: dict[str, str], other: str, loading: Load
) -> None:
    found = loading(*examples.values(), other)
    assert found.problems == ()
    assert len(found.sources) == 4


@pytest.mark.parametrize(
    "written",
    [
        "+541143218765",
        "011 4321-8765",
        "(11) 4321 8765",
        "541143218765",
        "00 54 11 4321.8765",
        "+54 011 43218765",
    ],
)
def test_a_header_number_is_used_once_in_whatever_writing(
    written: str, examples: dict[str, str], other: str, loading: Load
) -> None:
    found = loading(examples["hogar-nandu"], other.replace("+54 11 4321 0000", written))
    [problem] = found.problems
    assert (problem.code, Path(problem.file).name, problem.line) == ("PLAN-114", "b.yaml", 14)
    assert "«hogar-nandu»" in problem.message
    assert [source.plan.plan for source in found.sources] == ["hogar-nandu"]


def test_a_public_number_is_used_by_one_plan(examples: dict[str, str], other: str, loading: Load) -> None:
    found = loading(examples["hogar-nandu"], other.replace("0800-555-0000", "+54 800 5551234"))
    [problem] = found.problems
    assert (problem.code, problem.line) == ("PLAN-117", 15)
    assert "«hogar-nandu»" in problem.message


def test_a_public_number_may_stand_on_two_headers_of_its_plan(
    examples: dict[str, str], changed: Callable[..., str], loading: Load
) -> None:
    line = '  - {header: "+54 11 4321 7777", public: "0800 555 1234", carrier: telecom-ar}\n'
    text = changed(examples["hogar-nandu"], ("\nprompts:", f"{line}\nprompts:"))
    assert loading(text).problems == ()


def test_a_header_of_one_plan_is_no_public_number_of_another(
    examples: dict[str, str], other: str, loading: Load
) -> None:
    found = loading(examples["hogar-nandu"], other.replace("0800-555-0000", "011 4321 8765"))
    assert [problem.code for problem in found.problems] == ["PLAN-117"]


def test_what_is_live_counts_and_is_named(plans: dict[str, Plan], other: str, loading: Load) -> None:
    text = other.replace("+54 11 4321 0000", "011 4321 8765")
    [problem] = loading(text, others=tuple(plans.values())).problems
    assert problem.code == "PLAN-114"
    assert "«hogar-nandu» que está en servicio" in problem.message


def test_a_live_plan_gives_way_to_its_new_file(
    plans: dict[str, Plan], examples: dict[str, str], loading: Load
) -> None:
    assert loading(examples["hogar-nandu"], others=tuple(plans.values())).problems == ()


def test_two_files_do_not_define_one_plan(examples: dict[str, str], other: str, loading: Load) -> None:
    found = loading(examples["hogar-nandu"], other.replace("plan: otro", "plan: hogar-nandu"))
    assert [(p.code, p.line) for p in found.problems] == [("PLAN-101", 3)]
    assert "a.yaml" in found.problems[0].message


def test_a_file_given_twice_is_one_file(examples: dict[str, str], tmp_path: Path, site: Site) -> None:
    path = tmp_path / "hogar.yaml"
    path.write_text(examples["hogar-nandu"])
    found = load_files([path, tmp_path / "." / "hogar.yaml", str(path)], site)
    assert (len(found.sources), found.problems) == (1, ())


def test_a_wrong_plan_does_not_keep_the_others_out(
    examples: dict[str, str], other: str, loading: Load
) -> None:
    found = loading(examples["hogar-nandu"].replace("queue: cat,", "queue: gato,"), other)
    assert [source.plan.plan for source in found.sources] == ["otro"]
    assert {Path(problem.file).name for problem in found.errors} == {"a.yaml"}
