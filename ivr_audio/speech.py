"""What a caller is to hear in the built-in voice, and the name its sound has in the PBX. Pure."""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass

LONGEST_TEXT = 4000
"""Characters. About five minutes of speech."""


@dataclass(frozen=True)
class Voice:
    """How the built-in voice speaks. Any change here gives every spoken sound a new name, hence a new file.

    `words_per_minute`, `pitch` (0 to 99) and `word_gap` (10 ms) are espeak-ng's; `lead` and `tail` are the
    silence around the speech in milliseconds; `revision` counts changes in how the sound is worked on.
    """

    words_per_minute: int = 150
    pitch: int = 45
    word_gap: int = 1
    lead: int = 150
    tail: int = 150
    revision: int = 1


VOICE = Voice()


@dataclass(frozen=True)
class Speech:
    """A text and the language it is in, as a subsidiary writes it (`es-AR`)."""

    text: str
    language: str


def spoken_name(speech: Speech, voice: Voice = VOICE) -> str:
    """The sound's name in the dialplan, without extension: `altavoz/<20 hex>`.

    The same text, language and voice settings always have the same name; accents typed as one character
    or as two are the same text.
    """
    text = unicodedata.normalize("NFC", speech.text)
    content = json.dumps([text, speech.language, asdict(voice)], ensure_ascii=True, sort_keys=True)
    return "altavoz/" + hashlib.sha256(content.encode()).hexdigest()[:20]
