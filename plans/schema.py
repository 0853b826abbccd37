"""JSON Schemas of the plan and the site, for editors that complete and check while one types.

`python -m plans.schema` writes them, and the table of problems, into docs/.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from plans.codes import as_markdown
from plans.help import HELP
from plans.model import Plan
from plans.site import Site

DOCS = Path(__file__).resolve().parent.parent / "docs"


def schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a model, with the help of every key in Spanish."""
    schema = model.model_json_schema(by_alias=True, mode="validation")
    parts = schema.pop("$defs", {})
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_helped(schema, model.__name__)}
    helped = {name: _helped(part, name) for name, part in parts.items()}
    return {**top, "title": title, "$defs": helped}


def _helped(schema: dict[str, Any], name: str) -> dict[str, Any]:
    helped = {**schema, "description": HELP[name][""]}
    helped["properties"] = {
        key: {**_untitled(value), "description": HELP[name][key]}
        for key, value in schema["properties"].items()
    }
    return helped


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    """Without titles, which are the keys again; names that do not fit their pattern are refused."""
    kept = {key: value for key, value in schema.items() if key != "title"}
    return {**kept, "additionalProperties": False} if "patternProperties" in kept else kept


def documents() -> dict[str, str]:
    """What stands in docs/, by file name."""
    return {
        "plan.schema.json": _as_json(schema_of(Plan, "Plan de asistencia")),
        "site.schema.json": _as_json(schema_of(Site, "Sitio")),
        "plan-problems.md": as_markdown(),
    }


def _as_json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    for name, text in documents().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
