"""What a carrier really delivered against what the site file says, told plainly."""

from datetime import date

import pytest

from plans.site import CallerDelivery, Carrier, Contact, Delivery, RequestLetter
from provisioning.numbers.carriers import Carriers
from provisioning.numbers.delivery import judge
from provisioning.numbers.letter import RequestFacts, recipients, request_letter
from provisioning.numbers.states import Move
from provisioning.numbers.values import NumberRefused
from staff.audit_trail import AuditFilter, AuditTrail
from staff.scope import Scope
from tests.unit.numbers.conftest import ATLAS, H1, H2, PUBLIC, PUBLIC_TOO

DAY = date(2026, 3, 4)


def _carrier(number="national", into="request-uri", prefixes=(), **more):
    delivers = Delivery.model_validate({"number": number, "in": into})
    caller = CallerDelivery(number="national")
    return Carrier(
        subsidiary="AR", hosts=("127.0.0.11",), delivers=delivers, caller=caller, prefixes=prefixes, **more
    )


@pytest.mark.parametrize(
    ("carrier", "parts", "matches", "said"),
    [
        (_carrier(), {"request-uri": "1140001000"}, True, ()),
        (_carrier("e164", "to"), {"to": "+541140001000", "request-uri": "1"}, True, ()),
        (_carrier(prefixes=("99",)), {"request-uri": "991140001000"}, True, ()),
        (
            _carrier(),
            {"request-uri": "01140001000"},
            True,
            ("Se entiende, pero lo escribe con otros dígitos delante: «01140001000» y no «1140001000».",),
        ),
        (
            _carrier("e164-no-plus"),
            {"request-uri": "+541140001000"},
            True,
            (
                "Se entiende, pero lo escribe en formato internacional con «+»: "
                "«+541140001000» y no «541140001000».",
            ),
        ),
        (
            _carrier(),
            {"request-uri": "991140001000"},
            False,
            ('Antepone «99»: agregue «prefixes: ["99"]».',),
        ),
        (
            _carrier("e164"),
            {"request-uri": "1140001000"},
            False,
            (
                "Lo escribe en formato nacional («1140001000») y el archivo dice internacional con «+»: "
                "escriba «delivers: {number: national}».",
            ),
        ),
        (
            _carrier(into="p-called-party-id"),
            {"request-uri": "1140001000"},
            False,
            (
                "No vino «P-Called-Party-ID», donde el archivo del sitio dice que viene el número.",
                "El número vino en «Request-URI»: escriba «delivers: {in: request-uri}».",
                "Lo escribe como dice el archivo: «1140001000».",
            ),
        ),
        (
            _carrier(),
            {"request-uri": "1140009999"},
            False,
            ("En «Request-URI» llegó «1140009999», que no es esta línea en ninguna escritura.",),
        ),
    ],
)
def test_a_difference_says_what_to_write_instead(carrier, parts, matches, said):
    judged = judge(carrier, H1, parts)
    assert (judged.matches, judged.differences) == (matches, said)


async def test_what_a_carrier_delivered_is_kept_and_compared(engine, clock, site):
    carriers = Carriers(engine, clock, site)
    await carriers.observed("telecom-ar", H1, {"request-uri": "991140001000"})
    clock.pass_(minutes=5)
    good = await carriers.observed("telecom-ar", H1, {"request-uri": "1140001000"})
    telecom, claro, _ = await carriers.all()
    assert telecom.last == good
    assert (good.matches, good.expected, good.differences) == (True, "1140001000", ())
    assert [each.matches for each in telecom.deliveries] == [True, False]
    assert claro.last is None
    rows = (await AuditTrail(engine).page(AuditFilter(action="carrier.observed"), 5)).rows
    assert rows[1].reason.startswith("Antepone «99»")
    with pytest.raises(NumberRefused, match="No hay un operador «nadie»"):
        await carriers.observed("nadie", H1, {})


async def test_a_carrier_says_what_is_free_what_it_owes_and_how_long_it_takes(stocked, engine, clock, site):
    for days, header, public in ((2, H1, PUBLIC), (6, H2, PUBLIC_TOO)):
        await stocked.reserve(ATLAS, "telecom-ar", header)
        await stocked.request(header)
        clock.pass_(days=days)
        await stocked.link(header, public)
    await stocked.unlink(H1, "se vuelve a pedir")
    await stocked.request(H1)
    telecom = (await Carriers(engine, clock, site).all(Scope(frozenset({"AR"}))))[0]
    assert (telecom.free, telecom.waiting, telecom.oldest) == (1, 1, clock())
    assert telecom.took is not None
    assert telecom.took.days == 6
    await stocked.move(H1, Move.CALL_OFF, "no hace falta")
    assert len(await Carriers(engine, clock, site).all(Scope(frozenset({"CO"})))) == 1


FACTS = RequestFacts(H1, "0800", "AR", "Filial Argentina", "Banco {plan}", "Vial Atlas", DAY)


def test_the_letter_is_the_carriers_own_and_what_facts_say_is_not_filled_in_again():
    letter = RequestLetter(
        subject="Alta {tipo}\n sobre {cabecera}", body="{cuenta}: {plan}, {filial}, {fecha}"
    )
    subject, text = request_letter(_carrier(request=letter), FACTS)
    assert subject == "Alta 0800 sobre 011 4000-1000 (+541140001000)"
    assert text == "Banco {plan}: Vial Atlas, Filial Argentina, 04/03/2026"


def test_without_a_letter_of_its_own_a_carrier_gets_ours():
    carrier = _carrier(contacts=(Contact(name="Mesa", email="altas@operador.com"), Contact(name="Guardia")))
    subject, text = request_letter(carrier, FACTS)
    assert subject == "Pedido de 0800 sobre 011 4000-1000 (+541140001000)"
    assert "montado sobre nuestro número de cabecera 011 4000-1000" in text
    assert "{" not in text.replace("Banco {plan}", "")
    assert recipients(carrier) == ("altas@operador.com",)
