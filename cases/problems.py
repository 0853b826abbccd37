"""What can be wrong with a change of a case. The texts are for the person who made it."""


class CaseProblem(ValueError):
    """A change that cannot be made; the text says why and what to do."""


class NoSuchCase(CaseProblem):
    """There is no case of this id."""

    def __init__(self, id: int) -> None:
        super().__init__(f"El caso {id} no existe.")
        self.id = id


class BadValue(CaseProblem):
    """A value that its field does not take."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class StaleCase(CaseProblem):
    """Somebody else changed the same field since; `present` is its value now."""

    def __init__(self, field: str, label: str, present: str, by: str) -> None:
        shown = f"«{present}»" if present else "nada"
        super().__init__(f"{by} cambió «{label}» mientras usted escribía; ahora dice {shown}.")
        self.field, self.present, self.by = field, present, by


class CaseClosed(CaseProblem):
    """The case is closed and takes no changes."""

    def __init__(self, number: str) -> None:
        super().__init__(f"El caso {number} está cerrado: reábralo para cambiarlo.")


class CannotClose(CaseProblem):
    """Something needed is `missing` (names of fields)."""

    def __init__(self, missing: tuple[str, ...], text: str) -> None:
        super().__init__(text)
        self.missing = missing
