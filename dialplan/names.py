"""Names that the files of a release are found by."""

SHARED_FILE, PLANS_FILE = "extensions.conf", "plans.conf"

MARKER = "altavoz-release"
"""The context whose extension `id` carries the release's name, for reading back."""

PLAN_PREFIX = "plan-"
"""Contexts of plan versions, which stand in a file of their own."""

SHARD_PREFIX = "did-"
"""Numbers stand in 1,000 contexts by their last three digits: `did-765`."""

TEST_QUEUES = "test-"
"""Before the name of a queue: that of the one which only test calls enter."""

MARK = "altavoz-mark"
"""The routines by which a call tells of itself."""

HAND = "altavoz-hand"
"""The routines of calls to a line for which a test by hand is awaited."""

MARKED, DELIVERED = "altavoz-test-marked", "altavoz-test-delivered"
"""Routines: from here on a call is a test call; what its INVITE held is told."""
