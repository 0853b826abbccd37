"""What Prometheus sees of this room."""

from prometheus_client import Counter, Gauge, Histogram

POP_DELAY = Histogram(
    "altavoz_pop_delay_seconds",
    "From the ringing fact to the browser's acknowledgement of the pop.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CALLS = Counter("altavoz_calls_total", "Calls that ended, by outcome.", ("outcome",))
FACTS = Counter("altavoz_facts_total", "Facts committed, by kind.", ("kind",))
REFUSED = Counter("altavoz_facts_refused_total", "Facts that could not be applied and were set aside.")
COMMIT_FACTS = Histogram(
    "altavoz_commit_facts", "Facts in one commit.", buckets=(1, 2, 5, 10, 20, 30, 40, 50, 100)
)
WAITING_FACTS = Gauge("altavoz_facts_waiting", "Facts taken and not yet committed.")
COMMITS_FAILED = Counter("altavoz_commits_failed_total", "Commits that failed and were tried again.")
LOST = Counter("altavoz_facts_lost_total", "Facts for which there was no room, on disk or in memory.")
