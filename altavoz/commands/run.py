"""`altavoz run`: the service in the foreground."""

import asyncio

import typer

from altavoz import log
from altavoz.commands.common import load_settings
from altavoz.log_clean import hide
from altavoz.settings import values
from altavoz.startup import StartupFailed, Steps


def run(
    examples: bool = typer.Option(False, "--examples", help="La primera vez, publica los planes de ejemplo."),
) -> None:
    """Arranca la central y la consola; Ctrl-C las detiene."""
    from altavoz.run import serve  # the whole service: the other commands do without it

    settings = load_settings()
    log.configure(settings.log)
    hide(*(value.text for value in values() if value.setting.secret))
    steps = Steps()
    try:
        asyncio.run(serve(settings, steps, examples=examples))
    except StartupFailed as error:
        steps.failed(str(error))
        raise typer.Exit(1) from error
