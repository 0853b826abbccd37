"""`altavoz settings`: each setting with its value and where it comes from."""

from altavoz import settings as source
from altavoz.commands.common import AsJson, fail, show_rows


def settings(as_json: bool = AsJson) -> None:
    """Lista los ajustes, su valor y de dónde viene cada uno."""
    try:
        rows = [
            {
                "key": value.setting.key,
                "variable": value.setting.variable,
                "value": value.shown,
                "source": value.source,
                "meaning": value.setting.meaning,
            }
            for value in source.values()
        ]
    except source.BadSetting as error:
        fail(str(error), 2)
    columns = {"variable": "Variable", "value": "Valor", "source": "Viene de", "meaning": "Qué es"}
    show_rows(rows, columns, as_json, "")
