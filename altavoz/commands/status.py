"""`altavoz status`: is it alive, and is the PBX."""

from altavoz.commands.common import AsJson, ask, show_one


def status(as_json: bool = AsJson) -> None:
    """Muestra el estado de la instancia en marcha."""
    show_one(ask("status/show"), as_json)
