"""What is wrong with a command is said in Spanish, with what to do."""

import pytest
from typer.testing import CliRunner

from altavoz.commands import spanish
from altavoz.commands.main import app


def said(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    told: list[str] = []
    monkeypatch.setattr("sys.argv", ["altavoz", *words])
    return spanish.run(app, told.append), "\n".join(told)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nada"], "No hay un comando «nada»."),
        (["user", "ad"], "No hay un comando «ad». ¿Quiso decir 'add'?"),
        (["call", "list", "--lime"], "No hay una opción «--lime». Las parecidas: --limit, --line."),
        (["call", "list", "--zzz"], "No hay una opción «--zzz»."),
        (["call", "list", "--limit", "x"], "«--limit» lleva un número entero."),
        (["call", "list", "--limit", "0"], "«--limit» lleva 1 o más."),
        (["call", "list", "--limit", "5000"], "«--limit» lleva 1000 o menos."),
        (["call", "list", "a", "b"], "Sobra: a b."),
        (["call", "list", "--plan"], "A la opción «--plan» le falta su valor."),
        (["call", "list", "--json=1"], "La opción «--json» no lleva valor."),
        (["call", "show"], "Falta «call»."),
        (["user", "add", "ana"], "Falta «--role»."),
    ],
)
def test_a_command_that_cannot_be_is_answered_in_spanish(monkeypatch, words, sentence):
    code, told = said(monkeypatch, *words)
    assert code == 2 and told.splitlines()[0] == sentence


def test_it_says_how_the_command_goes(monkeypatch):
    _, told = said(monkeypatch, "call", "list", "--lime")
    assert "Uso: altavoz call list [OPCIONES]" in told and "Más con «altavoz call list --help»." in told


@pytest.mark.parametrize(
    "words", [["--help"], ["user", "--help"], ["user", "add", "--help"], ["status", "--help"]]
)
def test_help_has_no_english(words):
    shown = CliRunner().invoke(app, words).stdout
    assert "Uso: " in shown and "Muestra esta ayuda." in shown
    for english in ("Usage", "Options", "Arguments", "Commands", "required", "Show this", "default"):
        assert english not in shown
