"""The composition root: what starts, in which order, and how it stops. Read it first.

Data and people, then the PBX, then the link to it, then plans, then the console. Stopping goes the other way.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import structlog

from altavoz.auditing import audited
from altavoz.central import central, layout_of
from altavoz.console import console, console_socket
from altavoz.control import ControlServer
from altavoz.home import claimed, private_database
from altavoz.house import House, now
from altavoz.log_clean import hide
from altavoz.operations import REFUSALS, Operations
from altavoz.settings import Settings
from altavoz.startup import StartupFailed, Steps
from db.engine import open_engine
from db.migrate import upgrade
from dialplan.errors import CannotBuild
from plans.load import load_site
from plans.problems import PlanProblems
from plans.site import Site
from provisioning.marking import Going
from provisioning.network.minimums import SHIPPED, load_minimums
from provisioning.refusals import DialplanProblems
from staff.roles import Role
from telephony.embedded import EmbeddedPbx, NotReloaded, PbxNotStarted
from telephony.exchange import DeadlinePassed
from telephony.publish import NotPublished
from telephony.unpack import NotUnpacked
from telephony.upkeep import keep_in_bounds

log = structlog.get_logger()

EXAMPLES = Path(__file__).parent.parent / "plans" / "examples"
FIRST_ACCOUNT = "admin"
OF_EXAMPLES = "Planes de ejemplo: se liberan al arrancar la primera vez"
LINK_SECONDS = 15.0
PBX_LOOK_SECONDS = 1.0
RELEASE_LOOK_SECONDS = 15.0
TIDY_SECONDS = 15.0
UPKEEP_SECONDS = 3600.0
NO_JOURNAL = (
    "No se lee el diario de la central: lo que ocurra mientras no haya conexión con ella no quedará en los "
    "registros. Para que quede, escriba ALTAVOZ_PBX_JOURNAL y ALTAVOZ_PBX_QUEUE_LOG (docs/pbx.md)."
)


async def serve(settings: Settings, steps: Steps, *, examples: bool) -> None:
    """Start, say "ready", and stop at SIGINT or SIGTERM. Raises StartupFailed."""
    stop = _stop_signal()
    os.umask(0o022)  # the PBX's user reads what is published and the prompts
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(_start(settings, steps, stack, examples=examples))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return
        house, password = starting.result()
        house.ready_once = True
        steps.ready(house.address, house.sip, password)
        await stopping
        log.info("stopping")


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _start(
    settings: Settings, steps: Steps, stack: AsyncExitStack, *, examples: bool
) -> tuple[House, str | None]:
    """Everything in order; `stack` stops it backwards. The first account's password, when made."""
    stack.enter_context(claimed(settings.home))
    listening = stack.enter_context(console_socket(settings))
    private_database(settings.home)
    with steps.step("Preparando los datos"):
        site = _site(settings)
        house = House(settings, site, open_engine(settings.database), central(settings, site, steps.say))
        stack.push_async_callback(house.engine.dispose)
        hide(house.central.listens.secret, house.central.acts.secret, house.engine.url.password or "")
        await upgrade(house.engine)
        _check_minimums(settings)
        await _prepare_altas(house)
        await house.people_changed()
        await stack.enter_async_context(audited(house))
    await _start_pbx(house, steps, stack)
    with steps.step("Conectando con la central"):
        await _connect(house, stack)
    with steps.step("Publicando los planes"):
        await _publish(house, steps, examples=examples)
    await _resume_tests(house, stack)
    stack.push_async_callback(_ended, asyncio.create_task(_watched_release(house), name="release"))
    stack.push_async_callback(_ended, asyncio.create_task(house.office.line_releases.run(), name="lines"))
    stack.push_async_callback(_ended, asyncio.create_task(house.office.canaries.run(), name="canaries"))
    stack.push_async_callback(_ended, asyncio.create_task(_kept_in_bounds(house), name="upkeep"))
    stack.push_async_callback(_ended, asyncio.create_task(_tidied_queues(house), name="queues"))
    stack.push_async_callback(_ended, asyncio.create_task(_freed_numbers(house), name="numbers"))
    await stack.enter_async_context(house.watch.running())
    office = house.office
    for loop in (office.altas.by_itself, office.altas.coverages.hooks, office.notices.minder):
        await stack.enter_async_context(_running(loop.run(), loop.close))
    if postman := house.entrance.postman():
        await stack.enter_async_context(_running(postman.run(), postman.close))
    with steps.step("Abriendo la consola"):
        await stack.enter_async_context(console(house, listening))
        await stack.enter_async_context(_control(house))
    return house, await _first_account(house)


