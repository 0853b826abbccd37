"""How often a line leaves a prompt the same, and another word passes: `python -m bench.prompts_apart [N]`.

N random lines of each kind for each prompt of the example plans: another law, sometimes two, −12 to +6 dB, up
to 3 s of silence before it. Then the same voice reading the same prompts with one word or digit changed.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from bench.prompts_heard import _speeches
from ivr_audio.compare import Verdict, compare
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.telephone import Samples
from tests.support.telephone_lines import PACKET, coded, noisy, silence, skewed

WORDS = (
    *(("uno", "dos"), ("1", "2"), ("3", "8"), ("grúa", "luz"), ("hogar", "auto"), ("marque", "pulse")),
    *(("emergencia", "consulta"), ("servicio", "reclamo"), ("Gracias", "Buenas"), ("llamada", "consulta")),
)
Line = Callable[[Samples, np.random.Generator], Samples]


def main(times: int) -> None:
    own = list(dict.fromkeys(_speeches()))
    near = [(one, Speech(text, one.language)) for one in own for text in _changed(one.text)]
    with TemporaryDirectory() as folder:
        sounds = asyncio.run(_spoken(Path(folder), {*own, *(other for _, other in near)}))
    for name, line in LINES.items():
        dice = np.random.default_rng(7)
        pairs = [(sounds[one], sounds[one]) for one in own] * times
        _row(name, [compare(_random(line, sent, dice), prompt).verdict for sent, prompt in pairs])
    for name in ("clean", "5 % lost"):
        dice = np.random.default_rng(8)
        pairs = [(sounds[other], sounds[one]) for one, other in near] * max(times // 3, 1)
        verdicts = [compare(_random(LINES[name], sent, dice), prompt).verdict for sent, prompt in pairs]
        _row(f"another word, {name}", verdicts)


def _row(name: str, verdicts: list[Verdict]) -> None:
    count = Counter(map(str, verdicts))
    print(f"{name:28} {count['heard'] / len(verdicts):7.2%} heard of {len(verdicts)}", flush=True)


def _random(line: Line, sent: Samples, dice: np.random.Generator) -> Samples:
    came = line(np.concatenate([silence(dice.uniform(0, 3)), sent, silence(1)]), dice)
    came = np.clip(came * 10 ** (dice.uniform(-12, 6) / 20), -1, 1)
    laws = ("ALAW", "ULAW") if dice.random() < 0.5 else ("ULAW", "ALAW")
    came = coded(came, laws[0])
    return coded(came, laws[1]) if dice.random() < 0.5 else came


def _losing(share: float, together: float, shrinks: bool = True) -> Line:
    """Packets are lost `together` at a time on the average (a chain of two states)."""

    def line(sent: Samples, dice: np.random.Generator) -> Samples:
        packets = sent[: len(sent) // PACKET * PACKET].reshape(-1, PACKET)
        begins, lost, kept = share / (1 - share) / together, False, []
        for _ in packets:
            lost = dice.random() < (1 - 1 / together if lost else begins)
            kept.append(not lost)
        there = np.array(kept)
        return packets[there].reshape(-1) if shrinks else (packets * there[:, None]).reshape(-1)

    return line


def _halting(sent: Samples, dice: np.random.Generator) -> Samples:
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
    return np.concatenate(heard)


LINES: dict[str, Line] = {
    "clean": lambda sent, _: sent,
    "2 % lost": _losing(0.02, 1),
    "5 % lost": _losing(0.05, 1),
    "5 % silent": _losing(0.05, 1, shrinks=False),
    "5 % lost, 2.5 at a time": _losing(0.05, 2.5),
    "5 % silent, 2.5 at a time": _losing(0.05, 2.5, shrinks=False),
    "halting": _halting,
    "clock 300 ppm off": lambda sent, dice: skewed(sent, dice.uniform(-3e-4, 3e-4)),
    "noise 10 dB below": lambda sent, dice: noisy(sent, 10, int(dice.integers(1e9))),
}


def _changed(text: str) -> Iterator[str]:
    for one, other in (*WORDS, *(pair[::-1] for pair in WORDS)):
        for found in re.finditer(rf"\b{one}\b", text):
            yield text[: found.start()] + other + text[found.end() :]


async def _spoken(folder: Path, speeches: set[Speech]) -> dict[Speech, Samples]:
    store = SoundStore(folder)
    await store.ensure([(spoken_name(each), each) for each in speeches])
    return {each: soundfile.read(store.path(spoken_name(each)), dtype="float64")[0] for each in speeches}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
