"""The `altavoz` command: nouns and their verbs."""

import typer

from altavoz.commands import call, case, dialplan, pbx, plan, run, settings, status, token, user

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Altavoz: del plan firmado al número que suena, y cada llamada con su caso en pantalla.",
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("settings")(settings.settings)
app.add_typer(plan.app, name="plan")
app.add_typer(dialplan.app, name="dialplan")
app.add_typer(pbx.app, name="pbx")
app.add_typer(user.app, name="user")
app.add_typer(call.app, name="call")
app.add_typer(case.app, name="case")
app.add_typer(token.app, name="token")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
