"""A plan's sheet: what a coordinator must have read before the plan starts (P25). Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from plans.book import PlanBook, StoredPlan
from plans.flow import exits
from plans.model import Plan


@dataclass(frozen=True, slots=True)
class Sheet:
    """`hash` is of all that it shows: another prompt or menu does not change it, another coverage does."""

    plan: Plan
    version: str
    hash: str

    @property
    def queues(self) -> frozenset[str]:
        return queues_of(self.plan)


def sheet_of(stored: StoredPlan) -> Sheet:
    plan = stored.version.plan
    written = json.dumps(_shown(plan), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Sheet(plan, stored.version.short, hashlib.sha256(written.encode()).hexdigest())


def upcoming(book: PlanBook, plan: str) -> StoredPlan | None:
    """The version that answers strangers next: the one that stands to be released, else the one that does."""
    return book.of(plan).tested


def renewed(book: PlanBook, plan: str) -> bool:
    """Whether the version on trial shows coordinators something else than the one that answers, or did until
    it was suspended.
    """
    stands = book.of(plan)
    answers, next = stands.live or stands.suspended, stands.candidate
    return answers is not None and next is not None and sheet_of(answers).hash != sheet_of(next).hash


def queues_of(plan: Plan) -> frozenset[str]:
    """The groups that may be given its calls."""
    led = (exit.to.queue or exit.to.callback for exit in exits(plan))
    return frozenset(queue for queue in led if queue is not None)


def _shown(plan: Plan) -> dict[str, Any]:
    data = plan.model_dump(mode="json")
    kept = (
        "name", "account", "subsidiary", "fantasy_name", "starts", "ends", "scope", "service_level",
        "coverages", "conditions", "guide",
    )  # fmt: skip
    return {name: data[name] for name in kept} | {"public": [line["public"] for line in data["lines"]]}
