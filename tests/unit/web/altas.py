"""Altas for the console's tests: people in their areas, and an alta some way along."""

from dataclasses import replace

from aiohttp import FormData
from yarl import URL

from plans.model import Account
from provisioning.alta.coverage_list import of_plan
from provisioning.alta.request import AltaRequest
from staff.profile import profile_of

AREAS = {
    "commercial": ("Comercial", "carla"),
    "it": ("Sistemas", "ivan"),
    "operations": ("Operaciones", "olga"),
    "providers": ("Prestadores", "pedro"),
    "tmk": ("TMK", "tina"),
}
NANDU = Account(name="Seguros Ñandú S.A.", type="aseguradora", tax_id="30-71234567-8")
REQUEST = AltaRequest(
    plan="hogar-premium",
    name="Hogar Premium",
    account=NANDU,
    subsidiary="AR",
    sold_by=("tmk",),
    carrier="telecom-ar",
)
TYPED = {
    "kind": "alta",
    "name": "Hogar Premium",
    "client": "Seguros Ñandú S.A.",
    "type": "aseguradora",
    "subsidiary": "AR",
    "carrier": "telecom-ar",
    "sold_by": "tmk",
    "levels": "Grúa en 60 minutos",
    "tax_id": "30-71234567-8",
    "contacts": "Ana Paz, jefa de producto, 011 4321-8765\nLuis Rey, siniestros",
    "service": "Asistencia al hogar",
}
CONTRACT = ("Contrato.pdf", b"%PDF-1.4 firmado")


async def at_work(house):
    """Everybody in their area."""
    known = await house.areas.labels()
    for area, (label, name) in AREAS.items():
        if area not in known:
            await house.areas.add(area, label, None, None)
        person = await house.person(name)
        if area not in person.areas:
            await house.staffing.change(person, replace(profile_of(person), areas=(*person.areas, area)))


async def begun(house, **changes):
    """An alta that Commercial has begun."""
    await at_work(house)
    return await house.office.altas.start(REQUEST.model_copy(update=changes), await house.person("carla"))


def coverages(house):
    """Those of a plan in service."""
    plans = [stored.version.plan for stored in house.book.live()]
    return of_plan(next(plan for plan in plans if plan.plan == "hogar-nandu"))


async def observed(house, **changes):
    """An alta whose coverages Operations has before it."""
    alta, altas = await begun(house, **changes), house.office.altas
    carla = await house.person("carla")
    await altas.finish(alta.id, "prospecto", carla)
    await altas.coverages.save(alta.id, coverages(house), carla, "Primera versión")
    for step in ("coberturas", "enviadas"):
        await altas.finish(alta.id, step, carla)
    return await altas.find(alta.id)


async def contracted(house, **changes):
    """An alta with its contract: several areas have their turn at once."""
    alta, altas = await observed(house, **changes), house.office.altas
    carla, olga = await house.person("carla"), await house.person("olga")
    await altas.finish(alta.id, "observaciones", olga)
    await altas.finish(alta.id, "ajustadas", carla)
    await altas.documents.attach(alta.id, "contrato", "contrato", *CONTRACT, carla)
    return await altas.finish(alta.id, "contrato", carla, {"diferencias": "Ninguna."})


async def send_file(visitor, path, name, body, **fields):
    """A form with a file, as the page sends it."""
    form = FormData(default_to_multipart=True, quote_fields=False)
    for field, value in {"csrf": visitor.csrf, **fields}.items():
        form.add_field(field, value)
    form.add_field("file", body, filename=name, content_type="application/octet-stream")
    return await visitor.session.post(visitor.root.join(URL(path)), data=form, allow_redirects=False)
