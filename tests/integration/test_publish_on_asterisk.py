"""Publishing, on an Asterisk of its own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.render import Rendered, render
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from plans.site import Site
from telephony.ami import AmiAccount, AmiLink
from telephony.ami_dialplan import PATIENCE, AmiDialplan, LocalDialplan
from telephony.base_config import render_base
from telephony.console import console
from telephony.dialplan_port import PbxUnanswered
from telephony.embedded import EmbeddedPbx
from telephony.layout import PbxAddresses, PbxLayout
from telephony.phones import render_phones
from telephony.publish import NotPublished, Publisher
from telephony.releases import EMPTY
from telephony.secrets import new_ami_secrets

pytestmark = pytest.mark.pbx

ROOT = Path(__file__).parents[2] / ".pbx" / "root"
ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15420), ami=("127.0.0.1", 15400), rtp=(15424, 15439))
SITE = Site.model_validate(
    {
        "altavoz": 1,
        "subsidiaries": {
            "AR": {"name": "Argentina", "timezone": "America/Argentina/Buenos_Aires", "language": "es-AR"}
        },
        "carriers": {
            "telecom-ar": {
                "subsidiary": "AR",
                "hosts": ("127.0.0.11",),
                "delivers": {"number": "national"},
                "caller": {"number": "national"},
            }
        },
        "queues": {"cat": {"name": "CAT", "nobody": "hangup"}},
        "unknown_number": {"say": "El número marcado no corresponde a un servicio activo.", "then": "hangup"},
    }
)


@pytest.fixture(scope="module", params=["outside", "altavoz-acts"])
def asterisk(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    """A PBX published to all over AMI, as an external one; and one as ours, whose account may do less."""
    home = Path(tempfile.mkdtemp(prefix="altavoz-publish-"))
    home.chmod(0o755)
    layout, secrets = PbxLayout(ROOT, home), new_ami_secrets()
    pbx = EmbeddedPbx(layout, ADDRESSES, None, print)
    sounds = SoundStore(layout.sounds)
    base = dict(render_base(SITE, layout, ADDRESSES, secrets, (), "prueba"))
    base["manager.conf"] += "\n[caller]\nsecret = caller\nread =\nwrite = originate\n"
    base["manager.conf"] += f"\n[outside]\nsecret = {secrets.acts}\nwrite = system,agent,reporting\n"
    pbx.write_config({**base, **render_phones(())})
    Publisher(layout.published, sounds, AmiDialplan(AmiLink(_account(secrets.acts)))).prepare()

    async def started() -> None:
        await pbx.start()
        await pbx.leave()

    try:
        asyncio.run(started())
        yield SimpleNamespace(pbx=pbx, layout=layout, secrets=secrets, sounds=sounds, account=request.param)
    finally:
        asyncio.run(pbx.stop())
        shutil.rmtree(home)


def _account(secret: str, name: str = "altavoz-acts") -> AmiAccount:
    return AmiAccount(*ADDRESSES.ami, name, secret)


@pytest.fixture
async def port(asterisk: SimpleNamespace) -> AsyncIterator[AmiDialplan]:
    link = AmiLink(_account(asterisk.secrets.acts, asterisk.account), patience=PATIENCE)
    link.start()
    await link.until_up(10)
    own = LocalDialplan(link, asterisk.layout.control)
    yield own if asterisk.account == "altavoz-acts" else AmiDialplan(link)
    await link.close()


@pytest.fixture
def publisher(asterisk: SimpleNamespace, port: AmiDialplan) -> Publisher:
    return Publisher(asterisk.layout.published, asterisk.sounds, port)


def plan(version: str, *after: Step, text: str = "Hola.") -> Rendered:
    """One plan `hogar` of a version that speaks a sentence, its number, and a shared routine."""
    speech = Speech(text, "es-AR")
    sound = spoken_name(speech)
    steps = (Step("Answer"), Step("Playback", sound), *after)
    contexts = (
        Context("did-765", (Extension("1143218765", (Step("Goto", f"plan-hogar-{version},s,1"),)),)),
        Context(
            "altavoz-mark",
            (
                Extension(
                    "s",
                    (
                        Step("UserEvent", "Altavoz,Mark: arrived,Line: ${FILTER(0-9,${ARG1})}"),
                        Step("Set", 'SEP=a\\,b;c "d" ñandú'),
                        Step("GotoIf", '$["${ARG2}" = ""]?end'),
                        Step("Return", label="end"),
                    ),
                ),
                Extension("_[2-9]X!", (Step("Hangup", "1"),)),
                Extension("_+X.", (Step("NoOp"),)),
            ),
            includes=("did-765",),
        ),
        Context(
            f"plan-hogar-{version}",
            (
                Extension(
                    "s",
                    steps,
                ),
            ),
        ),
    )
    return render(Dialplan(contexts, {sound: speech}, frozenset()))


async def test_a_publication_stands_in_the_pbx_with_its_sounds(
    asterisk: SimpleNamespace, publisher: Publisher, port: AmiDialplan
) -> None:
    rendered = plan("aaaaaaaaaaa1")
    published = await publisher.publish(rendered, "ana")
    assert (published.release, published.changed) == (rendered.release, True)
    shown = await port.show("plan-hogar-aaaaaaaaaaa1")
    assert [(line.priority, line.application) for line in shown] == [("1", "Answer"), ("2", "Playback")]
    assert asterisk.sounds.path(shown[1].data).stat().st_mode & 0o777 == 0o644
    assert (await publisher.status()).agrees


async def test_the_same_release_again_is_not_loaded_again(publisher: Publisher) -> None:
    rendered = plan("aaaaaaaaaaa2")
    await publisher.publish(rendered, "ana")
    again = await publisher.publish(rendered, "ana")
    assert (again.changed, again.previous) == (False, rendered.release)


async def test_a_context_that_the_pbx_does_not_load_whole_brings_the_former_release_back(
    publisher: Publisher, port: AmiDialplan
) -> None:
    good = plan("aaaaaaaaaaa3")
    await publisher.publish(good, "ana")
    other = plan("aaaaaaaaaaa4", Step("NoOp", "x"))
    dropped = other.files["plans.conf"].replace("same => n,NoOp(x)", "same => nn,NoOp(x)")
    with pytest.raises(NotPublished, match="plan-hogar-aaaaaaaaaaa4") as refused:
        await publisher.publish(_with(other, "plans.conf", dropped), "ana")
    assert refused.value.restored
    standing = await publisher.status()
    assert (standing.on_disk, standing.in_pbx) == (good.release, good.release)
    assert await port.show("plan-hogar-aaaaaaaaaaa3")
    assert not await port.show("plan-hogar-aaaaaaaaaaa4")


async def test_a_header_left_open_is_refused_before_the_pbx_sees_it(publisher: Publisher) -> None:
    good = plan("aaaaaaaaaaa5")
    await publisher.publish(good, "ana")
    other = plan("aaaaaaaaaaa6")
    broken = "[cortado\n" + other.files["extensions.conf"]
    with pytest.raises(NotPublished, match="cortado") as refused:
        await publisher.publish(_with(other, "extensions.conf", broken), "ana")
    assert refused.value.restored
    assert (await publisher.status()).in_pbx == good.release


async def test_a_file_that_the_pbx_stops_reading_halfway_brings_the_former_release_back(
    publisher: Publisher, port: AmiDialplan, asterisk: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, other = plan("aaaaaaaaaaa7"), plan("aaaaaaaaaaa8")
    await publisher.publish(good, "ana")
    path = asterisk.layout.published / "releases" / other.release / "extensions.conf"

    reload = port.reload

    async def damaging() -> None:
        """Leaves a header open in the new release, between the switch and the reload."""
        path.write_text(path.read_text().replace("[altavoz-mark]", "[cortado\n[altavoz-mark]"))
        await reload()

    monkeypatch.setattr(port, "reload", damaging)
    with pytest.raises(NotPublished, match="la central no cargó") as refused:
        await publisher.publish(other, "ana")
    assert refused.value.restored
    assert (await publisher.status()).in_pbx == good.release
    assert await port.show("altavoz-mark")


def _with(rendered: Rendered, name: str, text: str) -> Rendered:
    return Rendered(rendered.release, {**rendered.files, name: text}, rendered.dialplan)


async def test_an_application_that_is_not_allowed_is_named(publisher: Publisher) -> None:
    good = plan("aaaaaaaaaaa9")
    await publisher.publish(good, "ana")
    with pytest.raises(NotPublished, match="System"):
        await publisher.publish(plan("aaaaaaaaaab1", Step("System", "ls")), "ana")
    assert (await publisher.status()).in_pbx == good.release


async def test_the_pbx_tells_which_modules_it_has(port: AmiDialplan) -> None:
    assert await port.has_module("app_queue")
    assert not await port.has_module("app_while")


async def test_rolling_back_twice_goes_two_releases_back(publisher: Publisher) -> None:
    first, second, third = (plan(f"aaaaaaaaaac{n}") for n in (1, 2, 3))
    for rendered in (first, second, third):
        await publisher.publish(rendered, "ana")
    assert (await publisher.rollback("luis")).release == second.release
    assert (await publisher.rollback("luis")).release == first.release
    assert (await publisher.status()).in_pbx == first.release
    assert [entry.what for entry in publisher.history()[-2:]] == ["rolled-back", "rolled-back"]


async def test_a_call_finishes_on_the_version_it_started_with(
    asterisk: SimpleNamespace, publisher: Publisher, port: AmiDialplan
) -> None:
    ending = (Step("Set", "DB(test/finished)=${CONTEXT}"), Step("Hangup"))
    old = plan("aaaaaaaaaad1", *ending, text="Un momento, por favor.")
    await publisher.publish(old, "ana")
    control = asterisk.layout.control
    await console(control, "database del test finished")
    await _call("plan-hogar-aaaaaaaaaad1")
    await publisher.publish(plan("aaaaaaaaaad2"), "ana")
    assert "finished" not in await console(control, "database show test")
    assert await port.show("plan-hogar-aaaaaaaaaad1")
    assert "plan-hogar-aaaaaaaaaad1" in await _kept(control)


async def _kept(control: Path) -> str:
    """What the call kept in the PBX's database, as soon as it did."""
    for _ in range(80):
        answer = await console(control, "database get test finished")
        if "Value" in answer:
            return answer
        await asyncio.sleep(0.1)
    return ""


