"""Files in, plans out: reads plan and site files, tells every problem of theirs, finds their recordings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path as File
from typing import Any

from plans.canonical import Rewritten, plan_numbers, site_numbers
from plans.check import check_plans
from plans.check_site import check_site
from plans.draft import Draft, draft
from plans.model import Plan
from plans.problems import PlanProblems, Problem, errors, in_order
from plans.raw import with_dates
from plans.site import Site
from plans.strict_yaml import Document, Path, read, read_file
from plans.words import shown


@dataclass(frozen=True)
class Source:
    """A plan as a file defines it. `lines` tells where each key stands; `recordings` are by prompt."""

    plan: Plan
    text: str
    file: str
    lines: Mapping[Path, int] = field(repr=False)
    recordings: Mapping[str, File]


@dataclass(frozen=True)
class Loading:
    """The plans of the files that have no error, and every problem of all files, warnings too."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return errors(self.problems)


def load_files(
    paths: Iterable[File | str], site: Site, others: Iterable[Plan] = (), *, today: date | None = None
) -> Loading:
    """Reads plan files and checks them over the site and over `others`, the plans that are live already.

    A live plan that a file defines anew gives way to it. Never raises for what stands in the files.
    """
    documents = [read_file(path, "PLAN") for path in _once(paths)]
    return _loading(documents, site, others, today, _recordings)


def load_texts(
    texts: Mapping[str, str], site: Site, others: Iterable[Plan] = (), *, today: date | None = None
) -> Loading:
    """The same for plans in no folder, by what their problems call them; they name no recordings."""
    documents = [read(text, name, "PLAN") for name, text in texts.items()]
    return _loading(documents, site, others, today, no_recordings)


def _loading(
    documents: list[Document],
    site: Site,
    others: Iterable[Plan],
    today: date | None,
    recordings_of: Callable[[Draft[Plan]], "Found"],
) -> Loading:
    drafts = [made for document in documents if (made := draft_plan(document)) is not None]
    found = [problem for document in documents for problem in document.problems]
    found += [problem for made in drafts for problem in made.problems]
    found += check_plans(drafts, site, others, today or datetime.now(UTC).date())
    sources = [(made, recordings_of(made)) for made in drafts]
    found += [problem for _, (_, problems) in sources for problem in problems]
    wrong = {problem.file for problem in errors(found)}
    return Loading(
        tuple(_source(made, audio) for made, (audio, _) in sources if made.file not in wrong),
        in_order(_file_first(documents, found)),
    )


def read_plan(text: str, file: str) -> Source:
    """Reads one plan without its site: what the format and its own recordings say. Raises PlanProblems."""
    document = read(text, file, "PLAN")
    made = draft_plan(document)
    audio, missing = _recordings(made) if made else ({}, [])
    found = in_order((*document.problems, *(made.problems if made else ()), *missing))
    if made is None or errors(found):
        raise PlanProblems(found)
    return _source(made, audio)


def check_stored(texts: Mapping[str, str], site: Site, *, today: date | None = None) -> tuple[Problem, ...]:
    """What is wrong on this site with plans that were applied before, by name: a site file changes too.

    Their recordings were taken in when they were applied and are not looked for again.
    """
    documents = [read(text, name, "PLAN") for name, text in texts.items()]
    drafts = [made for document in documents if (made := draft_plan(document)) is not None]
    return errors(in_order(check_plans(drafts, site, (), today or datetime.now(UTC).date())))


def load_site(path: File | str) -> Site:
    """The site of a file. Raises PlanProblems, with warnings too, when it has an error."""
    site, problems = examine_site(path)
    if site is None:
        raise PlanProblems(problems)
    return site


def examine_site(path: File | str) -> tuple[Site | None, tuple[Problem, ...]]:
    """The site of a file, None when it has an error, and every problem of it. Never raises."""
    document = read_file(File(path), "SITE")
    made = draft(document, Site, site_numbers)
    found = list(document.problems)
    if made is not None:
        found += [*made.problems, *check_site(made)]
    site = made.model if made is not None and not errors(found) else None
    return site, in_order(found)


def draft_plan(document: Document) -> Draft[Plan] | None:
    """What can be made of a plan's document; None when nothing can."""
    return draft(document, Plan, _rewrite)


def _rewrite(data: dict[str, Any]) -> Rewritten:
    return plan_numbers(with_dates(data))


def _source(made: Draft[Plan], recordings: Mapping[str, File]) -> Source:
    document = made.document
    return Source(made.model, document.text, document.file, document.lines, recordings)


def _once(paths: Iterable[File | str]) -> Iterator[File]:
    """Each file once, however often and in whatever writing it is given."""
    seen: set[str] = set()
    for path in map(File, paths):
        try:
            real = str(path.resolve())
        except (OSError, ValueError, RuntimeError):
            real = str(path)
        if real not in seen:
            seen.add(real)
            yield path


def _file_first(documents: list[Document], found: list[Problem]) -> list[Problem]:
    """The problems file by file, in the order in which the files were given."""
    by_file: dict[str, list[Problem]] = {document.file: [] for document in documents}
    for problem in found:
        by_file[problem.file].append(problem)
    return [problem for problems in by_file.values() for problem in problems]


Found = tuple[Mapping[str, File], list[Problem]]
"""The recordings of a plan by prompt, and what is wrong with those that it names."""


def no_recordings(made: Draft[Plan]) -> Found:
    """For a text in no folder: that it names recordings is a problem."""
    message = "el plan no está en una carpeta con grabaciones; deje «text» y suba la grabación en la consola"
    named = (name for name, prompt in made.model.prompts.items() if prompt.audio is not None)
    return {}, [each for name in named for each in made.problem(("prompts", name, "audio"), "134", message)]


def _recordings(made: Draft[Plan]) -> Found:
    """The recordings that a plan names, beside its file, and what is wrong with them."""
    folder = File(made.file).parent
    recordings: dict[str, File] = {}
    problems: list[Problem] = []
    for name, prompt in made.model.prompts.items():
        if prompt.audio is None:
            continue
        path, number, message = _recording(folder, prompt.audio)
        if path is None:
            problems += made.problem(("prompts", name, "audio"), number, message)
        else:
            recordings[name] = path
    return recordings, problems


def _recording(folder: File, audio: str) -> tuple[File | None, str, str]:
    """The path of a recording, or the number of the problem's code and its message."""
    try:
        home, path = folder.resolve(), (folder / audio).resolve()
        if not path.is_relative_to(home):
            return (
                None,
                "132",
                f"la grabación «{shown(audio)}» está fuera de la carpeta del plan; cópiela dentro",
            )
        if path.is_file():
            return path, "", ""
    except (OSError, ValueError, RuntimeError):
        pass
    return None, "133", f"no está la grabación «{shown(audio)}»; cópiela junto al plan o quite «audio»"
