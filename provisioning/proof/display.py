"""The name that a phone shows, byte for byte (P23). Pure."""

from plans.site import FantasyRules
from provisioning.proof.reports import Check

_TITLE = "El teléfono muestra el nombre de fantasía"


def name_check(name: str, shown: bytes | None, rules: FantasyRules, ms: int | None = None) -> Check:
    """What the display does to a plan's name; `shown` is what came in the INVITE, None when none came."""
    wanted = name.encode()
    if shown is None:
        found = "al teléfono de prueba no le llegó ninguna llamada"
        return _check(False, name, found, "Mire a qué cola llegó la llamada y quién la atiende.")
    if shown != wanted:
        found, advice = _differs(name, wanted, shown)
        return _check(False, name, found, advice, ms)
    if cut := _cut_by(name, rules):
        return _check(False, name, cut, "Acorte el nombre de fantasía del plan.", ms)
    return _check(True, name, f"«{name}», {len(wanted)} bytes", "", ms)


def _check(passed: bool, name: str, found: str, advice: str, ms: int | None = None) -> Check:
    expected = f"«{name}», {len(name.encode())} bytes"
    return Check("name", _TITLE, passed, expected, found, advice, ms)


def _cut_by(name: str, rules: FantasyRules) -> str:
    """Where this site's displays end a name that is too long for them."""
    if len(name.encode()) > rules.bytes:
        seen = name.encode()[: rules.bytes].decode(errors="ignore")
        return f"nombre cortado en el byte {rules.bytes}: el visor muestra «{seen}»"
    if len(name) > rules.characters:
        return f"nombre cortado en la letra {rules.characters}: el visor muestra «{name[: rules.characters]}»"
    return ""


def _differs(name: str, wanted: bytes, shown: bytes) -> tuple[str, str]:
    text = shown.decode(errors="replace")
    if not shown:
        return "la llamada llegó sin nombre", "Revise «fantasy_name» del plan y publíquelo otra vez."
    if wanted.startswith(shown):
        found = f"nombre cortado en el byte {len(shown)}: «{text}»"
        return found, "Acorte el nombre de fantasía o revise el límite de los teléfonos del sitio."
    if shown in _miswritten(name):
        found = f"las letras con acento llegaron cambiadas: «{text}» ({shown.hex(' ')})"
        return found, "Revise que la central y el teléfono usen UTF-8."
    return f"otro nombre: «{text}»", "Revise «fantasy_name» del plan y publíquelo otra vez."


def _miswritten(name: str) -> set[bytes]:
    """What other ways of writing letters make of a name."""
    return {
        name.encode("latin-1", errors="replace"),
        name.encode("ascii", errors="replace"),
        name.encode().decode("latin-1").encode(),
    }
