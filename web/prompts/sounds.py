"""Recordings to be listened to: as who calls will hear them, in the built-in voice, and as they came."""

from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from ivr_audio.voice import SpeechError
from web import refusals
from web.keys import services
from web.prompts.changes import find_recording
from web.prompts.pages import find, find_need

_LOST = "Falta el archivo de esta grabación"


async def heard(request: web.Request) -> web.StreamResponse:
    """A recording after A-law, at 8 kHz. Players may ask for a part of it (RFC 9110 §14)."""
    await find(request)
    recording = await find_recording(request)
    desk = services(request).office.prompts
    if not await desk.restore(recording):
        raise refusals.not_found(_LOST)
    return _file(await desk.heard(recording.sound))


async def voice(request: web.Request) -> web.StreamResponse:
    """A prompt's text in the built-in voice."""
    needs, need = await find_need(request)
    if not need.text:
        raise refusals.not_found("Ese mensaje no tiene texto que decir")
    language = services(request).site.subsidiaries[needs.plan.subsidiary].language
    try:
        return _file(await services(request).office.prompts.spoken(need.text, language))
    except SpeechError as error:
        raise refusals.Refusal(503, "voice", "La voz incorporada no puede decirlo", str(error)) from error


async def original(request: web.Request) -> web.StreamResponse:
    """The file as it came, to be kept."""
    await find(request)
    recording = await find_recording(request)
    path = services(request).office.prompts.originals.path(recording.original)
    if not path.is_file():
        raise refusals.not_found(_LOST)
    name = f"attachment; filename*=UTF-8''{quote(recording.file_name)}"
    return web.FileResponse(
        path, headers={"Content-Type": "application/octet-stream", "Content-Disposition": name}
    )


def _file(path: Path) -> web.FileResponse:
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})
