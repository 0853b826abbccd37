"""Files of numbers: CSV and workbooks, single numbers and ranges, every problem at once, all or nothing."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from provisioning.numbers.load import MOST_NUMBERS, TEMPLATE, Defaults, read_rows
from provisioning.numbers.loads import Loads, NotLoaded
from provisioning.numbers.sheet import MOST_BYTES, MOST_ROWS, UnreadableSheet, rows_of
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import NumberFilter
from staff.actor import Actor, acting
from staff.audit_trail import AuditFilter, AuditTrail
from staff.scope import EVERYTHING, Scope
from tests.unit.numbers.conftest import H1, PUBLIC, header, stored_plans
from web.sheets import Workbook

AR = Defaults("AR")


def _book(rows: list[tuple[object, ...]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def _csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


@pytest.fixture
def read(site):
    return lambda content, defaults=AR, scope=EVERYTHING: read_rows(rows_of(content), site, defaults, scope)


@pytest.mark.parametrize(
    "content",
    [
        _csv("número;tipo;nota", "011 4000-1000;cabecera;Ñandú", "0800-555-0001;público;"),
        _csv(
            "NÚMERO,Tipo,Nota", "011 4000-1000,Cabecera,Ñandú", '"0800-555-0001",PUBLICO,', encoding="latin-1"
        ),
        b"\xef\xbb\xbf" + _csv("numero\tclase\tnota", "+54 11 4000 1000\t\tÑandú", "08005550001\t\t"),
        _book(
            [
                ("Número", "Tipo", "Nota"),
                (1140001000.0, "cabecera", "Ñandú"),
                (None,),
                ("0800-555-0001", None),
            ]
        ),
    ],
    ids=["semicolons", "latin-1", "tabs", "xlsx"],
)
def test_numbers_are_read_of_every_kind_of_table(read, content):
    found = read(content)
    assert found.problems == ()
    told = [(each.e164, each.kind, each.carrier, each.note) for each in found.entries]
    assert told == [
        (H1, NumberKind.HEADER, "telecom-ar", "Ñandú"),
        (PUBLIC, NumberKind.PUBLIC, "telecom-ar", ""),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "011 4000-1000..4000-1009",
        "011 4000-1000 .. 011 4000-1009",
        "011 4000-1000…9",
        "+54 11 4000 1000 a +54 11 4000 1009",
        "1140001000 - 1009",
        "1140001000;1140001009",
        "4000-1000..4000-1009",
    ],
)
def test_a_range_is_written_in_many_ways(read, row):
    found = read(_csv("desde;hasta", row), Defaults("AR", area="011"))
    assert [each.e164 for each in found.entries] == [f"+54114000100{last}" for last in range(10)]


def test_a_list_without_a_head_is_one_of_numbers(read):
    assert len(read(_csv("011 4000-1000", "011 4000-1001")).entries) == 2


def test_every_problem_is_told_at_its_row(read):
    found = read(
        _csv(
            "número;hasta;tipo;operador;filial",
            "011 4000-1000;;;;",
            "011 4000 1000;;;;",
            "011 4000-9;;;;",
            "601 555 1234;;;;",
            "+57 601 5551234;;;;AR",
            "0800-555-0001;;cabecera;;",
            "011 4000-2000;;público;;",
            "011 15 4000-2000;;;;",
            "011 4000-3000;;fijo;;",
            "011 4000-3000;;;telecom;",
            "011 4000-3000;;;;Perú",
            ";;cabecera;;",
            "011 4000-5000;011 4000-4000;;;",
            "1140000000;1140099999;;;",
        )
    )
    assert [each.e164 for each in found.entries] == [H1]
    assert [(each.line, each.said.split(";")[0]) for each in found.problems] == [
        (3, "011 4000-1000 ya está en la fila 2 de este archivo"),
        (4, "«011 4000-9» no es un número válido en AR"),
        (5, "«601 555 1234» no es un número válido en AR"),
        (6, "601 555 1234 es un número de CO, no de AR"),
        (7, "0800-555-0001 es gratuito"),
        (8, "011 4000-2000 es un fijo"),
        (9, "011 15-4000-2000 es un móvil"),
        (10, "«fijo» no es un tipo"),
        (11, "no hay un operador «telecom» en AR"),
        (12, "«Perú» no es una filial"),
        (13, "falta el número"),
        (14, "el rango va de 011 4000-5000 a 011 4000-4000"),
        (15, f"el rango tiene más de {MOST_NUMBERS} números"),
    ]
    assert "¿quiso decir" in found.problems[8].said or "telecom-ar" in found.problems[8].said


def test_a_subsidiary_out_of_sight_is_refused(read):
    found = read(_csv("número;filial", "601 5551234;CO"), scope=Scope(frozenset({"AR"})))
    assert [each.said for each in found.problems] == ["la filial CO no está entre las que usted ve"]


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vacío"),
        (b"\r\n;;\r\n", "vacío"),
        (b"\x89PNG\r\n\0\0", "no es CSV ni XLSX"),
        (b"PK\x03\x04 but not really", "incompleto"),
        (_book([("número",)])[:-40], "incompleto"),
        (b"1" * (MOST_BYTES + 1), "4 MB"),
        (b"1140001000\n" * (MOST_ROWS + 1), "20000 filas"),
        (_bomb(), "demasiado grande por dentro"),
    ],
    ids=["empty", "blank", "png", "no-zip", "cut", "large", "long", "bomb"],
)
def test_what_is_no_table_of_ours_is_refused_in_words(content, words):
    with pytest.raises(UnreadableSheet, match=words):
        rows_of(content)


def test_one_range_said_again_and_again_is_not_gone_through_each_time(read):
    found = read(_csv("número;hasta", *["1140000000;19999"] * 3))
    assert found.problems[-1].said == f"Son más de {MOST_NUMBERS} números: divida el archivo."
    assert {each.line for each in found.problems[:-1]} == {3}


def test_a_small_workbook_that_says_it_has_millions_of_cells_is_given_up():
    """What it asks for is asked of a process that may not have it."""
    book, file = zipfile.ZipFile(io.BytesIO(_book([("número",)]))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in book.namelist():
            text = book.read(each)
            packed.writestr(each, text.replace(b"</row>", b"<c/>" * 2_000_000 + b"</row>"))
    assert len(file.getvalue()) < 20_000
    with pytest.raises(UnreadableSheet, match="demasiado trabajo"):
        rows_of(file.getvalue())


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(UnreadableSheet, match="guárdelo otra vez"):
        rows_of(file.getvalue())


def test_what_the_console_exports_and_the_template_can_be_loaded(read, tmp_path: Path):
    with Workbook(tmp_path / "plantilla.xlsx", "Números", TEMPLATE[0]) as add:
        for row in TEMPLATE[1:]:
            add(row)
    found = read((tmp_path / "plantilla.xlsx").read_bytes())
    assert (len(found.entries), found.problems) == (101, ())


async def test_a_file_loads_whole_or_not_at_all(engine, clock, site, numbers, book):
    loads = Loads(engine, clock, site, numbers)
    book.replace(stored_plans())
    await numbers.add([header(H1)])
    content = _csv("número", "011 4000-0990..0999", "011 4000-1000", "011 4321-8765")
    with pytest.raises(NotLoaded, match="2 problemas: no se cargó nada") as refused:
        await loads.load(content, "rango.csv", AR)
    assert [(each.line, each.said) for each in refused.value.read.problems] == [
        (3, "011 4000-1000 ya está en el inventario: cabecera, libre, de telecom-ar."),
        (4, "011 4321-8765 no está libre: el plan «hogar-nandu» lo tiene en la central."),
    ]
    assert [each.e164 for each in (await numbers.page()).items] == [H1]
    with acting(Actor("ivan", "web")):
        read = await loads.load(_csv("número", "011 4000-0990..0999"), "rango.csv", AR)
    assert (len(read.entries), read.rows) == (10, 1)
    assert len((await numbers.page(NumberFilter("4000-099"))).items) == 10
    told = (await AuditTrail(engine).page(AuditFilter(action="number.added"), 1)).rows[0]
    assert (told.actor, told.subject, told.reason) == (
        "ivan",
        "+541140000990…+541140000999",
        "carga de «rango.csv»",
    )
    assert told.after["count"] == 10


async def test_a_file_is_kept_for_whoever_looked_at_it_for_a_day(engine, clock, site, numbers):
    loads = Loads(engine, clock, site, numbers)
    with acting(Actor("ivan", "web")):
        id = await loads.keep(b"x", "rango.csv", Defaults("AR", "telecom-ar", NumberKind.HEADER, "011"))
        kept = await loads.get(id)
        assert kept is not None
        assert (kept.name, kept.content) == ("rango.csv", b"x")
        assert kept.defaults == Defaults("AR", "telecom-ar", NumberKind.HEADER, "011")
    with acting(Actor("olga", "web")):
        assert await loads.get(id) is None
    clock.pass_(days=1, seconds=1)
    with acting(Actor("ivan", "web")):
        assert await loads.get(id) is None
