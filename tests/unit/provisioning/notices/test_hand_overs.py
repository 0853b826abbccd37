"""Every hand-over of the shipped procedure by mail, in its order; who is told, and who is not."""

import pytest

from provisioning.alta.reviews import EVERY, SETTLING
from provisioning.notices.mailroom import MailFilter
from staff.scope import EVERYTHING
from tests.support.mail_server import MailServer
from tests.unit.provisioning.notices.conftest import Bench, area_of, come, everywhere, post

COMMERCIAL_AREA = area_of("Comercial")

COMMERCIAL, OPERATIONS = ("carlos", "clara"), ("olga", "oscar")


def turn(title: str, *to: str) -> list[tuple[str, str]]:
    return [(name, f"Es su turno: {title}") for name in to]


def told(title: str, *to: str) -> list[tuple[str, str]]:
    return [(name, f"Hecho: {title}") for name in to]


HAND_OVERS = [
    ("prospecto", turn("Coberturas consolidadas", *COMMERCIAL)),
    ("coberturas", turn("Coberturas enviadas a Operaciones", *COMMERCIAL)),
    ("enviadas", turn("Observaciones de Operaciones (y 1 más)", *OPERATIONS)),
    ("observaciones", turn("Coberturas ajustadas (y 1 más)", *COMMERCIAL)),
    ("ajustadas", turn("Contrato recibido", *COMMERCIAL)),
    (
        "contrato",
        turn("Plan cargado en conjunto (y 1 más)", *COMMERCIAL)
        + turn("Plan cargado en conjunto (y 2 más)", *OPERATIONS)
        + turn("Prestadores suficientes (y 1 más)", "paula")
        + told("Contrato recibido", "ivan", "lea"),
    ),
    ("plan-cargado", turn("Coberturas archivadas (y 1 más)", *COMMERCIAL)),
    ("solicitud-de-numero", turn("Número de cabecera asignado", "ivan")),
    ("archivado", []),
    ("numero-de-cabecera", turn("Número público pedido al operador", "ivan")),
    ("numero-publico", turn("Número público vinculado a la cabecera", "ivan")),
    ("numero-vinculado", []),
    ("audios", turn("Central configurada", "ivan")),
    ("configurado", turn("Probado por Sistemas", "ivan")),
    ("probado-sistemas", turn("Todo entregado a Operaciones", *COMMERCIAL)),
    ("entrega-a-operaciones", turn("Cuenta y plan completos (y 1 más)", *OPERATIONS)),
    (
        "cuenta-y-plan",
        turn("Coordinadores de CAT y SAC avisados (y 1 más)", *OPERATIONS),
    ),
    ("prestadores", []),
    ("coordinadores", []),
    ("probado-operaciones", turn("Validado y liberado", *OPERATIONS)),
    (
        "liberado",
        turn("Lanzamiento anunciado (y 1 más)", *COMMERCIAL)
        + told("Validado y liberado", "ivan", "lea", "paula"),
    ),
    ("lanzamiento", []),
]


@everywhere
async def test_each_hand_over_is_told_to_the_area_whose_turn_it_is(bench: Bench) -> None:
    alta = await bench.begun("ada")
    assert sorted(await bench.mails()) == turn("Prospecto y datos de la cuenta", *COMMERCIAL)
    for step, expected in HAND_OVERS:
        await bench.closed(alta.id, step)
        assert (step, sorted(await bench.mails())) == (step, sorted(expected))


async def test_the_letters_reach_a_real_server_once_with_where_to_answer(
    bench: Bench, server: MailServer
) -> None:
    async with post(bench, server):
        await bench.begun("ada")
        await come(server, 2)
    clara = next(message for message in server.messages if "clara" in message["To"])
    assert clara["Subject"] == "[ALTA-1 · Hogar Ñandú] Es su turno: Prospecto y datos de la cuenta"
    assert clara["Reply-To"].startswith("altas+1.1.")
    assert clara["References"] == "<alta.1@altavoz.example>"
    text = clara.get_body(("plain",)).get_content()
    assert "https://altavoz.example/altas/1" in text
    assert "Vence el 09/03/2026." in text
    assert "Revise lo anotado" in clara.get_body(("html",)).get_content()


async def test_who_did_it_is_not_told(bench: Bench) -> None:
    alta = await bench.begun("clara")
    assert await bench.mails() == turn("Prospecto y datos de la cuenta", "carlos")
    await bench.closed(alta.id, "prospecto", by="carlos")
    assert await bench.mails() == turn("Coberturas consolidadas", "clara")


