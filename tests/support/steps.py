"""How much work something is, told in lines of Python that run: the same on any machine, however busy."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps(work: Callable[[], object]) -> int:
    """The lines that run while `work` does."""
    ran = 0

    def trace(_frame: FrameType, what: str, _told: Any) -> Any:
        nonlocal ran
        ran += what == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return ran
