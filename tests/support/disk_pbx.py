"""A PBX that reads what lies on disk, as Asterisk does, and can be told to misbehave."""

from collections.abc import Callable
from pathlib import Path

from telephony.dialplan_port import PbxUnanswered
from telephony.dialplan_text import DialplanLine, joined, lines, sections


class DiskPbx:
    """`refuses(text)` says which files it stops reading at; `before_reload` runs first on every reload."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts: dict[str, str] = {}
        self.reloads = 0
        self.asked: list[str] = []
        self.missing_modules: set[str] = set()
        self.deaf = False
        self.before_reload: Callable[[], None] = lambda: None
        self.reads: Callable[[str], str] = lambda text: text

    async def reload(self) -> None:
        self.before_reload()
        self._listen()
        self.reloads += 1
        self.contexts = self.on_disk()

    def on_disk(self) -> dict[str, str]:
        names = ("current/extensions.conf", "current/plans.conf", "draining.conf")
        found: dict[str, str] = {}
        for name in names:
            for context, body in sections(self.reads((self.folder / name).read_text())).items():
                found.setdefault(context, body)
        return joined([found])

    async def show(self, context: str) -> list[DialplanLine]:
        self._listen()
        self.asked.append(context)
        return list(lines(context, self.contexts.get(context, "")))

    async def has_module(self, module: str) -> bool:
        self._listen()
        return module not in self.missing_modules

    def _listen(self) -> None:
        if self.deaf:
            raise PbxUnanswered("la central dejó de responder")
