"""The schemas in docs/ are those of the models, and say in Spanish what every key is for."""

from typing import Any

import pytest

from plans.help import HELP
from plans.model import Plan
from plans.schema import DOCS, documents, main, schema_of
from plans.site import Site


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_documents_are_as_the_code_has_them(name: str) -> None:
    assert (DOCS / name).read_text() == documents()[name], "run: python -m plans.schema"


def test_the_documents_are_written_by_one_command(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plans.schema.DOCS", tmp_path / "docs")
    main()
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(documents())


@pytest.mark.parametrize("model", [Plan, Site])
def test_every_key_has_its_help_in_spanish(model: type[Plan] | type[Site]) -> None:
    schema = schema_of(model, "x")
    for name, part in {model.__name__: schema, **schema["$defs"]}.items():
        assert part["description"], name
        assert all(value["description"] for value in part["properties"].values()), name
        assert set(part["properties"]) == set(HELP[name]) - {""}, name
        assert part["additionalProperties"] is False


def test_an_editor_completes_the_values() -> None:
    schema = schema_of(Plan, "Plan")
    parts = schema["$defs"]
    assert "emergencia" in parts["Coverage"]["properties"]["kind"]["enum"]
    assert parts["Menu"]["properties"]["wait"]["type"] == "string"
    assert parts["Line"]["properties"]["header"]["type"] == "string"
    assert parts["WeekRow"]["required"] == ["days", "from", "to"]
    assert {"const": "hangup", "type": "string"} in parts["Waiting"]["properties"]["then"]["anyOf"]
    assert schema["properties"]["menus"]["additionalProperties"] is False
    assert schema["properties"]["starts"]["format"] == "date"
