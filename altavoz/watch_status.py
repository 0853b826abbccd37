"""How everything stands, in words: what is seen as lines of the status page and of `altavoz status`. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from zoneinfo import ZoneInfo

from altavoz.watch_finds import (
    CLOCKS_APART,
    DISKS,
    EXPIRED,
    EXPIRING,
    disk_full,
    disk_low,
    facts_lost,
    listed,
    size,
)
from altavoz.watch_gaps import gap_lines
from altavoz.watch_seen import DiskSeen, MachineSeen, PbxSeen, QueueSeen, Seen, TrunkSeen
from telephony.ami import LinkState
from telephony.known_holes import holes_of, read_version
from web import words
from web.alarm import Alarm, when
from web.status_lines import Line, Section, State, Status

Since = Callable[[datetime], str]


def status_of(seen: Seen, alarms: tuple[Alarm, ...], zone: ZoneInfo) -> Status:
    """Instants are written in the time of `zone`."""
    since = partial(when, now=seen.at, zone=zone)
    ready = seen.listens.up and seen.acts.up and seen.store.answers and seen.stuck is None
    sections = (
        Section("Central", tuple(_pbx(seen, since))),
        Section("Publicación", tuple(_release(seen))),
        Section("Colas", tuple(_queues(seen))),
        Section("Operadores", tuple(_trunks(seen, since))),
        Section("Altavoz", tuple(_altavoz(seen, since))),
        Section("Cortes con la central", tuple(gap_lines(seen.store.gaps, seen.at, zone))),
    )
    return Status(seen.at, ready, alarms, tuple(section for section in sections if section.lines))


def _pbx(seen: Seen, since: Since) -> Iterator[Line]:
    if seen.process is not None:
        yield Line("Proceso", _good(seen.process), "En marcha" if seen.process else "Detenido")
    yield _listening(seen, since)
    yield _link("Enlace que actúa", seen.acts, since)
    if seen.pbx is None:
        yield Line("Asterisk", State.UNKNOWN, "Todavía no respondió")
        return
    yield _asterisk(seen.pbx, since)
    yield _holes(seen.pbx)
    live = sum(seen.phases.values())
    phases = listed([f"{count} {words.spoken(phase, words.PHASES)}" for phase, count in seen.phases.items()])
    yield Line("Llamadas", State.GOOD, f"{live} en curso" if live else "Ninguna en curso", phases)


def _asterisk(pbx: PbxSeen, since: Since) -> Line:
    state = State.WARNING if pbx.restarted else State.GOOD
    short = ".".join(map(str, read_version(pbx.version) or ())) or pbx.version
    return Line("Asterisk", state, f"{short}, en marcha desde {since(pbx.up_since)}", pbx.version)


def _holes(pbx: PbxSeen) -> Line:
    holes = holes_of(pbx.version)
    if not holes:
        return Line("Fallas de seguridad", State.GOOD, "Ninguna conocida en esta versión")
    names = listed([name for hole in holes for name in hole.names], most=9)
    return Line(
        "Fallas de seguridad", State.WARNING, f"{names}", "Actualice a 20.20.1, 22.10.1, 23.4.1 o posterior"
    )


def _listening(seen: Seen, since: Since) -> Line:
    line = _link("Enlace que escucha", seen.listens, since)
    if not seen.listens.up or seen.late is None:
        return line
    return replace(line, state=State.WARNING, text=f"Responde con retraso desde {since(seen.late)}")


def _link(name: str, link: LinkState, since: Since) -> Line:
    word = "Conectado" if link.up else "Sin conexión"
    return Line(name, _good(link.up), f"{word} desde {since(link.since)}", link.reason)


def _release(seen: Seen) -> Iterator[Line]:
    yield Line("Planes vigentes", State.GOOD if seen.plans else State.WARNING, str(seen.plans))
    release = seen.release
    if release is None or not release.answered:
        yield Line("Última publicación", State.UNKNOWN, "La central todavía no dijo cuál tiene")
    elif release.agrees:
        text = f"{release.on_disk}, en pie en la central" if release.on_disk else "Todavía ninguna"
        yield Line("Última publicación", State.GOOD if release.on_disk else State.WARNING, text)
    else:
        text = f"En el disco {release.on_disk or 'ninguna'}; en la central {release.in_pbx or 'ninguna'}"
        yield Line("Última publicación", State.BAD, text)
    yield _canaries(seen)
    if seen.store.quiet:
        quiet = listed([seen.called(each.plan) for each in seen.store.quiet])
        yield Line("Sin llamadas hace días", State.WARNING, quiet)
    if seen.store.untested:
        yield Line(
            "Atienden sin pruebas",
            State.WARNING,
            listed([seen.called(each.plan) for each in seen.store.untested]),
        )
    if seen.store.refused:
        names = listed([seen.called(each.asked_for.plan) for each in seen.store.refused])
        yield Line("No se liberaron en su día", State.WARNING, names)


def _canaries(seen: Seen) -> Line:
    failed = [seen.called(canary.plan) for canary in seen.canaries]
    text = f"Fallaron: {listed(failed)}" if failed else "Ninguna falló"
    return Line("Llamadas de prueba del día", State.BAD if failed else State.GOOD, text)


def _queues(seen: Seen) -> Iterator[Line]:
    for queue in seen.pbx.queues if seen.pbx else ():
        yield Line(queue.title, _queue_state(queue), _queue_text(queue), _queue_note(queue))


def _queue_state(queue: QueueSeen) -> State:
    if not queue.serving:
        return State.BAD if queue.used else State.UNKNOWN
    return State.GOOD if all(member.reachable for member in queue.members) else State.WARNING


def _queue_text(queue: QueueSeen) -> str:
    paused = sum(member.paused for member in queue.members)
    serving = "1 disponible" if queue.serving == 1 else f"{queue.serving} disponibles"
    parts = [serving if queue.serving else "Nadie atiende"]
    parts += [f"{paused} en pausa"] if paused else []
    parts += [f"{queue.waiting} esperando"] if queue.waiting else []
    parts += [] if queue.used else ["ningún plan abierto la usa a esta hora"]
    return " · ".join(parts)


def _queue_note(queue: QueueSeen) -> str:
    lost = [f"{member.name} ({member.extension})" for member in queue.members if not member.reachable]
    return f"Sin teléfono registrado: {listed(lost, most=9)}" if lost else ""


_TRUNK = {True: State.GOOD, False: State.BAD, None: State.UNKNOWN}


def _trunks(seen: Seen, since: Since) -> Iterator[Line]:
    for trunk in seen.pbx.trunks if seen.pbx else ():
        yield Line(trunk.carrier, _TRUNK[trunk.reachable], _trunk_text(trunk, since))


def _trunk_text(trunk: TrunkSeen, since: Since) -> str:
    if trunk.reachable is None:
        return "No responde a OPTIONS, y nunca respondió: no se sabe cómo está"
    return f"{'Responde' if trunk.reachable else 'No responde'} desde {since(trunk.since)}"


def _altavoz(seen: Seen, since: Since) -> Iterator[Line]:
    yield Line("Versión", State.GOOD, version("altavoz"))
    yield _database(seen, since)
    if seen.spooled:
        yield Line("Esperan en el disco", State.WARNING, f"{seen.spooled} novedades de llamadas")
    yield from _waiting_nowhere(seen, since)
    if seen.store.unsent:
        yield Line("Correo", State.WARNING, f"No sale desde {since(seen.store.unsent)}")
    if undelivered := seen.store.undelivered:
        yield Line("Correos sin entregar", State.WARNING, f"{len(undelivered)} en las últimas 24 horas")
    yield Line("Auditoría", _good(not seen.audit), seen.audit or "Coincide con lo anotado")
    if seen.machine is not None:
        yield from (_disk(disk, seen) for disk in seen.machine.disks)
        yield _clock(seen, seen.machine)
        yield from _files(seen.at, seen.machine)


def _waiting_nowhere(seen: Seen, since: Since) -> Iterator[Line]:
    if seen.unspooled is not None:
        yield Line("Solo en la memoria", State.BAD, f"Novedades de llamadas desde {since(seen.unspooled)}")
    if facts_lost(seen) and seen.lost_at is not None:
        yield Line("Perdidas", State.BAD, f"{seen.lost} novedades, la última a {since(seen.lost_at)}")


def _database(seen: Seen, since: Since) -> Line:
    if seen.stuck is not None:
        return Line("Base de datos", State.BAD, f"No recibe datos desde {since(seen.stuck)}")
    return Line(
        "Base de datos", _good(seen.store.answers), "Responde" if seen.store.answers else "No responde"
    )


def _disk(disk: DiskSeen, seen: Seen) -> Line:
    state = State.GOOD
    if disk.holds in disk_low(seen):
        state = State.WARNING
    if disk.holds in disk_full(seen):
        state = State.BAD
    return Line(f"Disco: {DISKS[disk.holds]}", state, f"Quedan {size(disk.free)} de {size(disk.total)}")


def _clock(seen: Seen, machine: MachineSeen) -> Line:
    ahead = seen.pbx.ahead if seen.pbx else 0.0
    if abs(ahead) > CLOCKS_APART:
        return Line("Reloj", State.WARNING, f"Difiere {abs(ahead):.0f} s del de la central")
    if machine.synchronized is None:
        return Line("Reloj", State.UNKNOWN, "Este equipo no dice si se sincroniza")
    if machine.synchronized:
        return Line("Reloj", State.GOOD, "Sincronizado, y coincide con el de la central")
    return Line(
        "Reloj", State.WARNING, "Coincide con el de la central, pero este equipo no lo sincroniza por NTP"
    )


def _files(at: datetime, machine: MachineSeen) -> Iterator[Line]:
    if machine.certificate is not None:
        left = machine.certificate - at
        state = State.BAD if left <= EXPIRED else State.WARNING if left <= EXPIRING else State.GOOD
        yield Line("Certificado", state, f"Vale hasta {words.day(machine.certificate.date())}")
    if machine.journal is None:
        yield Line("Diario de la central", State.UNKNOWN, "No se lee el de esta central")
    else:
        yield Line("Diario de la central", _good(not machine.journal), machine.journal or "Se puede leer")


def _good(holds: bool) -> State:
    return State.GOOD if holds else State.BAD
