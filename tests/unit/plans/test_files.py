"""Files as they come: missing, of another encoding, empty, huge; a problem each, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from plans.load import Loading, examine_site, load_files, load_site, load_texts, read_plan
from plans.problems import PlanProblems, Problem
from plans.site import Site
from plans.strict_yaml import MAX_BYTES, MAX_VALUES

Said = Callable[..., list[tuple[int, str]]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "PLAN-015")]),
        (b"# nada\n", [(1, "PLAN-015")]),
        (b"- a\n- b\n", [(1, "PLAN-015")]),
        (b"hola\n", [(1, "PLAN-015")]),
        ("altavoz: 1\nname: Ñandú\n".encode("latin-1"), [(2, "PLAN-002")]),
        ("altavoz: 1\n".encode("utf-16"), [(1, "PLAN-002")]),
        (b"a: \x00\n", [(1, "PLAN-016")]),
        (b"a: " + b"x" * MAX_BYTES, [(1, "PLAN-004")]),
        (b"a: [" + b"{}," * MAX_VALUES + b"]", [(1, "PLAN-004")]),
        (b"a: " + b"[" * 100 + b"]" * 100, [(1, "PLAN-012")]),
        (b"a: " + b"{a: " * 60 + b"}" * 60, [(1, "PLAN-012")]),
    ],
    ids=[
        "empty",
        "comment",
        "list",
        "text",
        "latin-1",
        "utf-16",
        "nul",
        "huge",
        "many",
        "deep-lists",
        "deep-mappings",
    ],
)
def test_what_is_no_plan_is_one_problem(content: bytes, expected: list[tuple[int, str]], said: Said) -> None:
    assert said(content) == expected


def test_a_file_that_is_not_there_and_a_folder_are_problems(tmp_path: Path, site: Site) -> None:
    found = load_files([tmp_path / "nada.yaml", tmp_path, "/dev/zero", "x\0y"], site).problems
    assert [(p.code, p.line) for p in found] == [("PLAN-001", 1)] * 4
    assert "carpeta" in found[1].message


def test_a_site_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(PlanProblems) as refusal:
        load_site(tmp_path / "nada.yaml")
    assert [problem.code for problem in refusal.value.problems] == ["SITE-001"]
    assert examine_site(tmp_path)[0] is None


def test_a_byte_order_mark_is_told_and_the_plan_is_read(
    examples: dict[str, str], loading: Callable[..., Loading]
) -> None:
    found = loading(b"\xef\xbb\xbf" + examples["hogar-nandu"].encode())
    assert [(p.code, p.severity) for p in found.problems] == [("PLAN-003", "warning")]
    assert [source.plan.plan for source in found.sources] == ["hogar-nandu"]


def test_an_alias_bomb_is_refused_at_once(said: Said) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    codes = {code for _, code in said("\n".join(levels))}
    assert "PLAN-008" in codes


def test_a_problem_is_written_as_file_line_code_and_message() -> None:
    problem = Problem("planes/hogar.yaml", 14, "PLAN-103", "el nombre es largo")
    assert str(problem) == "planes/hogar.yaml:14: PLAN-103 el nombre es largo"


def test_a_plan_read_alone_raises_all_its_problems(examples: dict[str, str]) -> None:
    text = examples["vial-condor"].replace("starts:", "stars:").replace("wait: 4s", "wait: 4")
    with pytest.raises(PlanProblems) as refusal:
        read_plan(text, "condor.yaml")
    assert [(p.line, p.code) for p in refusal.value.problems] == [(8, "PLAN-020"), (26, "PLAN-026")]
    assert "condor.yaml:8: PLAN-020" in str(refusal.value)


def test_a_source_knows_the_line_of_every_key(examples: dict[str, str]) -> None:
    source = read_plan(examples["hogar-nandu"], "hogar.yaml")
    assert source.lines[("lines", 0, "public")] == 15
    assert source.lines[("menus", "principal", "choices", "9")] == 44
    assert source.text == examples["hogar-nandu"]


def test_recordings_are_found_beside_the_plan(
    examples: dict[str, str],
    changed: Callable[..., str],
    loading: Callable[..., Loading],
    recorded: Callable[[str], Path],
) -> None:
    path = recorded("audio/saludo.wav")
    text = changed(examples["hogar-nandu"], ("saludo: {text", "saludo: {audio: audio/saludo.wav, text"))
    [source] = loading(text).sources
    assert source.recordings == {"saludo": path}


def test_a_plan_in_no_folder_names_no_file_of_a_recording(
    examples: dict[str, str], changed: Callable[..., str], site: Site
) -> None:
    text = changed(examples["hogar-nandu"], ("saludo: {text", "saludo: {audio: audio/saludo.wav, text"))
    loading = load_texts({"plan": text}, site)
    assert [str(problem).split(" ")[:2] for problem in loading.errors] == [["plan:19:", "PLAN-134"]]
    assert loading.sources == ()
    [source] = load_texts({"plan": examples["hogar-nandu"]}, site).sources
    assert (source.plan.plan, source.recordings) == ("hogar-nandu", {})


def test_a_link_that_leaves_the_folder_is_no_recording(
    examples: dict[str, str], changed: Callable[..., str], loading: Callable[..., Loading], tmp_path: Path
) -> None:
    (tmp_path / "fuera.wav").symlink_to("/etc/hostname")
    text = changed(examples["hogar-nandu"], ("saludo: {text", "saludo: {audio: fuera.wav, text"))
    assert [problem.code for problem in loading(text).problems] == ["PLAN-132"]
