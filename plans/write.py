"""Plans written out: as YAML that reads back equal, and as the content that gives a version its name."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from plans.model import Plan, PlanVersion
from plans.scalars import needs_quotes

_LOOKS_LIKE_A_NUMBER = re.compile(r"[+\d][\d:.\- ]*")


def to_yaml(plan: Plan) -> str:
    """The plan in the format of its files: block style, keys in the model's order, defaults left out."""
    return yaml.dump(
        _content(plan),
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=1_000_000,
    )


def content_hash(plan: Plan, recordings: Mapping[str, str]) -> str:
    """SHA-256 (hex) of what the plan says and of its recordings (prompt → sound), whatever its writing.

    Defaults do not count, so that a key added to the format later changes no hash; a default never changes.
    """
    content = {"plan": _content(plan), "recordings": dict(recordings)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def version_of(plan: Plan, recordings: Mapping[str, str]) -> PlanVersion:
    """The version that this plan with these recordings (prompt → sound in the PBX) is."""
    return PlanVersion(plan=plan, hash=content_hash(plan, recordings), recordings=dict(recordings))


def _content(plan: Plan) -> dict[str, Any]:
    """Plain data, as a file would have it; dates stay dates."""
    content = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for key in ("starts", "ends"):
        if key in content:
            content[key] = date.fromisoformat(content[key])
    return {key: _worded(value) for key, value in content.items()}


def _worded(value: Any) -> Any:
    """`{hangup: true}` alone is the word `hangup`."""
    if value == {"hangup": True}:
        return "hangup"
    if isinstance(value, dict):
        return {key: _worded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_worded(inner) for inner in value]
    return value


class Dumper(yaml.SafeDumper):
    """Block style, lists indented under their key, quotes where the strict reader asks for them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if "\n" in text:
        style = "|"
    elif needs_quotes(text) or _LOOKS_LIKE_A_NUMBER.fullmatch(text):
        style = '"'
    else:
        style = None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _text)
