"""From a document to a model, and as much of one as the document allows when something in it is wrong.

All problems are told at once: what the models refuse is set aside, so that the checks of meaning can look at
the rest. Nothing is told twice, and nothing is told about what was set aside.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from plans.canonical import Rewritten, texts
from plans.codes import severity
from plans.messages import explain
from plans.problems import Problem
from plans.raw import look, walk
from plans.salvage import Salvaged, around, follows, refused, salvage
from plans.strict_yaml import Document, Path, Unreadable
from plans.words import few

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Draft(Generic[M]):
    """What could be made of a document; the model is whole and true when the `problems` hold no error.

    `broken` are the document's places that have a problem already, `mentioned` the texts that were set aside:
    what they name is in use.
    """

    document: Document
    salvaged: Salvaged[M]
    problems: tuple[Problem, ...]
    broken: frozenset[Path]
    mentioned: frozenset[str]

    @property
    def model(self) -> M:
        return self.salvaged.model

    @property
    def file(self) -> str:
        return self.document.file

    def names(self, section: str) -> frozenset[str]:
        """The names that a section (`menus`) defines, also of what could not be read."""
        found = self.document.data.get(section)
        return frozenset(found) if isinstance(found, dict) else frozenset()

    def place(self, path: Path) -> Path:
        """Where a path of the model's data stands, or would stand, in the document."""
        known = next(n for n in range(len(path), -1, -1) if path[:n] in self.salvaged.origin)
        return (*self.salvaged.origin[path[:known]], *path[known:])

    def problem(self, path: Path, number: str, message: str) -> Iterator[Problem]:
        """The problem at a path of the model's data; nothing when that place has one already."""
        place = self.place(path)
        if not _inside(place, self.broken):
            yield _problem(self.document, place, number, message)


def draft(
    document: Document, model: type[M], rewrite: Callable[[dict[str, Any]], Rewritten]
) -> Draft[M] | None:
    """What can be made of a document; None when nothing can, which its own problems explain."""
    if document.data is None:
        return None
    data, bad_numbers = rewrite(document.data)
    faults = tuple(look(document.data))
    unread = {path for path, value in walk(document.data) if isinstance(value, Unreadable)}
    wrong = unread | {path for path, _, _ in faults}
    told = tell(list(refused(model, data)), document, model, wrong)
    salvaged = salvage(model, data, wrong)
    if salvaged is None:
        return None
    aside = salvaged.dropped | salvaged.filled
    return Draft(
        document,
        salvaged,
        (*(_problem(document, *fault) for fault in (*faults, *bad_numbers)), *told),
        aside | {path for path, _, _ in bad_numbers},
        frozenset(text for path in salvaged.dropped for text in texts(_at(document.data, path))),
    )


def _problem(document: Document, path: Path, number: str, message: str) -> Problem:
    code = f"{document.prefix}-{number}"
    return Problem(document.file, document.line(path), code, message, severity(code), path)


def tell(
    found: list[tuple[Path, ErrorDetails]], document: Document, model: type[BaseModel], wrong: set[Path]
) -> list[Problem]:
    """The problems of what was refused, without those that another one explains."""
    unknown: defaultdict[Path, list[str]] = defaultdict(list)
    for path, error in found:
        if error["type"] == "extra_forbidden":
            unknown[path[:-1]].append(str(path[-1]))
    holders = around((*(path for path, _ in found), *wrong))
    return [
        _problem(document, path, *explain(error, path, document, model))
        for path, error in found
        if not (_inside(path, wrong) or follows(path, error, holders) or _is_slip(path, error, unknown))
    ]


def _inside(path: Path, places: Collection[Path]) -> bool:
    return any(path[:n] in places for n in range(len(path) + 1))


def _is_slip(path: Path, error: ErrorDetails, unknown: Mapping[Path, list[str]]) -> bool:
    """A missing key that stands there after all, with a slip of the pen; `unknown` keys are by place."""
    beside = few(unknown.get(path[:-1], [])) if error["type"] == "missing" else []
    return bool(get_close_matches(str(path[-1]), beside, n=1, cutoff=0.6))


def _at(data: Any, path: Path) -> Any:
    """The value at a path; None when there is none."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
