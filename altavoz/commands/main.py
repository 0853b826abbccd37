"""The `altavoz` command: nouns and their verbs."""

import sys
from functools import partial

import typer

from altavoz.commands import (
    absence,
    alta,
    alta_papers,
    area,
    audit,
    call,
    case,
    dialplan,
    dossier,
    draft,
    folder,
    line,
    line_release,
    mail,
    number,
    pbx,
    plan,
    prompt,
    provider,
    run,
    settings,
    status,
    token,
    training,
    user,
)
from altavoz.commands.common import err
from altavoz.commands.spanish import in_spanish
from altavoz.commands.spanish import run as run_in_spanish

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
app.add_typer(draft.app, name="draft")
app.add_typer(prompt.app, name="prompt")
app.add_typer(dialplan.app, name="dialplan")
app.add_typer(pbx.app, name="pbx")
app.add_typer(user.app, name="user")
app.add_typer(alta.app, name="alta")
alta.app.command("coverages")(alta_papers.coverages)
alta.app.command("compare")(alta_papers.compare)
alta.app.command("archive")(alta_papers.archive)
alta.app.command("letter")(alta_papers.letter)
app.add_typer(folder.app, name="folder")
app.add_typer(area.app, name="area")
app.add_typer(call.app, name="call")
app.add_typer(case.app, name="case")
app.add_typer(number.app, name="number")
app.add_typer(provider.app, name="provider")
line.app.command("gate")(line_release.gate)
line.app.command("release")(line_release.release)
line.app.command("cancel-release")(line_release.cancel)
app.add_typer(training.app, name="training")
app.add_typer(absence.app, name="absence")
app.add_typer(line.app, name="line")
app.add_typer(dossier.app, name="dossier")
app.add_typer(token.app, name="token")
app.add_typer(audit.app, name="audit")
app.add_typer(mail.app, name="mail")


in_spanish(app)


def main() -> None:
    sys.exit(run_in_spanish(app, partial(err.print, markup=False)))


if __name__ == "__main__":
    main()
