"""Makes `breached.txt.xz` from its sources; README.md names them and their licences."""

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

from staff.breached import SHORTEST_WORD, folded

HERE = Path(__file__).parent
LISTS = ("passwords.json", "firstnames.json", "lastnames.json")


def sources(packages: Path) -> Iterator[str]:
    """Every password and word of the sources, as it is written there."""
    for name in LISTS:
        for file in packages.rglob(f"src/{name}"):
            yield from json.loads(file.read_text("utf-8"))
    for line in (HERE / "latin.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line


def main() -> None:
    words = {folded(word) for word in sources(Path(sys.argv[1]))}
    kept = sorted(word for word in words if len(word) >= SHORTEST_WORD)
    (HERE / "breached.txt.xz").write_bytes(lzma.compress("\n".join(kept).encode()))
    sys.stdout.write(f"{len(kept)} words, {(HERE / 'breached.txt.xz').stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
