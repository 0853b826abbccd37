"""Letters of an alta and clients' folders by programs: seen before they go, sent once, in a person's name."""

from dataclasses import replace

from sqlalchemy import select

from mail.tables import outbox
from provisioning.alta.load import read_procedure
from provisioning.notices.drafts import Draft, _problems
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.web.altas import REQUEST, at_work, contracted
from tests.unit.web.test_api_acts import asked, posted, token_of
from tests.unit.web.test_api_altas import read
from tests.unit.web.test_notices import alta  # noqa: F401 - a fixture

LAUNCH = {"subject": "Lanzamiento", "text": "Hola a todos.\r\nEmpieza hoy."}
ALL = Draft("a", "b", everybody=True)
STAFF = [f"{name}@empresa.example" for name in ("ana", "carla", "fabio", "olga")]


def test_what_reaches_nobody_says_what_would_mend_it():
    for draft, said in (
        (Draft("a", "b"), "escriba al menos una dirección"),
        (ALL, "Escríbalo en «Personas»"),
    ):
        assert said in _problems(draft, ())["to"]


async def test_a_letter_is_written_by_the_facts_seen_and_goes_once_in_its_persons_name(house, alta):  # noqa: F811
    carla, olga = await token_of(house, "carla"), await token_of(house, "olga")
    path = f"altas/{alta.id}/letters/announcement"
    async with house.at() as visitor:
        draft = await asked(visitor, path, carla)
        assert (draft["everybody"], draft["to"], draft["refusal"], draft["last"]) == (True, [], "", None)
        assert (
            draft["sends"]
            and draft["title"] == "Anunciar el lanzamiento"
            and "Hogar Ñandú" in draft["subject"]
        )
        assert "Le corresponde a Commercial" in (await asked(visitor, path, olga))["refusal"]
        seen = await read(await posted(visitor, f"{path}/preview", olga, **LAUNCH))
        assert sorted(seen["recipients"]) == STAFF and seen["text"] == "Hola a todos.\nEmpieza hoy."
        refused = await read(await posted(visitor, path, olga, **LAUNCH, once="uno"), 422)
        assert "Le corresponde a Commercial" in refused["detail"]
        chosen = await read(await posted(visitor, path, carla, **LAUNCH, once="uno", to=["x@x.example"]), 422)
        assert "va a todo el personal" in chosen["detail"]
        empty = await read(await posted(visitor, path, carla, subject="", text=" ", once="uno"), 422)
        assert "Escriba un asunto" in empty["detail"] and "Escriba un texto" in empty["detail"]
        gone = await read(await posted(visitor, path, carla, **LAUNCH, once="uno"))
        assert (gone["by"], gone["recipients"]) == ("carla", 4)
        assert await read(await posted(visitor, path, carla, **LAUNCH, once="uno")) == gone
        assert (await asked(visitor, path, carla))["last"] == gone
        assert (await visitor.get(f"/api/v1/{path}x", Authorization=f"Bearer {carla}")).status == 404
    async with house.engine.connect() as connection:
        wanted = select(outbox.c.recipient).where(outbox.c.kind == "announcement")
        assert sorted((await connection.execute(wanted)).scalars()) == STAFF


ONE_STEP = """\
altavoz: 1
procedure: pedido
name: Pedido
steps:
  - {id: pedido, title: Pedido al operador, areas: [it], days: 2, evidence: [public-number]}
"""


async def test_the_letters_that_are_written_now_are_offered_and_one_without_its_facts_is_not(house):
    house.office.altas.written = read_procedure(ONE_STEP)
    await at_work(house)
    await house.office.altas.start(REQUEST, await house.person("ivan"))
    ivan, fabio = await token_of(house, "ivan"), await token_of(house, "fabio")
    async with house.at() as visitor:
        (offered,) = (await asked(visitor, "altas/1/letters", ivan))["items"]
        assert (offered["kind"], offered["title"], offered["refusal"]) == (
            "number-request", "Pedir el número al operador", "",
        )  # fmt: skip
        lacking = await visitor.get("/api/v1/altas/1/letters/number-request", Authorization=f"Bearer {ivan}")
        assert "Falta reservar la cabecera" in (await read(lacking, 422))["detail"]
        for path in ("altas/1/letters", "altas/1/letters/number-request"):
            assert (await visitor.get(f"/api/v1/{path}", Authorization=f"Bearer {fabio}")).status == 403
        await house.office.altas.finish(1, "pedido", None, reason="Se pidió por teléfono")
        assert (await asked(visitor, "altas/1/letters", ivan))["items"] == []


async def test_a_clients_folder_is_listed_by_year_searched_and_within_ones_scope(house):
    year = (await contracted(house)).started.year
    fabio = await token_of(house, "fabio")
    async with house.at() as visitor:
        assert (await asked(visitor, "folders", fabio))["items"] == [
            {"account": "Seguros Ñandú S.A.", "year": year, "documents": 1}
        ]
        (found,) = (await asked(visitor, "folders/documents", fabio))["items"]
        assert (found["title"], found["alta"], found["account"], found["year"]) == (
            "Contrato firmado", 1, "Seguros Ñandú S.A.", year,
        )  # fmt: skip
        for query in (f"?year={year}", "?text=contrato", "?account=Seguros+Ñandú+S.A."):
            assert len((await asked(visitor, f"folders/documents{query}", fabio))["items"]) == 1, query
        for query in ("?year=1999", "?text=acta", "?account=Nadie", f"?after={found['id']}"):
            assert (await asked(visitor, f"folders/documents{query}", fabio))["items"] == [], query
        carla = await house.person("carla")
        for name in ("Acta", "Anexo"):
            await house.office.altas.documents.attach(1, "", "", f"{name}.pdf", b"%PDF-1.4", carla)
        first = await asked(visitor, "folders/documents?limit=2", fabio)
        rest = await asked(visitor, f"folders/documents?limit=2&after={first['next']}", fabio)
        assert [each["title"] for each in first["items"] + rest["items"]][:2] == ["Anexo", "Acta"]
        assert rest["items"] == [found] and rest["next"] is None
        person = await house.person("fabio")
        colombia = replace(profile_of(person), scope=Scope(frozenset({"CO"})))
        await house.staffing.change(person, colombia, person.revision, "campaña")
        assert (await asked(visitor, "folders", fabio))["items"] == []
        assert (await asked(visitor, "folders/documents", fabio))["items"] == []
