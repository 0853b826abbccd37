"""A problem of a plan or site file: where it is, which one it is, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to change in a file. `line` counts from 1; `code` is stable (docs/plan-problems.md); `path`
    leads to the value, where it is one value's.
    """

    file: str
    line: int
    code: str
    message: str
    severity: Severity = "error"
    path: tuple[str | int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.message}"


class PlanProblems(Exception):
    """Files that cannot be used as they are; `problems` holds all that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep a file from being used."""
    return tuple(problem for problem in problems if problem.severity == "error")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Without repetitions, by line within each file; the files in the order in which they first appear."""
    found = tuple(dict.fromkeys(problems))
    rank = {file: at for at, file in enumerate(dict.fromkeys(problem.file for problem in found))}
    return tuple(sorted(found, key=lambda problem: (rank[problem.file], problem.line, problem.code)))
