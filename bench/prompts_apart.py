"""How often a line leaves a prompt the same, and another one passes: `python -m bench.prompts_apart [N]`.

N random lines of each kind for each prompt of the example plans: another law, sometimes two, −12 to +6 dB, up
to 3 s of silence before it. Then the same voice reading the same prompts with one word or digit changed, and
other prompts. Lost packets are known from RTP; silence in their place, and a buffer that halts, are not.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from bench.prompts_heard import _speeches
from ivr_audio.compare import Verdict
from ivr_audio.reception import Reception, gaps
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.telephone import Samples
from tests.support.telephone_lines import PACKET, coded, noisy, silence, skewed

WORDS = (
    *(("uno", "dos"), ("1", "2"), ("3", "8"), ("grúa", "luz"), ("hogar", "auto"), ("marque", "pulse")),
    *(("emergencia", "consulta"), ("servicio", "reclamo"), ("Gracias", "Buenas"), ("llamada", "consulta")),
)
SHORT = (("Para", "Por"), ("para", "por"))
KINDS = (Verdict.HEARD, Verdict.UNCLEAR, Verdict.ANOTHER)
Pairs = Sequence[tuple[str, str]]
Does = Callable[[Samples, np.random.Generator], tuple[Samples, int]]
"""What a line makes of what is sent, and how many packets its end misses."""


def main(times: int) -> None:
    own = list(dict.fromkeys(_speeches()))
    near, short = _said_otherwise(own, WORDS), _said_otherwise(own, SHORT)
    with TemporaryDirectory() as folder:
        sounds = asyncio.run(_spoken(Path(folder), {*own, *(other for _, other in near + short)}))
    print(f"{'':40} {'heard':>8} {'unclear':>8} {'another':>8}")
    for name in LINES:
        _row(name, name, 7, [(sounds[one], sounds[one]) for one in own] * times)
    for words, changed in (("another word", near), ("«por» for «para»", short)):
        for name in WRONG:
            pairs = [(sounds[other], sounds[one]) for one, other in changed] * max(times // 3, 1)
            _row(f"{words}, {name}", name, 8, pairs)
    for name in WRONG:
        pairs = [(sounds[other], sounds[one]) for one in own for other in own if not _alike(one, other)]
        _row(f"another prompt, {name}", name, 9, pairs)


def _row(title: str, name: str, seed: int, pairs: list[tuple[Samples, Samples]]) -> None:
    dice, count = np.random.default_rng(seed), Counter[Verdict]()
    for sent, prompt in pairs:
        came, lost = _random(LINES[name], sent, dice)
        reception = Reception(len(came) // PACKET, lost, gaps=gaps(came))
        count[reception.compare(came, prompt).verdict] += 1
    shares = (count[each] / len(pairs) for each in KINDS)
    print(f"{title:40}", *(f"{share:8.2%}" for share in shares), f"of {len(pairs)}", flush=True)


def _alike(one: Speech, other: Speech) -> bool:
    """The same, or one that begins alike."""
    return one.language != other.language or one.text[:20] == other.text[:20]


def _random(does: Does, sent: Samples, dice: np.random.Generator) -> tuple[Samples, int]:
    came, lost = does(np.concatenate([silence(dice.uniform(0, 3)), sent, silence(1)]), dice)
    came = np.clip(came * 10 ** (dice.uniform(-12, 6) / 20), -1, 1)
    laws = ("ALAW", "ULAW") if dice.random() < 0.5 else ("ULAW", "ALAW")
    came = coded(came, laws[0])
    return (coded(came, laws[1]) if dice.random() < 0.5 else came), lost


def _losing(share: float, together: float, shrinks: bool = True) -> Does:
    """Packets are lost `together` at a time on the average (a chain of two states)."""

    def line(sent: Samples, dice: np.random.Generator) -> tuple[Samples, int]:
        packets = sent[: len(sent) // PACKET * PACKET].reshape(-1, PACKET)
        begins, lost, kept = share / (1 - share) / together, False, []
        for _ in packets:
            lost = dice.random() < (1 - 1 / together if lost else begins)
            kept.append(not lost)
        there = np.array(kept)
        if shrinks:
            return packets[there].reshape(-1), int(np.sum(~there))
        return (packets * there[:, None]).reshape(-1), 0

    return line


def _halting(sent: Samples, dice: np.random.Generator) -> tuple[Samples, int]:
    """A buffer that runs dry for up to 80 ms, and makes up for it later."""
    late, heard = 0, []
    for packet in sent[: len(sent) // PACKET * PACKET].reshape(-1, PACKET):
        dry = int(dice.integers(1, 5)) if dice.random() < 0.02 else 0
        heard += [np.zeros(PACKET)] * dry
        late += dry
        if late and dice.random() < 0.03:
            late -= 1
        else:
            heard.append(packet)
    return np.concatenate(heard), 0


LINES: dict[str, Does] = {
    "clean": lambda sent, _: (sent, 0),
    "2 % lost": _losing(0.02, 1),
    "5 % lost": _losing(0.05, 1),
    "20 % lost": _losing(0.2, 1),
    "5 % silent": _losing(0.05, 1, shrinks=False),
    "5 % lost, 2.5 at a time": _losing(0.05, 2.5),
    "5 % silent, 2.5 at a time": _losing(0.05, 2.5, shrinks=False),
    "halting": _halting,
    "clock 300 ppm off": lambda sent, dice: (skewed(sent, dice.uniform(-3e-4, 3e-4)), 0),
    "noise 10 dB below": lambda sent, dice: (noisy(sent, 10, int(dice.integers(1e9))), 0),
}
WRONG = ("clean", "2 % lost", "5 % lost", "20 % lost", "5 % lost, 2.5 at a time", "halting")


def _said_otherwise(own: Iterable[Speech], words: Pairs) -> list[tuple[Speech, Speech]]:
    return [(one, Speech(text, one.language)) for one in own for text in _changed(one.text, words)]


def _changed(text: str, words: Pairs) -> Iterator[str]:
    for one, other in (*words, *(pair[::-1] for pair in words)):
        for found in re.finditer(rf"\b{one}\b", text):
            yield text[: found.start()] + other + text[found.end() :]


async def _spoken(folder: Path, speeches: set[Speech]) -> dict[Speech, Samples]:
    store = SoundStore(folder)
    await store.ensure([(spoken_name(each), each) for each in speeches])
    return {each: soundfile.read(store.path(spoken_name(each)), dtype="float64")[0] for each in speeches}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