def _site(settings: Settings) -> Site:
    try:
        return load_site(settings.site)
    except PlanProblems as error:
        raise StartupFailed(f"el archivo del sitio tiene problemas:\n{error}") from error


async def _prepare_altas(house: House) -> None:
    """Read the procedure and make the areas that it names, so that altas work from the first minute."""
    try:
        procedure = house.office.altas.written.procedure
    except PlanProblems as error:
        raise StartupFailed(f"el procedimiento del alta tiene problemas:\n{error}") from error
    await house.areas.ensure(procedure.areas())


def _check_minimums(settings: Settings) -> None:
    """How many providers are enough: a file with problems is told at the start, not at the first question."""
    try:
        load_minimums(settings.minimums or SHIPPED)
    except PlanProblems as error:
        raise StartupFailed(f"el archivo de los mínimos de prestadores tiene problemas:\n{error}") from error


async def _first_account(house: House) -> str | None:
    """Make the first administrator of an empty house; its one-time password.

    Last of all, so that a start that fails does not swallow the password.
    """
    if await house.people.all():
        return None
    added = await house.people.add(FIRST_ACCOUNT, [Role.ADMINISTRATOR])
    await house.people_changed()
    return added.one_time_password


async def _start_pbx(house: House, steps: Steps, stack: AsyncExitStack) -> None:
    """The PBX answers calls from here on, whatever becomes of us."""
    pbx = house.central.pbx
    if pbx is None:
        house.publisher.prepare()
        if house.central.journal is None:
            steps.say(NO_JOURNAL)
        return
    try:
        with steps.step("Preparando la central (la primera vez tarda unos minutos)"):
            await pbx.unpack()
        with steps.step("Arrancando la central"):
            changed = pbx.write_config(house.central.config) | await house.phones.write()
            house.publisher.prepare()
            stack.push_async_callback(_end_pbx, house, adopted=pbx.running())
            if await pbx.start():
                steps.say("La central ya estaba en marcha; se sigue con ella.")
                _warn_restart(steps, await pbx.reload(changed))
            stack.push_async_callback(_ended, asyncio.create_task(_kept_running(pbx), name="pbx"))
    except (NotUnpacked, NotReloaded, PbxNotStarted, NotPublished) as error:
        raise StartupFailed(str(error)) from error


async def _resume_tests(house: House, stack: AsyncExitStack) -> None:
    """Tests that a former run left under way are told as interrupted; ours end with us."""
    for tests in (house.office.line_tests, house.office.hand_tests):
        await tests.recover()
        stack.push_async_callback(tests.close)


async def _end_pbx(house: House, *, adopted: bool) -> None:
    """A person who stops us stops the PBX; a start that fails leaves a PBX that was running to its calls."""
    pbx = house.central.pbx
    if pbx is not None:
        await (pbx.leave() if adopted and not house.ready_once else pbx.stop())


async def _kept_running(pbx: EmbeddedPbx) -> None:
    """Start the PBX again whenever it ends by itself: the numbers must ring."""
    while True:
        await asyncio.sleep(PBX_LOOK_SECONDS)
        if pbx.running():
            continue
        log.error("pbx_ended_by_itself")
        try:
            await pbx.start()
            log.warning("pbx_started_again")
        except (PbxNotStarted, OSError) as error:
            log.error("pbx_not_started", reason=str(error))


