"""A value put into the text of a plan at its place; every other character stays as it was. Pure.

Scalars are put where they stand; what is not there yet is written behind its neighbour, in the style of what
is around it. Whatever comes out is read again: it says what was wanted and nothing else, or it is refused.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import yaml

from plans.scalars import needs_quotes
from plans.strict_yaml import Document, Path, read

_PLAIN = re.compile(r"[^\W\d_][\w .'/-]*[\w.]|[^\W\d_]")
_BARE = re.compile(r"[\w.%:+-]+")
_INDENT = "  "


class CannotPatch(ValueError):
    """The value cannot be put there by itself: the text itself is to be changed. The message says why."""


def put(text: str, path: Path, value: str, *, bare: bool = False, order: Sequence[str] = ()) -> str:
    """The text with a value at a path; an empty one leaves the key without a value.

    `bare` values (dates, numbers, words of the format) are written as they are, others as texts. `order` are
    the keys of the mapping in the order of the format. Raises CannotPatch.
    """
    before, root = read(text, "", "PLAN"), root_of(text)
    bare = bare and bool(_BARE.fullmatch(value))
    patched = _put(text, root, path, value, bare, order)
    _proved(before, patched, path, value)
    return patched


def replace_block(text: str, key: str, block: str) -> str:
    """The text with a key of the root, and all below it, written anew as `block`; one that is not there comes
    last. Comments within the former block go with it. Raises CannotPatch.
    """
    before, root = read(text, "", "PLAN"), root_of(text)
    found = entry(root, key)
    block = block.rstrip("\n") + "\n"
    if found is None:
        patched = text.rstrip("\n") + "\n\n" + block
    else:
        start, end = found[0].start_mark.index, line_end(text, last_of(found[1]))
        patched = text[:start] + block.rstrip("\n") + text[end:]
    _proved(before, patched, (key,))
    return patched


def root_of(text: str) -> yaml.Node:
    """The nodes of a text that the strict reader takes: no aliases, bounded in size and depth."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader) if read(text, "", "PLAN").data is not None else None
    if root is None:
        raise CannotPatch("Corrija primero el texto: así como está no se puede leer.")
    return root


def _put(text: str, root: yaml.Node, path: Path, value: str, bare: bool, order: Sequence[str]) -> str:
    holder, inside = walk(root, path[:-1])
    found = entry(holder, path[-1])
    if found is not None:
        return _replaced(text, found, value, bare, inside)
    if not isinstance(holder, yaml.MappingNode) or not isinstance(path[-1], str):
        raise CannotPatch("Eso todavía no está en el texto: agréguelo allí.")
    return _added(text, holder, path[-1], value, bare, inside, order) if value else text


def walk(node: yaml.Node, path: Path) -> tuple[yaml.Node, bool]:
    """What a path leads to, and whether it stands within braces or brackets."""
    inside = False
    for part in path:
        inside = inside or style_of(node)
        found = entry(node, part)
        if found is None:
            raise CannotPatch("Eso todavía no está en el texto: agréguelo allí.")
        node = found[1]
    return node, inside or style_of(node)


def style_of(node: yaml.Node) -> bool:
    """Whether it is written within braces or brackets."""
    return bool(getattr(node, "flow_style", False))


def entry(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """A key and its value, or an item of a list as both."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _replaced(text: str, found: tuple[yaml.Node, yaml.Node], value: str, bare: bool, inside: bool) -> str:
    key, node = found
    if not isinstance(node, yaml.ScalarNode):
        raise CannotPatch("Eso son varias cosas: cámbielas en el texto.")
    start, end = node.start_mark.index, node.end_mark.index
    if start == end:  # no value: the colon is what there is
        start = end = text.index(":", key.end_mark.index) + 1
        return f"{text[:start]} {_written(value, bare, inside, key)}{text[end:]}"
    if node.style in ("|", ">"):
        end = start + len(text[start:end].rstrip("\n"))
    return text[:start] + _written(value, bare, inside, key, node.style) + text[end:]


def _added(
    text: str,
    holder: yaml.MappingNode,
    name: str,
    value: str,
    bare: bool,
    inside: bool,
    order: Sequence[str],
) -> str:
    if inside:
        at = holder.end_mark.index - 1
        comma = ", " if holder.value else ""
        return f"{text[:at].rstrip()}{comma}{name}: {_written(value, bare, True, None)}{text[at:]}"
    key, last = _neighbour(holder, name, order)
    at = line_end(text, last_of(last))
    indent = " " * key.start_mark.column
    return f"{text[:at]}\n{indent}{name}: {_written(value, bare, False, key)}{text[at:]}"


def _neighbour(holder: yaml.MappingNode, name: str, order: Sequence[str]) -> tuple[yaml.Node, yaml.Node]:
    """The entry behind which a new one is written."""
    before = set(order[: order.index(name)]) if name in order else set()
    known: list[tuple[yaml.Node, yaml.Node]] = holder.value
    return next((pair for pair in reversed(known) if pair[0].value in before), known[-1])


def last_of(node: yaml.Node) -> int:
    """Where what a node says ends: a block's own end lies behind the comments that follow it."""
    if style_of(node) or isinstance(node, yaml.ScalarNode) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return last_of(last[1] if isinstance(last, tuple) else last)


def line_end(text: str, at: int) -> int:
    """The end of the line on which something ended; a block scalar ends on a line of its own."""
    if at and text[at - 1 : at] == "\n":
        return len(text[:at].rstrip("\n"))
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _written(value: str, bare: bool, inside: bool, key: yaml.Node | None, style: str | None = None) -> str:
    """A scalar as the text has it there: in the former style where that holds it."""
    if bare or not value:
        return value
    if key is not None and not inside and ("\n" in value or style == "|"):
        return _block(value, key.start_mark.column)
    plain = _PLAIN.fullmatch(value) and not needs_quotes(value) and ": " not in value
    return value if plain and style not in ("'", '"') else json.dumps(value, ensure_ascii=False)


def _block(value: str, column: int) -> str:
    indent = " " * column + _INDENT
    lines = value.rstrip("\n").split("\n")
    if lines[0][:1] == " ":
        return json.dumps(value, ensure_ascii=False)
    return "|\n" + "\n".join(indent + line if line else "" for line in lines)


def _proved(before: Document, patched: str, path: Path, value: str | None = None) -> None:
    """That nothing but the value at the path is different, and that it says what was wanted."""
    after = read(patched, "", "PLAN")
    right = after.data is not None and _without(after.data, path) == _without(before.data, path)
    if right and value:
        said = after.written.get(path, _at(after.data, path))
        right = isinstance(said, str) and said.rstrip("\n") == value.rstrip("\n")
    if not right:
        raise CannotPatch("Ese valor no se puede escribir solo: cámbielo en el texto.")


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _without(data: Any, path: Path) -> Any:
    """Data with a hole at a path."""
    if not path:
        return None
    part, *rest = path
    if isinstance(data, dict):
        inner = _without(data.get(part), tuple(rest)) if data.get(part) is not None else None
        return {**{key: value for key, value in data.items() if key != part}, part: inner}
    if isinstance(data, tuple) and isinstance(part, int) and part < len(data):
        return (*data[:part], _without(data[part], tuple(rest)), *data[part + 1 :])
    return data
