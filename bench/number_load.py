"""10,000 numbers of a file, looked at and loaded, and a page of them; each beside its limit."""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.engine import open_engine
from db.migrate import upgrade
from plans.book import PlanBook
from plans.load import load_site
from provisioning.numbers.load import Defaults
from provisioning.numbers.loads import Loads
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import NumberFilter

ROOT = Path(__file__).parents[1]
LIMITS = {"look": 5.0, "load": 10.0, "page": 0.25, "search": 0.25}
"""Seconds."""


def file_of(many: int) -> bytes:
    rows = (f"011 {4000 + at // 10000}-{at % 10000:04d};cabecera;telecom-ar;AR" for at in range(many))
    return "\n".join(("número;tipo;operador;filial", *rows)).encode()


async def main() -> None:
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        await upgrade(engine)
        site, book = load_site(ROOT / "plans/example-site.yaml"), PlanBook()
        numbers = Numbers(engine, lambda: datetime.now(UTC), site, book, timedelta(days=180))
        loads = Loads(engine, lambda: datetime.now(UTC), site, numbers)
        content = file_of(10_000)
        for name, work in (
            ("look", lambda: loads.look(content, Defaults())),
            ("load", lambda: loads.load(content, "rango.csv", Defaults())),
            ("page", numbers.page),
            ("search", lambda: numbers.page(NumberFilter("4000-99"))),
        ):
            begun = time.perf_counter()
            await work()
            took[name] = time.perf_counter() - begun
        await engine.dispose()
    for name, seconds in took.items():
        print(f"{name:8} {seconds:7.3f} s   limit {LIMITS[name]} s")
    if slow := [name for name, seconds in took.items() if seconds > LIMITS[name]]:
        sys.exit(f"too slow: {', '.join(slow)}")


if __name__ == "__main__":
    asyncio.run(main())