async def _watched_release(house: House) -> None:
    """What stands in the PBX is asked of the PBX, again and again, whatever goes wrong once."""
    while True:
        try:
            await house.look_at_release()
        except Exception:
            log.exception("release_not_looked_at")
        await asyncio.sleep(RELEASE_LOOK_SECONDS)


async def _tidied_queues(house: House) -> None:
    """Phones of closed accounts, and of people in pause who are signed in nowhere, leave their queues."""
    while True:
        try:
            await house.staffing.tidy()
            await house.end_forgotten_pauses()
        except Exception:
            log.exception("queues_not_tidied")
        await asyncio.sleep(TIDY_SECONDS)


async def _kept_in_bounds(house: House) -> None:
    """What our own PBX writes grows without end: again and again its oldest is let go."""
    layout, control = layout_of(house.settings), house.central.control
    while control is not None:
        logs = (layout.queue_log, layout.message_log)
        await keep_in_bounds(layout.cel_db, control, logs, now())
        await asyncio.sleep(UPKEEP_SECONDS)


async def _freed_numbers(house: House) -> None:
    """Numbers whose quarantine is over are free again, whatever goes wrong once."""
    while True:
        try:
            while await house.office.numbers.end_quarantines():
                log.info("quarantines_ended")
        except Exception:
            log.exception("quarantines_not_ended")
        await asyncio.sleep(UPKEEP_SECONDS)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _warn_restart(steps: Steps, files: tuple[str, ...]) -> None:
    if files:
        steps.say(f"Cambió {', '.join(files)}: la central lo leerá cuando se detenga y arranque de nuevo.")


async def _connect(house: House, stack: AsyncExitStack) -> None:
    """Listen before anything is published, so that no call goes unseen."""
    house.book.replace(await house.plan_store.standing())
    await house.intake.restore()
    for plan, version in house.intake.versions_in_use():
        if stored := await house.plan_store.find(plan, version):
            house.book.remember(stored)
    await house.intake.recover()
    house.live.resume(house.intake.open_calls())
    await stack.enter_async_context(_running(house.intake.run(), house.intake.close))
    await stack.enter_async_context(_running(house.live.run(), house.listens.close))
    stack.push_async_callback(house.acts.close)
    for link in (house.acts, house.listens):
        link.start()
    try:
        await house.acts.until_up(LINK_SECONDS)
        await house.listens.until_up(LINK_SECONDS)
    except DeadlinePassed as error:
        raise StartupFailed(f"no hay conexión con la central: {error}") from error


@asynccontextmanager
async def _running(work: Awaitable[None], close: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """`work` goes on as a task until `close` ends it."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        await close()
        await task


async def _publish(house: House, steps: Steps, *, examples: bool) -> None:
    """Bring the PBX to what is marked; the first time, to the examples when they are wanted."""
    try:
        if examples and not await house.plan_store.standing():
            await _publish_examples(house, steps)
        else:
            await house.provisioner.republish(FIRST_ACCOUNT)
    except (NotPublished, DialplanProblems, CannotBuild, PlanProblems) as error:
        if house.publisher.current() is None:
            raise StartupFailed(str(error)) from error
        steps.say(f"Sigue en pie la publicación anterior, porque la nueva no sirve:\n{error}")


async def _publish_examples(house: House, steps: Steps) -> None:
    try:
        files = sorted(EXAMPLES.glob("*.yaml"))
        await house.provisioner.apply(files, FIRST_ACCOUNT, going=Going.EXAMPLES, reason=OF_EXAMPLES)
    except PlanProblems as error:
        steps.say(f"Los planes de ejemplo no sirven en este sitio:\n{error}")
        await house.provisioner.republish(FIRST_ACCOUNT)


@asynccontextmanager
async def _control(house: House) -> AsyncIterator[None]:
    server = ControlServer(house.settings.home, Operations(house).handlers(), REFUSALS)
    await server.start()
    try:
        yield
    finally:
        await server.close()
