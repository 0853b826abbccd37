"""What a request may be refused with: a status, what happened, and what to do about it."""

from staff.permissions import Permission


class Refusal(Exception):
    """A request that is not served. `title` says what happened, `advice` what to do (Spanish)."""

    def __init__(self, status: int, code: str, title: str, advice: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.title = title
        self.advice = advice


def no_session() -> Refusal:
    return Refusal(401, "no-session", "Su sesión terminó", "Vuelva a entrar con su nombre y contraseña.")


def no_token() -> Refusal:
    return Refusal(
        401,
        "no-token",
        "Falta un token válido",
        "Envíe «Authorization: Bearer …» con un token creado con «altavoz token add».",
    )


def not_by_this_token(permission: Permission) -> Refusal:
    return Refusal(
        403,
        "token-permission",
        f"El token no tiene el permiso «{permission}»",
        "Pida a quien administra Altavoz un token que lo tenga.",
    )


def not_a_persons() -> Refusal:
    return Refusal(
        403,
        "token-person",
        "El token no es de una persona",
        "Use uno que actúe por alguien: cada persona crea los suyos en «Mis tokens».",
    )


def not_your_role() -> Refusal:
    return Refusal(
        403,
        "role",
        "Su rol no incluye esta página",
        "Si la necesita para su trabajo, pida a quien administra Altavoz que le agregue el rol.",
    )


def not_divided() -> Refusal:
    return Refusal(
        403,
        "scope",
        "La auditoría no se divide por filial ni por cuenta",
        "Pida a quien administra Altavoz que quite las filiales y las cuentas de su perfil.",
    )


def not_from_here() -> Refusal:
    return Refusal(
        403,
        "origin",
        "El pedido no salió de una página de Altavoz",
        "Vuelva a la página, recárguela y repita lo que hizo.",
    )


def not_in_table() -> Refusal:
    return Refusal(
        403, "no-row", "Nadie tiene acceso a esta dirección", "Avise a Sistemas: falta en la tabla."
    )


def one_time_password() -> Refusal:
    return Refusal(
        403, "one-time", "Falta cambiar su contraseña de un solo uso", "Cámbiela en la página «Contraseña»."
    )


def cannot_be_noted(advice: str) -> Refusal:
    return Refusal(503, "not-noted", "La auditoría no da abasto", advice)


def second_factor_first() -> Refusal:
    return Refusal(
        403,
        "second-factor",
        "Su rol entra con un código del teléfono",
        "Actívelo primero en «Mi cuenta», en «Segundo paso».",
    )


def not_found(what: str = "Esa página no existe") -> Refusal:
    return Refusal(404, "not-found", what, "Revise la dirección o vuelva al inicio.")


def too_slow() -> Refusal:
    return Refusal(
        408, "too-slow", "El pedido no llegó entero a tiempo", "Revise la conexión y pruebe otra vez."
    )


def too_large(largest: int) -> Refusal:
    return Refusal(
        413,
        "too-large",
        "El archivo es demasiado grande",
        f"Aquí el máximo son {max(1, largest // 2**20)} MB: redúzcalo y envíelo otra vez.",
    )


def not_a_form() -> Refusal:
    return Refusal(
        415,
        "not-a-form",
        "El pedido viene en un formato que Altavoz no lee",
        "Envíe los campos como «application/x-www-form-urlencoded», en UTF-8.",
    )


def not_this_type(type: str) -> Refusal:
    return Refusal(
        415, "not-this-type", "El cuerpo viene en un formato que aquí no se lee", f"Envíelo como «{type}»."
    )


def not_done(why: str) -> Refusal:
    """A room refused it, in its own words."""
    return Refusal(422, "refused", "Altavoz no lo hizo", why)


def changed_meanwhile(why: str) -> Refusal:
    return Refusal(409, "changed", "Alguien lo cambió mientras tanto", why)


def bad_request(advice: str, title: str = "El pedido no se entiende") -> Refusal:
    return Refusal(400, "bad-request", title, advice)