async def test_who_is_out_is_stood_in_for_and_the_letter_says_for_whom(
    bench: Bench, server: MailServer
) -> None:
    today = bench.office.absences.today()
    await bench.office.absences.add(bench.people["clara"], today, today, "oscar")
    await bench.begun("ada")
    async with post(bench, server):
        await come(server, 2)
    [letter] = [message for message in server.messages if message["To"] == "oscar@empresa.example"]
    text = letter.get_body(("plain",)).get_content()
    assert "porque Clara no está hasta el 02/03/2026" in text and "por Ada" in text
    assert {message["To"] for message in server.messages} == {letter["To"], "carlos@empresa.example"}


async def test_an_area_with_nobody_is_the_administrators(bench: Bench) -> None:
    today = bench.office.absences.today()
    for name in COMMERCIAL:
        await bench.office.absences.add(bench.people[name], today, today, None)
    await bench.begun("clara")
    assert await bench.mails() == turn("Prospecto y datos de la cuenta", "ada")


async def test_the_head_is_told_and_the_deputy_only_while_the_head_is_out(bench: Bench) -> None:
    await bench.office.areas.change(COMMERCIAL_AREA, "Comercial", "olga", "oscar")
    alta = await bench.begun("ada")
    assert sorted(name for name, _ in await bench.mails()) == ["carlos", "clara", "olga"]
    today = bench.office.absences.today()
    await bench.office.absences.add(bench.people["olga"], today, today, None)
    await bench.closed(alta.id, "prospecto")
    assert sorted(name for name, _ in await bench.mails()) == ["carlos", "clara", "oscar"]


async def test_a_step_in_one_hand_is_told_to_that_hand(bench: Bench) -> None:
    alta = await bench.begun("ada")
    await bench.mails()
    await bench.office.altas.assign(alta.id, "prospecto", "carlos", bench.people["ada"])
    assert await bench.mails() == [("carlos", "Queda a su cargo: Prospecto y datos de la cuenta")]


async def test_what_comes_back_says_why(bench: Bench) -> None:
    alta = await bench.begun()
    await bench.closed(alta.id, "prospecto", "coberturas", "enviadas", "observaciones")
    await bench.mails()
    reason = "Falta la cerrajería."
    await bench.office.altas.send_back(alta.id, "ajustadas", "enviadas", bench.people["clara"], reason)
    [(_, subject)] = [mail for mail in await bench.mails() if mail[0] == "carlos"]
    assert subject == "Es su turno: Coberturas enviadas a Operaciones"
    letter = (await bench.office.mailroom.sent(MailFilter("carlos"), EVERYTHING)).items[0]
    full = await bench.office.mailroom.letter(letter.id, EVERYTHING)
    assert full is not None and full.text is not None
    assert f"Vuelve porque: {reason}" in full.text


@pytest.mark.parametrize("how", ["suspend", "cancel"])
async def test_whose_turn_it_was_hears_that_it_stands_still(bench: Bench, how: str) -> None:
    alta = await bench.begun("ada")
    await bench.mails()
    await getattr(bench.office.altas, how)(alta.id, bench.people["ada"], "El cliente espera.")
    words = {"suspend": "Alta suspendida", "cancel": "Alta cancelada"}
    assert sorted(await bench.mails()) == [(name, words[how]) for name in COMMERCIAL]


async def test_what_is_undone_leaves_no_letter(bench: Bench) -> None:
    alta = await bench.begun("ada")
    await bench.mails()

    class Broken(Exception):
        pass

    async def breaks(*_: object) -> None:
        raise Broken

    bench.office.tells.append(breaks)
    with pytest.raises(Broken):
        await bench.office.altas.finish(alta.id, "prospecto", bench.people["ada"], reason="Sí.")
    assert await bench.mails() == []


async def test_whose_evidence_is_gone_has_the_turn_again_and_who_stood_on_it_waits(bench: Bench) -> None:
    alta = await bench.begun()
    await bench.closed(alta.id, *(step for step, _ in HAND_OVERS if step not in ("liberado", "lanzamiento")))
    await bench.mails()
    bench.true -= {"tested-it", "tested-operations"}
    for passes in (EVERY, SETTLING):
        bench.clock.now += passes
        await bench.office.altas.by_itself.look()
    ivan = turn("Probado por Sistemas", "ivan")
    waits = [(name, "Espera otra vez: Validado y liberado") for name in OPERATIONS]
    assert sorted(await bench.mails()) == sorted(ivan + waits)
    letter = (await bench.office.mailroom.sent(MailFilter("ivan"), EVERYTHING)).items[0]
    full = await bench.office.mailroom.letter(letter.id, EVERYTHING)
    assert "Vuelve porque: Prueba de Sistemas aprobada: todavía no." in (full.text or "")
