"""Whether a plan is what the signed request of its alta says."""

from plans.model import Notice, Plan
from provisioning.alta.evidence import Item
from provisioning.alta.forms import Forms
from provisioning.alta.number_request import NumberRequest
from provisioning.alta.views import AltaView


async def as_signed(alta: AltaView, plan: Plan, forms: Forms) -> tuple[Item, ...]:
    """What was compared; nothing for an alta without such a form."""
    if not any(step.step.form for step in alta.steps):
        return ()
    form = await forms.current(alta)
    return differences(form.data, plan) if form is not None else ()


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
