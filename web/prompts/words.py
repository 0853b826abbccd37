"""How recordings of prompts are told to people (Spanish). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.prompts.known import Where
from provisioning.prompts.needs import PromptNeed, Stand
from provisioning.prompts.states import RecordingState
from provisioning.prompts.values import Recording

STANDS: Mapping[Stand, tuple[str, str]] = {
    Stand.OUTDATED: ("El texto cambió: grabar de nuevo", "warn"),
    Stand.REJECTED: ("Rechazada: grabar de nuevo", "warn"),
    Stand.MISSING: ("Falta grabar", "warn"),
    Stand.PENDING: ("Por aprobar", ""),
    Stand.APPROVED: ("Aprobada", "good"),
    Stand.WAIVED: ("Queda con la voz incorporada", "good"),
}
"""What is said of a prompt, and the class of its tag."""
STATES: Mapping[RecordingState, str] = {
    RecordingState.PENDING: "Por aprobar",
    RecordingState.APPROVED: "Aprobada",
    RecordingState.REJECTED: "Rechazada",
    RecordingState.REPLACED: "Reemplazada",
    RecordingState.WITHDRAWN: "Retirada",
}
SOURCES: Mapping[str, str] = {
    "file": "archivo",
    "microphone": "micrófono",
    "command": "línea de comandos",
}
WHERES: Mapping[Where, str] = {
    Where.LIVE: "Quien llama oye hoy",
    Where.SUSPENDED: "Cuando el plan se reanude se oirá",
    Where.CANDIDATE: "En la versión en prueba se oye",
    Where.DRAFT: "Según lo que se está escribiendo se oirá",
}
BUILT_IN = "la voz incorporada"
FROM_FILE = "la grabación del archivo del plan"


@dataclass(frozen=True)
class Heard:
    """What is heard somewhere: `words` whole, and the text there where it is another."""

    words: str
    text: str | None


def heard(need: PromptNeed) -> tuple[Heard, ...]:
    """What callers hear of a prompt, wherever the PBX has it."""
    return tuple(
        Heard(f"{WHERES[where]} {_voice(need, sound)}.", need.texts.get(where))
        for where, sound in need.sounds.items()
        if where is not Where.DRAFT
    )


def _voice(need: PromptNeed, sound: str | None) -> str:
    if sound is None:
        return BUILT_IN
    number = next((each.number for each in need.recordings if each.sound == sound), None)
    return FROM_FILE if number is None else f"la grabación {number}"


def turn(need: PromptNeed, names: Mapping[str, str]) -> str:
    """Whose turn it is, or what comes next."""
    match need.stand:
        case Stand.PENDING:
            recorder = names.get(need.pending[0].by, need.pending[0].by)
            return f"La grabó {recorder}: falta que otra persona la apruebe."
        case Stand.APPROVED:
            places = [where for where in need.sounds if where is not Where.DRAFT]
            out = bool(places) and all(need.heard(where) for where in places)
            return "Ya está publicada." if out else "Aprobada; saldrá en la próxima publicación."
        case Stand.WAIVED:
            return "Nadie tiene que hacer nada."
        case _:
            return "Le toca grabarla a Comercial."


def level(recording: Recording) -> str:
    """Its measures in one line."""
    it = recording.quality
    parts = (
        f"{_number(recording.seconds)} s",
        f"voz a {it['level']:.0f} dBFS",
        f"pico {it['peak']:.0f} dBFS",
        f"ruido {it['noise']:.0f} dBFS",
        f"silencio {it['silence']:.0%}".replace("%", " %"),
    )
    return " · ".join(parts)


def file(recording: Recording) -> str:
    """What came, and how."""
    channels = {1: "mono", 2: "estéreo"}.get(recording.channels, f"{recording.channels} canales")
    rate = f"{_number(recording.rate / 1000)} kHz"
    size = (
        f"{_number(recording.size / 2**20)} MB"
        if recording.size >= 2**20
        else f"{recording.size // 1024 + 1} KB"
    )
    return f"{recording.kind} {channels}, {rate}, {size}, por {SOURCES[recording.source]}"


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")


def wave(outline: tuple[float, ...], height: int = 40) -> str:
    """The picture of a sound as an SVG path: a stroke for each piece, around the middle."""
    middle = height / 2
    strokes = (max(0.5, peak * middle / 0.75) for peak in outline)
    return "".join(
        f"M{at + 0.5:g} {middle - each:.1f}V{middle + each:.1f}" for at, each in enumerate(strokes)
    )
