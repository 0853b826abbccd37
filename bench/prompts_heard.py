"""How well prompts are told apart at the end of a telephone line: `python bench/prompts_heard.py`.

The example plans' prompts in the built-in voice, through what lines do, against themselves and each other.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from ivr_audio.compare import Match, compare
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.telephone import Samples
from plans.load import load_files, load_site
from tests.support.telephone_lines import coded, hold_music, losing, noisy, silence, skewed

PLANS = Path(__file__).parents[1] / "plans"
ALIKE_BEGINNINGS = (
    "Gracias por comunicarse con Asistencia Ñandú. Su llamada es importante para nosotros.",
    "Gracias por comunicarse con Asistencia Cóndor. Para grúa, marque 1.",
)


def main() -> None:
    with TemporaryDirectory() as folder:
        prompts = asyncio.run(_spoken(Path(folder)))
    began = time.process_time()
    print(f"{'':34} {'share heard':>24} {'correlation':>24}")
    for name, line in LINES.items():
        _row(name, [compare(line(each), each) for each in prompts])
    own, alike = prompts[: -len(ALIKE_BEGINNINGS)], prompts[-len(ALIKE_BEGINNINGS) :]
    pairs = [(one, other) for one in own for other in own if one is not other]
    _row("another prompt of the voice", [compare(coded(_around(one)), other) for one, other in pairs])
    pairs = [(one, other) for one in alike for other in alike if one is not other]
    _row("one that begins alike", [compare(coded(_around(one)), other) for one, other in pairs])
    _row("cut in its middle", [compare(coded(each[: len(each) // 2]), each) for each in prompts])
    music, hiss = hold_music(12), noisy(silence(12) + 1e-9, 0) * 1e7
    _row("music on hold", [compare(coded(music), each) for each in prompts])
    _row("hiss", [compare(coded(hiss), each) for each in prompts])
    _row("silence", [compare(silence(12), each) for each in prompts])
    comparisons = len(prompts) * (len(LINES) + len(prompts) + 2)
    print(f"{(time.process_time() - began) / comparisons * 1000:.0f} ms of CPU a comparison")


def _around(prompt: Samples) -> Samples:
    return np.concatenate([silence(0.37), prompt, silence(1)])


LINES = {
    "A-law": lambda each: coded(_around(each)),
    "A-law, then µ-law, 6 dB lower": lambda each: coded(coded(_around(each)) / 2, "ULAW"),
    "noise 10 dB below": lambda each: coded(noisy(_around(each), 10)),
    "noise 5 dB below": lambda each: coded(noisy(_around(each), 5)),
    "2 % of packets lost": lambda each: coded(losing(_around(each), 0.02)),
    "5 % of packets lost": lambda each: coded(losing(_around(each), 0.05)),
    "5 % of packets silent": lambda each: coded(losing(_around(each), 0.05, shrinks=False)),
    "5 % lost, noise 10 dB below": lambda each: coded(noisy(losing(_around(each), 0.05), 10)),
    "clock 300 ppm off": lambda each: coded(skewed(_around(each), 3e-4)),
}


def _row(name: str, matches: list[Match]) -> None:
    shares, alike = [each.share for each in matches], [each.similarity for each in matches]
    verdicts = sorted({str(each.verdict) for each in matches})
    print(f"{name:34} {_spread(shares)} {_spread(alike)}  {', '.join(verdicts)}")


def _spread(values: list[float]) -> str:
    low, middle, high = np.quantile(values, [0, 0.5, 1])
    return f"{low:8.2f}{middle:8.2f}{high:8.2f}"


async def _spoken(folder: Path) -> list[Samples]:
    speeches = [(spoken_name(each), each) for each in _speeches()]
    store = SoundStore(folder)
    await store.ensure(speeches)
    return [soundfile.read(store.path(name), dtype="float64")[0] for name, _ in speeches]


def _speeches() -> Iterator[Speech]:
    site = load_site(PLANS / "example-site.yaml")
    for source in load_files(sorted((PLANS / "examples").glob("*.yaml")), site).sources:
        language = site.subsidiaries[source.plan.subsidiary].language
        yield from (Speech(each.text, language) for each in source.plan.prompts.values() if each.text)
    yield from (Speech(text, "es-AR") for text in ALIKE_BEGINNINGS)


if __name__ == "__main__":
    main()
