"""From the PBX's event to the pop in a real browser, and the calls a second that the whole line carries.

Prints the delays that the desk itself measures (`altavoz_pop_delay_seconds`): from the moment the event was
read to the browser's word that the pop is painted. Its limit stands beside it: the same browser's time for
an empty round trip over the same kind of socket cannot be beaten.
"""

import re
import time
import urllib.request

from playwright.sync_api import Page

from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import Instance
from tests.support.sip import SipLab

CALLS = 12
PASSWORD = "clave-de-medida-1"
ROUND_TRIPS = """async () => {
  const times = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    await fetch('/healthz', {cache: 'no-store'});
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[15];
}"""


def main() -> None:
    altavoz = Instance(base=17900)
    try:
        altavoz.start()
        folder = altavoz.home / "sip"
        folder.mkdir()
        lab = SipLab(folder, altavoz.sip, media=altavoz.base + 300)
        secret = altavoz.add_coordinator("ana", "101", "cat,sac", PASSWORD)
        lab.register("101", secret, altavoz.base + 10)
        with chromium() as browser:
            page = open_page(browser)
            sign_in(page, altavoz.http, "ana", PASSWORD)
            page.goto(f"{altavoz.http}/desk")
            altavoz.run("user", "available", "ana")
            limit = page.evaluate(ROUND_TRIPS)
            for _ in range(CALLS):
                _one_call(altavoz, lab, page)
            _print(altavoz, limit)
    finally:
        altavoz.remove()


def _one_call(altavoz: Instance, lab: SipLab, page: Page) -> None:
    phone = lab.phone(altavoz.base + 10, answers=False)
    call = lab.call("127.0.0.13", "525541239876", "5512345678", talk=7)
    page.wait_for_selector("[data-pop]", timeout=30_000)
    call.wait(30)
    phone.wait(30)
    page.wait_for_selector("[data-pop]", state="detached", timeout=10_000)
    time.sleep(0.2)


def _print(altavoz: Instance, limit: float) -> None:
    with urllib.request.urlopen(altavoz.http + "/metrics") as answer:
        text = answer.read().decode()
    count = float(re.search(r"^altavoz_pop_delay_seconds_count (\S+)", text, re.M)[1])  # type: ignore[index]
    total = float(re.search(r"^altavoz_pop_delay_seconds_sum (\S+)", text, re.M)[1])  # type: ignore[index]
    print(f"pops painted and acknowledged   {count:.0f} of {CALLS}")
    print(f"event read → pop painted, mean  {1000 * total / count:.1f} ms")
    print(f"an empty request and a paint    {limit:.1f} ms (median, same browser: the limit)")
    for bound, seen in re.findall(r'^altavoz_pop_delay_seconds_bucket\{le="([^"]+)"\} (\S+)', text, re.M):
        print(f"  ≤ {bound:>6} s  {float(seen):.0f}")


if __name__ == "__main__":
    main()
