"""What happens to an alta, one value an event: the alta is what its events make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Happened(StrEnum):
    """The kinds of events. `data` of each, where it has any, stands beside it."""

    STARTED = "started"
    FINISHED = "finished"  # "answers": {question: text}, "evidence": {name: said}, "itself": evidence or time
    SKIPPED = "skipped"
    SENT_BACK = "sent-back"  # "from": the step that sends back; `step` is the one it goes back to
    REOPENED = "reopened"  # "itself": evidence, when what it had closed with is gone; only that step opens
    ASSIGNED = "assigned"  # "owner": account name or None
    DUE_SET = "due-set"  # "due": a date
    COMMENTED = "commented"  # "text"; "about": the code of the coverage it observes; "itself": the service's
    ATTACHED = "attached"  # "document": id, "name", "title", "revision"
    REVIEWED = "reviewed"  # "document", "name", "revision", "as": "reviewed" or "approved"
    FORM_CHANGED = "form-changed"  # "form", "version"
    SIGNED = "signed"  # "form" or step, "version" or round, "area", "decision": "approved" or "rejected"
    COVERAGES_CHANGED = "coverages-changed"  # "version"
    CHANGED = "changed"  # "before", "after": of the request
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    MOVED = "moved"  # to another text of the procedure: "before", "after": hashes


@dataclass(frozen=True, slots=True)
class Event:
    """One event: the alta's `revision`-th. `by` is an account's name, or `altavoz` itself."""

    revision: int
    at: datetime
    by: str
    kind: Happened
    step: str | None = None
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
