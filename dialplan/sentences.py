"""What callers hear besides the plans' own prompts, and the collecting of all that must be spoken."""

from collections.abc import Mapping

from ivr_audio.speech import Speech, spoken_name

WRONG_KEY = "Esa opción no es válida."
WRONG_DIGITS = "El número ingresado no es válido."
ASK_TELEPHONE = (
    "Para que podamos devolverle la llamada, ingrese su número de teléfono con código de área, "
    "seguido de la tecla numeral."
)
CALLBACK = (
    "En este momento todos nuestros coordinadores están ocupados. "
    "Le devolveremos la llamada a la brevedad. Gracias por comunicarse."
)
NO_TELEPHONE = (
    "No pudimos registrar su teléfono. Por favor, vuelva a llamar en unos minutos. Gracias por comunicarse."
)
NOT_ALLOWED = "Este teléfono no tiene permitido llamar al número marcado."
INACTIVE = (
    "El servicio al que usted llama no está habilitado en este momento. "
    "Esta llamada no tiene costo. Gracias por comunicarse."
)
NOT_REACHED = "No se pudo establecer la llamada. Intente nuevamente."


class Spoken:
    """The sentences a dialplan speaks, gathered while it is built."""

    def __init__(self) -> None:
        self._names: dict[Speech, str] = {}

    def say(self, text: str, language: str) -> str:
        """The name of the sound that says `text`."""
        speech = Speech(text, language)
        if speech not in self._names:
            self._names[speech] = spoken_name(speech)
        return self._names[speech]

    def all(self) -> Mapping[str, Speech]:
        """By sound name, in the order of the names."""
        return dict(sorted((name, speech) for speech, name in self._names.items()))
