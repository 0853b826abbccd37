"""A report of a test: as a page, as a PDF, as JSON; its recordings."""

import json

from aiohttp import web

from provisioning.proof.reports import Report, body
from web.alta.find import of_plan
from web.keys import services
from web.pages import full_names, render
from web.papers import paper
from web.proof import find, words
from web.proof.running import sound


async def page(request: web.Request) -> web.Response:
    """What failed comes first."""
    report = await find.report(request)
    stands = services(request).book.of(report.plan).tested
    return render(
        request,
        "proof/report.html",
        report=report,
        publics=_publics(request, report),
        calls=sorted(report.calls, key=lambda call: call.passed),
        still=stands is not None and _still(request, report, stands.version.hash),
        stands=stands,
        alta=await of_plan(request, report.plan),
        names=await full_names(request),
        said=words,
    )


def _publics(request: web.Request, report: Report) -> dict[str, str]:
    """The public number of each header that the version tested has one for."""
    stored = services(request).book.find(report.plan, report.version[:12])
    lines = stored.version.plan.lines if stored else ()
    return {line.header: line.public for line in lines if line.public}


def _still(request: web.Request, report: Report, hash: str) -> bool:
    """Whether what was tested is what stands now."""
    entry = services(request).office.provisioner.entry_of(report.plan, hash)
    return (report.version, report.fingerprint) == (hash, entry)


async def pdf(request: web.Request) -> web.Response:
    report = await find.report(request)
    names = await full_names(request)
    file = f"prueba-{report.plan}-{report.id}.pdf"
    told = {"report": report, "publics": _publics(request, report), "names": names, "said": words}
    return await paper(request, "proof/report_paper.html", file, **told)


async def as_json(request: web.Request) -> web.Response:
    """The report as it was hashed: SHA-256 over its canonical JSON is `hash`."""
    report = await find.report(request)
    text = json.dumps(
        {"id": report.id, "hash": report.hash, "report": body(report)}, ensure_ascii=False, indent=1
    )
    file = f"prueba-{report.plan}-{report.id}.json"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return web.Response(text=text, content_type="application/json", headers=headers)


async def audio(request: web.Request) -> web.StreamResponse:
    return sound(request, (await find.report(request)).calls)
