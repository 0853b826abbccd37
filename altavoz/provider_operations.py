"""What the command line may ask about providers; see `altavoz/operations.py`."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from provisioning.network.enough import Check, Row
from provisioning.network.load import Read
from provisioning.network.loads import NotLoaded
from provisioning.network.papers import Owner, Paper
from provisioning.network.profile import as_typed
from provisioning.network.reading import MOST
from provisioning.network.values import STATES, NetworkRefused, Provider, ProviderFilter
from staff.audit import Deed
from web.network.provider import owner_of

Arguments = Mapping[str, Any]


class ProviderOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "provider/list": self.list,
            "provider/load": self.load,
            "provider/check": self.check,
            "provider/documents": self.documents,
            "provider/attach": self.attach,
            "provider/document": self.document,
        }

    async def list(self, arguments: Arguments) -> Any:
        wanted = ProviderFilter(
            arguments.get("text") or "",
            arguments.get("service") or "",
            arguments.get("zone") or "",
            arguments.get("state") or "",
            (arguments.get("subsidiary") or "").upper(),
        )
        if wanted.state and wanted.state not in STATES:
            raise NetworkRefused(f"El estado es uno de: {', '.join(STATES)}.")
        found, after = [], None
        while True:
            page = await self._house.office.providers.page(wanted, MOST, after)
            found += [_said(each) for each in page.items]
            if (after := page.next) is None:
                return found

    async def load(self, arguments: Arguments) -> Any:
        """A file as it lies where the instance runs; with `check` nothing is loaded."""
        file, subsidiary = Path(arguments["file"]), (arguments.get("subsidiary") or "").upper()
        office = self._house.office
        try:
            content = file.read_bytes()
        except OSError as error:
            raise NetworkRefused(f"No se puede leer «{file}»: {error.strerror}.") from error
        if arguments.get("check"):
            return _read(await office.provider_loads.look(content, subsidiary), loaded=False)
        try:
            reason = arguments.get("reason") or ""
            read = await office.provider_loads.load(content, file.name, subsidiary, reason=reason)
        except NotLoaded as refused:
            return _read(refused.read, loaded=False)
        for code in self._house.site.subsidiaries:
            await office.network_checks.settle(code)
        office.altas.nudge()
        return _read(read, loaded=True)

    async def check(self, arguments: Arguments) -> Any:
        """Whether there are enough for a plan."""
        wanted = await self._house.office.plan_needs.of_plan(arguments["plan"])
        if wanted is None:
            raise NetworkRefused(f"No hay un plan «{arguments['plan']}» en servicio ni un alta de él.")
        seen = await self._house.office.network_checks.look(wanted)
        rows = [_row(row) for row in seen.rows]
        return {"plan": wanted.plan, "enough": seen.enough, "said": _verdict(seen), "rows": rows}

    async def documents(self, arguments: Arguments) -> Any:
        papers = await self._house.office.network_papers.of(await self._owner(arguments))
        return [_paper(each) for each in papers]

    async def attach(self, arguments: Arguments) -> Any:
        """A file as it lies where the instance runs."""
        file, owner = Path(arguments["file"]), await self._owner(arguments)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise NetworkRefused(f"No se puede leer «{file}»: {error.strerror}.") from error
        title = arguments.get("title") or ""
        return _paper(await self._house.office.network_papers.attach(owner, title, file.name, content))

    async def document(self, arguments: Arguments) -> Any:
        """Where its file lies; that it was read is noted."""
        papers, id = self._house.office.network_papers, int(arguments["document"])
        found = {each.id: each for each in await papers.of(await self._owner(arguments))}.get(id)
        if found is None:
            raise NetworkRefused(f"Ese prestador no tiene un documento {id}: «altavoz provider documents».")
        subject = f"/providers/{arguments['id']}/documents/{id}"
        await self._house.readings.note(Deed("provider.document-read", subject))
        return _paper(found) | {"path": str(papers.path(found))}

    async def _owner(self, arguments: Arguments) -> Owner:
        found = await self._house.office.providers.find(int(arguments["id"]))
        if found is None:
            raise NetworkRefused(f"No hay un prestador {arguments['id']}: «altavoz provider list» los lista.")
        return owner_of(found)


def _paper(paper: Paper) -> dict[str, Any]:
    return asdict(paper) | {"at": paper.at.isoformat()}


def _verdict(seen: Check) -> str:
    if not seen.wanted.coverages:
        return "Todavía no hay coberturas para las que buscar prestadores."
    if seen.unsaid:
        return seen.unsaid
    return f"No alcanzan: falta en {len(seen.gaps)} de {len(seen.rows)}." if seen.gaps else "Alcanzan."


def _row(row: Row) -> dict[str, Any]:
    counts = {"providers": row.providers, "capacity": row.capacity, "at_night": row.at_night}
    return {"need": row.need.name, "zone": str(row.need.zone), **counts, "short": row.lack, "who": row.who}


def _said(provider: Provider) -> dict[str, Any]:
    return {"id": provider.id} | as_typed(provider.profile) | {"capacity": provider.profile.capacity}


def _read(read: Read, *, loaded: bool) -> dict[str, Any]:
    problems = [{"row": each.line, "problem": each.said} for each in read.problems]
    counts = {"added": len(read.added), "changed": len(read.changed), "same": read.same}
    return counts | {"loaded": loaded, "problems": problems}
