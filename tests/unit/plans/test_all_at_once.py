"""All problems at once: those of form and those of meaning, with no echo of one in another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from plans.load import Loading, examine_site


def test_form_and_meaning_are_told_together(
    examples: dict[str, str], changed: Callable[..., str], said: Callable[..., list[tuple[int, str]]]
) -> None:
    text = changed(
        examples["hogar-nandu"],
        ("fantasy_name: ASISTENCIA ÑANDÚ", "fantasy_name: ASISTENCIA HOGAR PLUS ÑANDÚ"),
        ("scope: nacional", "escope: nacional"),
        ('"+54 11 4321 8765"', "+541143218765"),
        ("0800-555-1234", "0800-555-123"),
        ("carrier: telecom-ar", "carrier: telecom"),
        ("wait: 5s", "wait: 5"),
        ("priority: 10", "priority: 1000"),
        ("queue: cat, kind: programada", "queue: gato, kind: programada"),
        ("otherwise: {queue: sac}", "otherwise: {repeat: true}"),
        ("code: CERR", "code: PLOM"),
        ("currency: ARS", "currency: ARP"),
        ("per: year}}\n\nguide", "per: yaer}}\n\nguide"),
    )
    assert said(text) == [
        (7, "PLAN-102"),
        (11, "PLAN-020"),
        (14, "PLAN-023"),
        (15, "PLAN-115"),
        (16, "PLAN-118"),
        (38, "PLAN-026"),
        (41, "PLAN-027"),
        (42, "PLAN-150"),
        (51, "PLAN-145"),
        (62, "PLAN-171"),
        (63, "PLAN-170"),
        (69, "PLAN-025"),
    ]


def test_what_stands_after_a_wrong_step_keeps_its_line(
    examples: dict[str, str], changed: Callable[..., str], said: Callable[..., list[tuple[int, str]]]
) -> None:
    text = changed(
        examples["hogar-nandu"],
        ("- say: saludo ", "- sai: saludo "),
        ("ask: documento", "ask: dni"),
        ("code: PLOM", "cod: PLOM"),
        ("ARS, per: event}}\n  - {code: ELEC", "ARX, per: event}}\n  - {code: ELEC"),
    )
    assert said(text) == [
        (23, "PLAN-131"),
        (27, "PLAN-020"),
        (29, "PLAN-130"),
        (61, "PLAN-020"),
        (64, "PLAN-171"),
    ]


def test_a_menu_that_cannot_be_read_is_not_missed(
    examples: dict[str, str], changed: Callable[..., str], said: Callable[..., list[tuple[int, str]]]
) -> None:
    text = changed(
        examples["hogar-nandu"],
        ("  consultas:\n    say: consultas\n", "  consultas: nada\n  x:\n    say: consultas\n"),
    )
    assert (43, "PLAN-143") not in said(text)
    assert (46, "PLAN-024") in said(text)


def test_one_slip_is_one_problem(
    examples: dict[str, str], changed: Callable[..., str], said: Callable[..., list[tuple[int, str]]]
) -> None:
    text = changed(
        examples["hogar-nandu"],
        ("- menu: principal", "- menu: prinzipal"),
        ("notice: aviso", "notice: avizo"),
    )
    assert said(text) == [(28, "PLAN-130"), (33, "PLAN-143")]


@pytest.mark.parametrize(
    "key", ["plan", "name", "account", "subsidiary", "fantasy_name", "starts", "lines", "answer", "coverages"]
)
def test_a_required_key_that_is_missing_is_all_that_is_told(
    key: str, examples: dict[str, str], loading: Callable[..., Loading]
) -> None:
    kept = [line for line in examples["mascotas-ajolote"].splitlines() if not line.startswith(f"{key}:")]
    if key in ("lines", "coverages"):
        start = "  - {header" if key == "lines" else "  - {code"
        kept = [line for line in kept if not line.startswith(start)]
    found = loading("\n".join(kept))
    assert [(p.code, f"«{key}»" in p.message) for p in found.errors] == [("PLAN-021", True)]


def test_a_site_tells_form_and_meaning_together(
    site_text: str, changed: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "site.yaml"
    slips = (("ring: 15s", "ring: 15"), ("127.0.0.12", "127.0.0.11"), ("shows: plan", "muestra: plan"))
    path.write_text(changed(site_text, *slips))
    found = [(problem.line, problem.code) for problem in examine_site(path)[1]]
    assert found == [(16, "SITE-103"), (29, "SITE-026"), (44, "SITE-020")]


@pytest.mark.parametrize("wrong", ["{AR: x}", "[AR]", "3", "", "NO", "zz"])
def test_a_country_that_is_none_does_not_stop_the_reading(
    wrong: str,
    examples: dict[str, str],
    changed: Callable[..., str],
    said: Callable[..., list[tuple[int, str]]],
) -> None:
    text = changed(
        examples["hogar-nandu"], ("subsidiary: AR", f"subsidiary: {wrong}"), ("code: CERR", "code: PLOM")
    )
    found = said(text)
    assert [line for line, _ in found] == [6, 63]
    assert found[1] == (63, "PLAN-170")
