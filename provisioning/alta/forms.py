"""The number request on its way: versions, and the two signatures that hold for one version only (P36)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.book import PlanBook
from plans.site import Site
from provisioning.alta import moves
from provisioning.alta.events import Happened
from provisioning.alta.evidence import Found, Item
from provisioning.alta.ledger import Doing, Ledger, name_of
from provisioning.alta.number_request import NumberRequest, against, notices_on_file
from provisioning.alta.procedure import FormName, PrivacyNotice
from provisioning.alta.refusals import AltaRefused, NotYours, StaleStep
from provisioning.alta.tables import alta_forms, alta_signatures
from provisioning.alta.views import AltaView, Signature, StepView
from provisioning.alta.who import refuse
from staff.person import Person

if TYPE_CHECKING:
    from provisioning.alta.store import Altas

NUMBER_REQUEST: FormName = "number-request"


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as it stands; `unsigned` are the areas whose word is lacking."""

    form: str
    version: int
    data: NumberRequest
    at: datetime
    by: str
    signatures: tuple[Signature, ...] = ()
    unsigned: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        return not self.unsigned and all(each.approved for each in self.signatures)


class Forms:
    """The forms of altas."""

    def __init__(self, altas: "Altas", ledger: Ledger, site: Site, book: PlanBook) -> None:
        self._altas = altas
        self._ledger = ledger
        self._site = site
        self._book = book

    async def current(self, alta: AltaView, form: FormName = NUMBER_REQUEST) -> FormView | None:
        """The form as it stands, None while nobody wrote it."""
        found = await self.versions(alta.id, form)
        if not found:
            return None
        step = _step(alta, form)
        signed = {each.area for each in step.signatures}
        lacking = tuple(area for area in step.step.signatures if area not in signed)
        last = found[0]
        return FormView(form, last.version, last.data, last.at, last.by, step.signatures, lacking)

    async def versions(self, alta: int, form: FormName = NUMBER_REQUEST) -> tuple[FormView, ...]:
        """Every version, the newest first, without signatures."""
        wanted = select(alta_forms).where(alta_forms.c.alta == alta, alta_forms.c.form == form)
        async with self._ledger.engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(alta_forms.c.version.desc()))
            return tuple(_unsigned(row) for row in rows)

    def notices(self, alta: AltaView) -> tuple[PrivacyNotice, ...]:
        """The privacy notices to choose from."""
        return notices_on_file(alta.procedure, alta.subsidiary, alta.account, self._book.live())

    async def save(
        self, alta: int, data: NumberRequest, by: Person | None, form: FormName = NUMBER_REQUEST
    ) -> FormView:
        """Another version. Signatures on the one before do not count for it. Raises `AltaRefused`."""
        seen = await self._altas.need(alta, by)
        refuse(await self._altas.hands.may_close(by, _step(seen, form)))
        today = self._ledger.calendar(seen.subsidiary).local(self._ledger.clock())
        problems = against(data, seen.subsidiary, self._site.fantasy_name, today)
        if data.notice_text not in {each.text for each in self.notices(seen)}:
            problems["notice"] = "Elija uno de los avisos de privacidad archivados."
        if problems:
            raise AltaRefused(problems=problems)

        async def work(connection: AsyncConnection, now: AltaView) -> Doing:
            return await self._write(connection, now, data, name_of(by), form)

        return await self._shown(await self._altas.record(alta, by, work), form)

    async def _write(
        self, connection: AsyncConnection, now: AltaView, data: NumberRequest, by: str, form: FormName
    ) -> Doing:
        step = moves.open_step(now, _step(now, form).id)
        wanted = select(alta_forms).where(alta_forms.c.alta == now.id, alta_forms.c.form == form)
        last = (await connection.execute(wanted.order_by(alta_forms.c.version.desc()).limit(1))).one_or_none()
        former, plain = (last.data if last else {}), _plain(data)
        if former == plain and all(each.approved for each in step.signatures):
            raise AltaRefused("No cambió nada: la solicitud queda como está.")
        version = last.version + 1 if last else 1
        row = {"alta": now.id, "form": form, "version": version, "data": plain, "at": self._ledger.clock()}
        await connection.execute(insert(alta_forms).values(row | {"by": by}))
        changed = [key for key in plain if plain[key] != former.get(key)]
        before = {key: former[key] for key in changed if key in former}
        after = {key: plain[key] for key in changed}
        told = {"form": form, "version": version, "before": before, "after": after}
        return Doing(Happened.FORM_CHANGED, step.id, "", told)

    async def sign(
        self,
        alta: int,
        area: str,
        by: Person,
        *,
        version: int,
        approved: bool = True,
        reason: str = "",
        form: FormName = NUMBER_REQUEST,
    ) -> FormView:
        """An area's word on the version that its person read. Nobody signs twice. Raises `AltaRefused`."""
        seen = await self._altas.need(alta, by)
        if area not in _step(seen, form).step.signatures:
            raise AltaRefused(problems={"area": "Esa área no firma esta solicitud."})
        refuse(await self._altas.hands.may_sign(by, area))

        async def work(connection: AsyncConnection, now: AltaView) -> Doing:
            step = moves.open_step(now, _step(now, form).id)
            await self._same_version(connection, now, form, version)
            _may_still(step, area, by)
            said = moves.why(reason) if not approved else moves.text(reason)
            row = {"form": form, "version": version, "area": area, "person": by.name, "approved": approved}
            kept = row | {"alta": now.id, "reason": said, "at": self._ledger.clock()}
            await connection.execute(insert(alta_signatures).values(kept))
            decision = "approved" if approved else "rejected"
            told = {"form": form, "version": version, "area": area, "decision": decision}
            return Doing(Happened.SIGNED, step.id, said, told)

        return await self._shown(await self._altas.record(alta, by, work), form)

    async def _same_version(
        self, connection: AsyncConnection, now: AltaView, form: FormName, version: int
    ) -> None:
        wanted = select(alta_forms.c.version).where(alta_forms.c.alta == now.id, alta_forms.c.form == form)
        last = await connection.scalar(wanted.order_by(alta_forms.c.version.desc()).limit(1))
        if last is None:
            raise AltaRefused("La solicitud todavía no está escrita.")
        if last != version:
            raise StaleStep(now)

    async def _shown(self, alta: AltaView, form: FormName) -> FormView:
        found = await self.current(alta, form)
        assert found is not None
        return found

    async def evidence(self, alta: AltaView) -> Found:
        """`number-request`: written, and signed by every area that signs it."""
        if not any(step.step.form == NUMBER_REQUEST for step in alta.steps):
            return Found(True, "Esta alta no lleva solicitud de número.")
        link = f"/altas/{alta.id}/number-request"
        form = await self.current(alta)
        if form is None:
            return Found(False, "Falta completar la solicitud de número.", link)
        labels = alta.procedure.areas()
        items = [
            Item(
                f"{labels[each.area]}: {'firmó' if each.approved else f'no aprobó — {each.reason}'}",
                each.approved,
            )
            for each in form.signatures
        ]
        items += [Item(f"{labels[area]}: falta su firma", False) for area in form.unsigned]
        people = tuple(each.person for each in form.signatures)
        if form.signed:
            last = max(each.at for each in form.signatures)
            return Found(
                True,
                f"Solicitud de número firmada, versión {form.version}.",
                link,
                tuple(items),
                last,
                people,
            )
        return Found(
            False, "La solicitud de número no tiene las dos firmas.", link, tuple(items), None, people
        )


