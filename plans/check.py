"""What plans mean, checked over all of them and the site. Pure: values in, problems out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from plans import check_flow, check_hours, check_lines, check_terms
from plans.draft import Draft
from plans.model import Plan
from plans.problems import Problem
from plans.raw import Fault
from plans.site import Site

Check = Callable[[Draft[Plan], Site], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    *check_lines.CHECKS,
    *check_flow.CHECKS,
    *check_hours.CHECKS,
    *check_terms.CHECKS,
)


def check_plans(
    drafts: Sequence[Draft[Plan]], site: Site, others: Iterable[Plan], today: date
) -> Iterator[Problem]:
    """Every problem of meaning. `others` are plans live already; those given here again are left out."""
    for draft in drafts:
        yield from check_plan(draft, site, today)
    given = {draft.model.plan for draft in drafts}
    yield from check_lines.plans_are_named_once(drafts)
    yield from check_lines.numbers_are_used_once(drafts, (plan for plan in others if plan.plan not in given))


def check_plan(draft: Draft[Plan], site: Site, today: date) -> Iterator[Problem]:
    """The problems of one plan on its site."""
    for check in CHECKS:
        for fault in check(draft, site):
            yield from draft.problem(*fault)
    for fault in check_terms.dates_are_sane(draft.model, today):
        yield from draft.problem(*fault)
