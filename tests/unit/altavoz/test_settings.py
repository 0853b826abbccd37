"""Settings come from the environment, then altavoz.yaml, then their defaults."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from altavoz import settings
from altavoz.commands.main import app
from altavoz.settings import BadSetting

ROOT = Path(__file__).parents[3]
NO_FILE = Path("does-not-exist.yaml")


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "altavoz.yaml"
    file.write_text("http: 127.0.0.1:9000\nsip: 127.0.0.1:5070\n")
    found = settings.load({"ALTAVOZ_HTTP": "127.0.0.1:9999"}, file)
    assert (found.http, found.sip, found.ami) == (
        ("127.0.0.1", 9999),
        ("127.0.0.1", 5070),
        ("127.0.0.1", 5038),
    )


def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "altavoz.yaml"
    file.write_text("sip: 127.0.0.1:5070\n")
    sources = {v.setting.key: v.source for v in settings.values({"ALTAVOZ_HTTP": "127.0.0.1:1"}, file)}
    assert (sources["http"], sources["sip"], sources["ami"]) == ("entorno", "altavoz.yaml", "por omisión")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ALTAVOZ_HTTP", "8080"),
        ("ALTAVOZ_SIP", "127.0.0.1:0"),
        ("ALTAVOZ_RTP", "20000-10000"),
        ("ALTAVOZ_PBX", "freepbx"),
        ("ALTAVOZ_PBX_NAME", "con espacio"),
        ("ALTAVOZ_TLS_CERT", "cert.pem"),
        ("ALTAVOZ_LOG", "xml"),
        ("ALTAVOZ_DATABASE", "mysql://x"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_name(variable: str, text: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        settings.load({variable: text}, NO_FILE)


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "altavoz.yaml"
    file.write_text("htpp: 127.0.0.1:9000\n")
    with pytest.raises(BadSetting, match="htpp"):
        settings.load({}, file)


@pytest.mark.parametrize("text", ["- a\n", "a: [1]\n", "a: {b: c}\n", "a: [\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "altavoz.yaml"
    file.write_text(text)
    with pytest.raises(BadSetting):
        settings.load({}, file)


def test_a_secret_is_never_shown() -> None:
    found = settings.values({"ALTAVOZ_AMI_ACTS_SECRET": "s3creta"}, NO_FILE)
    assert "s3creta" not in "".join(value.shown for value in found)


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [s.variable for s in settings.SETTINGS if f"`{s.variable}`" not in readme] == []


def test_the_container_passes_every_setting_on_and_starts_without_any() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    passed: dict[str, str] = compose["services"]["altavoz"]["environment"]
    image = (ROOT / "Dockerfile").read_text("utf-8")
    elsewhere = ("ALTAVOZ_PBX_", "ALTAVOZ_AMI_")
    assert [
        s.variable
        for s in settings.SETTINGS
        if not (s.variable in passed or s.variable in image or s.variable.startswith(elsewhere))
    ] == []
    unset = {name: re.sub(r"^\$\{\w+:?-(.*)\}$", r"\1", text) for name, text in passed.items()}
    assert settings.load(unset, NO_FILE).canary == time(4)


def test_the_readme_names_every_command_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = set(_commands(get_command(app)))
    rows = [line.split(" | ")[0] for line in readme.splitlines() if line.startswith("| `altavoz ")]
    written = [f"{text.removeprefix('altavoz ')} " for row in rows for text in re.findall(r"`([^`]+)`", row)]
    named = {text: [one for one in commands if text.startswith(f"{one} ")] for text in written}
    assert [text for text, found in named.items() if not found] == []
    assert commands - {one for found in named.values() for one in found} == {"run"}


def test_the_readme_leads_to_every_guide() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [
        guide.name for guide in (ROOT / "docs").glob("*.md") if f"(docs/{guide.name})" not in readme
    ] == []


def _commands(command: Any, *words: str) -> Iterator[str]:
    below = getattr(command, "commands", {})
    if not below:
        yield " ".join(words)
    for name, one in below.items():
        yield from _commands(one, *words, name)