async def _call(context: str) -> None:
    """A call that goes through `context`, its other end waiting."""
    link = AmiLink(AmiAccount(*ADDRESSES.ami, "caller", "caller"))
    link.start()
    await link.until_up(10)
    there = {"Channel": f"Local/s@{context}/n", "Application": "Wait", "Data": "5", "Async": "true"}
    await link.action("Originate", there)
    await link.close()


async def test_a_former_plan_is_gone_after_twelve_hours(asterisk: SimpleNamespace, port: AmiDialplan) -> None:
    now = datetime.now(UTC)
    publisher = Publisher(asterisk.layout.published, asterisk.sounds, port, lambda: now)
    for version in ("aaaaaaaaaae1", "aaaaaaaaaae2"):
        await publisher.publish(plan(version), "ana")
    now += timedelta(hours=11)
    await publisher.publish(plan("aaaaaaaaaae3"), "ana")
    assert await port.show("plan-hogar-aaaaaaaaaae1")
    now += timedelta(hours=2)
    await publisher.publish(plan("aaaaaaaaaae4"), "ana")
    assert not await port.show("plan-hogar-aaaaaaaaaae1")
    assert await port.show("plan-hogar-aaaaaaaaaae2")


async def test_a_crash_between_reload_and_log_is_mended_by_the_next_start(
    asterisk: SimpleNamespace, publisher: Publisher, port: AmiDialplan, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, crashed = plan("aaaaaaaaaaf1"), plan("aaaaaaaaaaf2")
    await publisher.publish(good, "ana")

    class Killed(BaseException):
        pass

    def kill(entry: object) -> None:
        raise Killed

    monkeypatch.setattr(publisher._releases, "record", kill)
    with pytest.raises(Killed):
        await publisher.publish(crashed, "ana")
    started = Publisher(asterisk.layout.published, asterisk.sounds, port)
    started.prepare()
    standing = await started.status()
    assert (standing.on_disk, standing.in_pbx, standing.agrees) == (good.release, crashed.release, False)
    assert (await started.publish(good, "ana")).changed
    assert (await started.status()).agrees
    assert await port.show("plan-hogar-aaaaaaaaaaf2"), "calls may be in it"


async def test_a_pbx_that_is_away_leaves_everything_as_it_was(asterisk: SimpleNamespace) -> None:
    link = AmiLink(AmiAccount("127.0.0.1", 15419, "altavoz-acts", "x"))
    publisher = Publisher(asterisk.layout.published, asterisk.sounds, AmiDialplan(link))
    before = publisher.current()
    with pytest.raises(NotPublished, match="no responde") as refused:
        await publisher.publish(plan("aaaaaaaaaa01"), "ana")
    assert refused.value.restored
    assert publisher.current() == before != EMPTY
    assert not (await publisher.status()).answered


async def test_a_context_that_is_not_there_shows_nothing(port: AmiDialplan) -> None:
    assert await port.show("nada") == []


async def test_a_link_that_is_down_is_said_in_words(asterisk: SimpleNamespace) -> None:
    with pytest.raises(PbxUnanswered, match="conexión"):
        await AmiDialplan(AmiLink(_account("x"))).show("nada")