async def last_form(
    connection: AsyncConnection, alta: int, form: FormName = NUMBER_REQUEST
) -> FormView | None:
    """The form as it was last written, within a transaction, without signatures."""
    wanted = select(alta_forms).where(alta_forms.c.alta == alta, alta_forms.c.form == form)
    row = (await connection.execute(wanted.order_by(alta_forms.c.version.desc()).limit(1))).one_or_none()
    return _unsigned(row) if row is not None else None


def _unsigned(row: Row[Any]) -> FormView:
    return FormView(row.form, row.version, _data(row.data), row.at, row.by)


def _step(alta: AltaView, form: FormName) -> StepView:
    found = next((step for step in alta.steps if step.step.form == form), None)
    if found is None:
        raise AltaRefused("Esta alta no lleva esa solicitud.")
    return found


def _may_still(step: StepView, area: str, by: Person) -> None:
    for each in step.signatures:
        if each.area == area:
            raise AltaRefused(f"Ya respondió {each.person} por esa área.")
        if each.person == by.name:
            raise NotYours("Usted ya firmó por la otra área: la segunda firma es de otra persona.")


def _plain(data: NumberRequest) -> dict[str, Any]:
    return data.model_dump(mode="json")


def _data(kept: Mapping[str, Any]) -> NumberRequest:
    return NumberRequest.model_validate_json(json.dumps(kept))
