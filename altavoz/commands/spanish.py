"""What the command line's library says by itself, in Spanish: help pages, and what is wrong in a command."""

import re
from collections.abc import Callable
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

_TITLES = {
    "ARGUMENTS_PANEL_TITLE": "Argumentos",
    "OPTIONS_PANEL_TITLE": "Opciones",
    "COMMANDS_PANEL_TITLE": "Comandos",
    "DEFAULT_STRING": "[si falta: {}]",
    "REQUIRED_LONG_STRING": "[obligatorio]",
    "ABORTED_TEXT": "Interrumpido.",
}
_USAGE = {"Usage:": "Uso:", "[OPTIONS]": "[OPCIONES]", "COMMAND [ARGS]...": "COMANDO [ARGUMENTOS]..."}
_HELP = "Muestra esta ayuda."

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"No hay una opción «\1». Las parecidas: \2."),
    (r"No such option: (\S+)", r"No hay una opción «\1»."),
    (r"No such command '([^']+)'\. Did you mean (.+)\?", r"No hay un comando «\1». ¿Quiso decir \2?"),
    (r"No such command '([^']+)'.*", r"No hay un comando «\1»."),
    (r"Missing command\.", "Falta el comando."),
    (r"Missing (?:argument|option|parameter) '([^']+)'.*", r"Falta «\1»."),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"Sobra: \1."),
    (r"Option '([^']+)' requires (?:an|\d+) arguments?\.", r"A la opción «\1» le falta su valor."),
    (r"Option '([^']+)' does not take a value\.", r"La opción «\1» no lleva valor."),
    (r"Invalid value for '([^']+)'.*valid integer.*", r"«\1» lleva un número entero."),
    (r"Invalid value for '([^']+)'.*greater than or equal to (\S+).*", r"«\1» lleva \2 o más."),
    (r"Invalid value for '([^']+)'.*less than or equal to (\S+).*", r"«\1» lleva \2 o menos."),
    (r"Invalid value for '([^']+)'.*does not match the formats.*", r"«\1» lleva un día como 2026-11-21."),
    (r"Invalid value for '([^']+)': (.+)", r"El valor de «\1» no sirve: \2"),
)


def sentence(message: str) -> str:
    """The message in Spanish; one that is not known stays as it is."""
    for pattern, said in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(said)
    return message


def usage(written: str) -> str:
    for english, said in _USAGE.items():
        written = written.replace(english, said, 1)
    return written


class _Speaks:
    """The parts of a command's help that the library writes."""

    def get_usage(self, ctx: Any) -> str:
        return usage(super().get_usage(ctx))  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _HELP
        return option


class SpanishCommand(_Speaks, TyperCommand):
    pass


class SpanishGroup(_Speaks, TyperGroup):
    pass


def in_spanish(app: typer.Typer) -> None:
    """Every command of `app` and of those within it speaks Spanish. Call it when all are there."""
    for name, said in _TITLES.items():
        setattr(rich_utils, name, said)
    app.info.cls = SpanishGroup
    for command in app.registered_commands:
        command.cls = SpanishCommand
    for group in app.registered_groups:
        group.cls = SpanishGroup
        if group.typer_instance is not None:
            in_spanish(group.typer_instance)


def run(app: typer.Typer, tell: Callable[[str], object]) -> int:
    """The exit code of the command that was typed; `tell` is told what was wrong with it."""
    try:
        return int(app(prog_name="altavoz", standalone_mode=False) or 0)
    except TyperException as wrong:
        if said := sentence(wrong.format_message()):  # empty when the help page has said it all
            ctx = getattr(wrong, "ctx", None)
            tell(said + (f"\n{ctx.get_usage()}\nMás con «{ctx.command_path} --help»." if ctx else ""))
        return wrong.exit_code
    except typer.Abort:
        tell("Interrumpido.")
        return 1
