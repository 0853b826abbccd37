"""What a model has at a place: the keys a mapping may have there, found by walking the type annotations."""

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def models_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[type[BaseModel], ...]:
    """The models that may stand at `path`; several where one of several is chosen."""
    types: list[Any] = [model]
    for part in path:
        types = [inner for kind in types for inner in _step(kind, part)]
    return tuple(dict.fromkeys(kind for kind in types if _is_model(kind)))


def keys_of(models: Sequence[type[BaseModel]]) -> tuple[str, ...]:
    """The keys as a file writes them, in the models' order."""
    return tuple(dict.fromkeys(info.alias or name for m in models for name, info in m.model_fields.items()))


def _step(kind: Any, part: str | int) -> Iterator[Any]:
    if _is_model(kind):
        fields = {info.alias or name: info for name, info in kind.model_fields.items()}
        if part in fields:
            yield from _bare(fields[str(part)].annotation)
        return
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(part, int):
        yield from _bare(inner[0])
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _bare(inner[1])


def _bare(kind: Any) -> Iterator[Any]:
    """The alternatives of a type without their annotations."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _bare(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for one in get_args(kind):
            yield from _bare(one)
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
