"""Asking for evidence: by name, of whoever owns the fact; one that fails is one that is not there."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import structlog

from provisioning.alta.evidence import EVIDENCE, Evidence, Found
from provisioning.alta.views import AltaView

log = structlog.get_logger(__name__)

SECONDS = 10.0


class Proving:
    """`known` is asked for each time: parts register theirs when they are made."""

    def __init__(self, known: Callable[[], Mapping[str, Evidence]]) -> None:
        self._known = known

    async def ask(self, alta: AltaView, wanted: Iterable[str]) -> dict[str, Found]:
        """What is found for each name. Never raises for what an evidence does."""
        return {name: await self._one(alta, name) for name in dict.fromkeys(wanted)}

    async def _one(self, alta: AltaView, name: str) -> Found:
        evidence = self._known().get(name)
        if evidence is None:
            said = f"En esta instalación nadie comprueba «{EVIDENCE.get(name, name)}»."
            return Found(False, said, looked=False)
        try:
            async with asyncio.timeout(SECONDS):
                return await evidence(alta)
        except Exception:
            log.exception("evidence_failed", evidence=name, alta=alta.id)
            called = EVIDENCE.get(name, name).lower()
            said = f"No se pudo comprobar ahora: {called}. Vuelva a mirar en un momento."
            return Found(False, said, looked=False)
