"""Strangers are let in by the command line only for a reason, before anything is asked of the instance."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from altavoz.commands.main import app

NANDU = str(Path(__file__).parents[3] / "plans/examples/hogar-nandu.yaml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--release",), "--reason"),
        (("--urgent", "--reason", "  "), "--reason"),
        (("--release", "--urgent", "--reason", "x"), "no los dos"),
    ],
)
def test_a_plan_is_not_released_without_a_reason(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALTAVOZ_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["plan", "apply", NANDU, *words])
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_without_an_instance_nothing_is_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALTAVOZ_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["plan", "apply", NANDU, "--release", "--reason", "ejemplo"])
    assert done.exit_code == 3 and "no está en marcha" in done.output
