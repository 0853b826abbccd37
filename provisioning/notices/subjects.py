"""What a letter about an alta is about. Pure."""

from provisioning.alta.views import AltaView
from provisioning.notices.circle import Concern
from provisioning.notices.letters import Subject


def subject_of(alta: AltaView) -> Subject:
    return subject(alta.id, alta.request.name, alta.plan, alta.subsidiary, alta.account)


def subject(alta: int, name: str, plan: str, subsidiary: str, account: str) -> Subject:
    topic = f"ALTA-{alta} · {' '.join(name.split())}"[:100]
    return Subject(f"alta:{alta}", topic, f"/altas/{alta}", plan, Concern(subsidiary, account))
