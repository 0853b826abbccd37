"""Why something was not done to an alta: the text is for whoever asked, and says what to do."""

from provisioning.alta.views import AltaView


class AltaRefused(ValueError):
    """It cannot be as asked. `problems` are sentences by field; the field `""` is the whole."""

    def __init__(self, said: str = "", problems: dict[str, str] | None = None) -> None:
        self.problems = problems or {"": said}
        super().__init__("\n".join(self.problems.values()))


class NotYours(AltaRefused):
    """Somebody else's turn; the text says whose."""


class StaleStep(AltaRefused):
    """Somebody else moved it first; `now` is how the alta stands."""

    def __init__(self, now: AltaView) -> None:
        super().__init__("Este paso ya cambió, por otra persona o en otra ventana: mire cómo quedó.")
        self.now = now


class NoSuchAlta(AltaRefused):
    """There is none, or not in this person's sight."""

    def __init__(self, id: int) -> None:
        super().__init__(f"No hay un alta «ALTA-{id}».")
