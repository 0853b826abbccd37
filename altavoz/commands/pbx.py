"""`altavoz pbx …`: the Asterisk of our own."""

import asyncio

import typer

from altavoz.commands.common import fail, load_settings, out

app = typer.Typer(no_args_is_help=True, help="La central propia.")


@app.command("unpack")
def unpack_pbx() -> None:
    """Desempaqueta la central sin arrancarla; la segunda vez no hace nada."""
    from altavoz.central import layout_of
    from telephony.unpack import NotUnpacked, unpack

    try:
        asyncio.run(unpack(layout_of(load_settings()).root, lambda text: out.print(text, markup=False)))
    except NotUnpacked as error:
        fail(str(error))
