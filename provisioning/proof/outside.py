"""Whether somebody dialled a plan's numbers from outside: the only test by the carrier (P39). Pure."""

from collections.abc import Mapping

from plans.model import Line, Plan
from plans.numbers import written
from provisioning.alta.evidence import Found
from provisioning.proof.reports import Report

DIALLED = "dialled-from-outside"


def dialled(plan: Plan, reports: Mapping[str, Report]) -> Found:
    """`reports` are the newest tests by hand of the version that stands, by header number.

    Found when each line was dialled and the call passed; `link` leads to the report, or to the test by hand.
    """
    made = [reports[line.header] for line in plan.lines if line.header in reports]
    failed = [report for report in made if not report.passed]
    said = " ".join(_said(plan, line, reports.get(line.header)) for line in plan.lines)
    if failed:
        return Found(False, said, f"/line-tests/{failed[0].id}")
    if len(made) < len(plan.lines):
        return Found(False, said, f"/line-tests/of/{plan.plan}#hand-h")
    by = tuple(dict.fromkeys(report.by for report in made))
    return Found(True, said, f"/line-tests/{made[0].id}", (), max(report.ended for report in made), by)


def _said(plan: Plan, line: Line, report: Report | None) -> str:
    number = number_of(plan, line)
    if report is None:
        return f"Desde afuera nadie llamó todavía al {number}."
    if not report.passed:
        return f"La última llamada desde afuera al {number} no pasó: informe {report.id}."
    return f"Desde afuera se llamó al {number} y la llamada pasó: informe {report.id}."


def number_of(plan: Plan, line: Line) -> str:
    """What affiliates dial, as their country writes it."""
    return written(line.public or line.header, plan.subsidiary)
