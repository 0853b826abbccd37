"""Plan versions before they are published: made from what was read, and compiled with what stands already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialplan.build import build
from dialplan.check import check
from dialplan.render import Rendered, render
from dialplan.served import Served
from ivr_audio.store import SoundStore
from plans.load import Source
from plans.model import PlanVersion
from plans.site import Site
from plans.write import version_of
from provisioning.refusals import DialplanProblems

YEARS_AHEAD = 2


@dataclass(frozen=True)
class Draft:
    """A version that does not stand yet, with the text it was read from."""

    version: PlanVersion
    text: str


def draft(source: Source, sounds: SoundStore, approved: Mapping[str, str]) -> Draft:
    """The version of what was read; the recordings of its folder are taken into `sounds`, and those that are
    `approved` for its prompts (prompt → sound) go before them. Raises BadRecording.
    """
    recordings = {name: sounds.import_recording(path) for name, path in source.recordings.items()}
    recordings |= {name: sound for name, sound in approved.items() if name in source.plan.prompts}
    return Draft(version_of(source.plan, recordings), source.text)


def years_from(now: datetime) -> range:
    """The years whose public holidays a release knows."""
    return range(now.year, now.year + YEARS_AHEAD + 1)


def compile_plans(several: Sequence[Served], site: Site, years: Sequence[int], pbx: str) -> Rendered:
    """Plans to checked dialplan text. Pure. Raises DialplanProblems."""
    dialplan = build(several, site, years, pbx)
    problems = check(dialplan)
    if problems:
        raise DialplanProblems(problems)
    return render(dialplan)
