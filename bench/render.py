"""How much CPU time many lines take from plans to text: `python bench/render.py [LINES …]`.

Without the collector of garbage: one pass over all objects takes 0.1 s at 10,000 lines, and falls into this
step or that.
"""

import gc
import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from dialplan.build import build
from dialplan.check import check
from dialplan.render import render
from dialplan.served import all_live
from plans.load import load_files, load_site
from plans.model import Line, PlanVersion
from plans.site import Site

PLANS = Path(__file__).parents[1] / "plans"
LINES_A_PLAN = 20


def main(sizes: list[int]) -> None:
    site = load_site(PLANS / "example-site.yaml")
    print(f"{'lines':>8} {'plans':>7} {'build s':>8} {'check s':>8} {'render s':>9} {'MB':>6}")
    for size in sizes:
        versions = list(_versions(site, size))
        dialplan, building = _timed(lambda given=versions: build(all_live(given), site, (2026, 2027), "pbx1"))
        problems, checking = _timed(lambda given=dialplan: check(given))
        rendered, rendering = _timed(lambda given=dialplan: render(given))
        assert not problems
        megabytes = sum(map(len, rendered.files.values())) / 1e6
        print(f"{size:8} {len(versions):7} {building:8.2f} {checking:8.2f} {rendering:9.2f} {megabytes:6.1f}")


def _versions(site: Site, lines: int) -> Iterator[PlanVersion]:
    """Copies of the Argentine example, each with some lines."""
    plan = load_files([PLANS / "examples/hogar-nandu.yaml"], site).sources[0].plan
    for first in range(0, lines, LINES_A_PLAN):
        last = min(first + LINES_A_PLAN, lines)
        headers = tuple(
            Line(header=f"+5411{40_000_000 + number}", public=None, carrier="telecom-ar")
            for number in range(first, last)
        )
        name = f"hogar-{first}"
        yield PlanVersion(
            plan=plan.model_copy(update={"plan": name, "lines": headers}),
            hash=hashlib.sha256(name.encode()).hexdigest(),
        )


T = TypeVar("T")


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    gc.collect()
    gc.disable()
    start = time.process_time()
    done = work(), time.process_time() - start
    gc.enable()
    return done


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000])
