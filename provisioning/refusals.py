"""What keeps a plan from becoming live, a candidate, or neither; each says what to do instead."""

from collections.abc import Sequence

from dialplan.check import DialplanProblem


class DialplanProblems(Exception):
    """The compiled dialplan has faults; `problems` are all of them."""

    def __init__(self, problems: Sequence[DialplanProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class Outdated(Exception):
    """What would be published is no longer what was shown: somebody published, or a file changed."""

    def __init__(self) -> None:
        super().__init__(
            "Lo publicado cambió desde que se mostró la diferencia: revísela y publique de nuevo."
        )


class ProvisioningRefused(Exception):
    """What was asked does not fit how the plan stands; nothing was changed. `plan` names it."""

    words = ""

    def __init__(self, plan: str) -> None:
        super().__init__(self.words.format(plan=plan))
        self.plan = plan


class Stale(ProvisioningRefused):
    """The version is not the candidate any more: somebody applied or released another."""

    words = "La versión de «{plan}» que se probó ya no es la que está en prueba: vuelva a mirarla."


class NotLive(ProvisioningRefused):
    """The plan does not answer strangers."""

    words = "«{plan}» no está en servicio: todavía no se liberó, o está suspendido."


class NotSuspended(ProvisioningRefused):
    """There is nothing to resume."""

    words = "«{plan}» no está suspendido."


class NoCandidate(ProvisioningRefused):
    """No version of the plan is on trial."""

    words = "«{plan}» no tiene una versión en prueba."


class InventoryObjects(Exception):
    """The inventory would not have these numbers in the PBX for this plan; `objections` say why."""

    def __init__(self, objections: Sequence[str]) -> None:
        advice = "Corrija el plan o el inventario; con motivo, «--release» lo publica igual."
        super().__init__("\n".join((*(f"{each}." for each in objections), advice)))
        self.objections = tuple(objections)


class NoReason(ProvisioningRefused):
    """Letting strangers in without the tests, or keeping them out, is done for a reason that is kept."""

    words = "Escriba el motivo: queda en la auditoría."

    def __init__(self) -> None:
        super().__init__("")
