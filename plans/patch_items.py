"""Items added to the lists of a plan's text, and taken away; every other character stays as it was. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from plans.patch import CannotPatch, entry, last_of, line_end, root_of, style_of, walk
from plans.strict_yaml import Path, read

Item = Mapping[str, str] | str


def add(text: str, path: Path, key: str | None, item: Item) -> str:
    """The text with an item more at the end of a list, or under a `key` of a mapping. Raises CannotPatch."""
    holder = walk(root_of(text), path)[0]
    if key is not None and entry(holder, key) is not None:
        raise CannotPatch(f"«{key}» ya está: elija otro.")
    if not isinstance(holder, yaml.CollectionNode) or isinstance(holder, yaml.MappingNode) == (key is None):
        raise CannotPatch("Eso todavía no está en el texto: agréguelo allí.")
    written = _flow(item) if key is None else f"{_key(key)}: {_flow(item)}"
    new = _within(text, holder, written) if holder.flow_style else _below(text, holder, written, key is None)
    after, plain = _at(read(new, "", "PLAN").data, path), dict(item) if isinstance(item, Mapping) else item
    before = _at(read(text, "", "PLAN").data, path)
    wanted = (*before, plain) if key is None else {**before, key: plain}
    if after != wanted:
        raise CannotPatch("Eso no se puede agregar solo: escríbalo en el texto.")
    return new


def remove(text: str, path: Path) -> str:
    """The text without the item at a path, which stands on lines of its own. Raises CannotPatch."""
    holder = walk(root_of(text), path[:-1])[0]
    found = entry(holder, path[-1])
    if found is None or style_of(holder) or len(getattr(holder, "value", ())) < 2:
        raise CannotPatch("Eso no se puede quitar solo: bórrelo en el texto.")
    start = text.rfind("\n", 0, found[0].start_mark.index) + 1
    end = line_end(text, last_of(found[1]))
    new = text[:start] + text[end + 1 :]
    before, after = (_at(read(each, "", "PLAN").data, path[:-1]) for each in (text, new))
    if after != _less(before, path[-1]):
        raise CannotPatch("Eso no se puede quitar solo: bórrelo en el texto.")
    return new


def _within(text: str, holder: yaml.CollectionNode, written: str) -> str:
    at = holder.end_mark.index - 1
    comma = ", " if holder.value else ""
    return text[:at].rstrip() + comma + written + text[at:]


def _below(text: str, holder: yaml.CollectionNode, written: str, dash: bool) -> str:
    at = line_end(text, last_of(holder))
    indent = " " * (holder.start_mark.column)
    return f"{text[:at]}\n{indent}{'- ' if dash else ''}{written}{text[at:]}"


def _key(key: str) -> str:
    return f'"{key}"' if key.isdigit() or key in "*#" else key


def _flow(item: Item) -> str:
    if isinstance(item, str):
        return _scalar(item)
    return "{" + ", ".join(f"{name}: {_scalar(value)}" for name, value in item.items()) + "}"


def _scalar(value: str) -> str:
    """A word as it is, anything else in quotes."""
    bare = value.isascii() and value.replace("-", "").isalpha() and read(f"a: {value}", "", "PLAN").data
    return value if bare == {"a": value} else json.dumps(value, ensure_ascii=False)


def _at(data: Any, path: Path) -> Any:
    try:
        for part in path:
            data = data[part]
    except (KeyError, IndexError, TypeError):
        return None
    return data


def _less(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return {key: value for key, value in data.items() if key != part}
    assert isinstance(part, int)
    return (*data[:part], *data[part + 1 :])
