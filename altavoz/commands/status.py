"""`altavoz status`: is it alive, and is the PBX."""

import typer

from altavoz.commands.common import AsJson, ask, show_one


def status(as_json: bool = AsJson) -> None:
    """Muestra el estado de la instancia en marcha; termina con 1 si algo le falta para atender."""
    status = ask("status/show")
    show_one(status, as_json)
    if not status["ready"]:
        raise typer.Exit(1)
