"""What proves that IT configured what was asked for: the plan stands in the PBX, as it was signed."""

from plans.book import PlanBook
from plans.model import Notice, Plan
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.forms import Forms
from provisioning.alta.number_request import NumberRequest
from provisioning.alta.views import AltaView


def configured_evidence(book: PlanBook, forms: Forms) -> Evidence:
    """`configured` (P22, P23, P38): a version of this alta stands in the PBX, and is as the request says."""

    async def found(alta: AltaView) -> Found:
        stored, link = book.of(alta.plan).tested, f"/plans/{alta.plan}"
        if stored is None:
            return Found(False, "El plan todavía no está en la central: revíselo y publíquelo.", link)
        if alta.request.kind == "otro-si" and stored.applied_at < alta.started:
            return Found(False, "En la central sigue la versión anterior: publique la del otro sí.", link)
        items = await _as_asked(alta, stored.version.plan)
        wrong = [each.said for each in items if not each.ok]
        said = f"Está en la central, versión {stored.number}."
        by = (stored.applied_by,)
        return Found(not wrong, " ".join(wrong) or said, link, items, stored.applied_at, by)

    async def _as_asked(alta: AltaView, plan: Plan) -> tuple[Item, ...]:
        if not any(step.step.form for step in alta.steps):
            return ()
        form = await forms.current(alta)
        return differences(form.data, plan) if form is not None else ()

    return found


def differences(asked: NumberRequest, plan: Plan) -> tuple[Item, ...]:
    """The fantasy name and the privacy notice, as they were signed and as they are. Pure."""
    notices = {_heard(plan, step.notice) for step in plan.answer if isinstance(step, Notice)}
    name, wanted = plan.fantasy_name, asked.fantasy_name
    return (
        Item(f"El visor muestra «{name}».", True)
        if name == wanted
        else Item(f"El visor muestra «{name}» y la solicitud firmada dice «{wanted}».", False),
        Item("Se oye el aviso de privacidad elegido.", True)
        if asked.notice_text in notices
        else Item("El plan no dice el aviso de privacidad que eligió la solicitud firmada.", False),
    )


def _heard(plan: Plan, prompt: str) -> str | None:
    found = plan.prompts.get(prompt)
    return found.text if found is not None else None
