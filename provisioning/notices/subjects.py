"""What a letter about an alta, or about a plan, is about. Pure."""

from urllib.parse import quote

from plans.model import Plan
from provisioning.alta.views import AltaView
from provisioning.notices.circle import Concern
from provisioning.notices.letters import Subject


def subject_of(alta: AltaView) -> Subject:
    return subject(alta.id, alta.request.name, alta.plan, alta.subsidiary, alta.account)


def subject(alta: int, name: str, plan: str, subsidiary: str, account: str) -> Subject:
    topic = f"ALTA-{alta} · {' '.join(name.split())}"[:100]
    return Subject(f"alta:{alta}", topic, f"/altas/{alta}", plan, Concern(subsidiary, account))


def of_plan(plan: Plan, path: str) -> Subject:
    """Where no alta is; `path` is the page that it leads to."""
    concern = Concern(plan.subsidiary, plan.account.name)
    return Subject(f"plan:{plan.plan}", " ".join(plan.name.split())[:100], path, plan.plan, concern)


def of_sheet(about: str, plan: Plan) -> Subject:
    """What asks that a plan's sheet be read: `alta:12` or `plan:hogar`."""
    what, _, id = about.partition(":")
    if what == "alta":
        return subject(int(id), plan.name, plan.plan, plan.subsidiary, plan.account.name)
    return of_plan(plan, f"/sheets/{quote(plan.plan)}")
