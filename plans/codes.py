"""Every problem a plan or a site can have: its code, how grave it is, and what it is about.

Codes are stable: one that is no longer used is never given another meaning. docs/plan-problems.md is this
table (`python -m plans.schema` writes it).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plans.problems import Severity


@dataclass(frozen=True, slots=True)
class Code:
    title: str
    severity: Severity = "error"


READING: Mapping[str, Code] = {
    "001": Code("El archivo no existe, es una carpeta o no se puede leer."),
    "002": Code("El archivo no está en UTF-8."),
    "003": Code("El archivo empieza con una marca BOM.", "warning"),
    "004": Code("El archivo es demasiado grande (más de 256 KiB o de 10.000 valores)."),
    "005": Code("El texto no es YAML: sangría, comillas, comas o dos puntos."),
    "006": Code("Una línea empieza con un tabulador."),
    "007": Code("Hay más de un documento en el archivo."),
    "008": Code("Anclas o alias («&», «*»)."),
    "009": Code("Clave de fusión («<<»)."),
    "010": Code("Etiqueta de tipo («!»)."),
    "011": Code("La misma clave dos veces."),
    "012": Code("Demasiados niveles unos dentro de otros."),
    "013": Code("Un valor sin comillas que YAML puede leer como otra cosa: 22:30, NO, 0123."),
    "014": Code("Una clave vacía o que no es un texto."),
    "015": Code("El archivo está vacío o no es una lista de claves."),
    "016": Code("Carácter que no se ve: de control, de ancho cero o de dirección del texto."),
    "020": Code("Clave desconocida."),
    "021": Code("Falta una clave obligatoria."),
    "022": Code("Una clave sin valor que lo necesita."),
    "023": Code("Un número, una fecha o true/false donde va un texto: faltan comillas."),
    "024": Code("Un valor de otro tipo del que corresponde."),
    "025": Code("Un valor que no está entre los posibles."),
    "026": Code("Un valor escrito de otra forma de la que corresponde."),
    "027": Code("Un valor fuera de los límites de tamaño o cantidad."),
    "028": Code("Un destino sin un único adónde, o un mensaje sin texto ni grabación."),
    "029": Code("Varias líneas donde va una sola."),
}

PLAN: Mapping[str, Code] = {
    "101": Code("Dos archivos definen el mismo plan."),
    "102": Code("El nombre de fantasía tiene más letras de las que muestra el visor."),
    "103": Code("El nombre de fantasía ocupa más bytes de los que admite el visor."),
    "104": Code("El nombre de fantasía es largo para algunos visores.", "warning"),
    "105": Code("El nombre de fantasía lleva signos que no se admiten."),
    "106": Code("El nombre de fantasía empieza o termina con espacios, o los repite.", "warning"),
    "110": Code("La filial no existe en el sitio."),
    "111": Code("El número de cabecera no es un número."),
    "112": Code("El número de cabecera no es un número fijo."),
    "113": Code("El número de cabecera es de otro país."),
    "114": Code("El número ya lo usa otra línea u otro plan como cabecera."),
    "115": Code("El número público no es un número."),
    "116": Code("El número público es de otro país."),
    "117": Code("El número público ya lo usa otra línea u otro plan."),
    "118": Code("El operador telefónico no existe en el sitio."),
    "119": Code("El operador telefónico es de otra filial."),
    "120": Code("El número al que se llama («dial») no es un número."),
    "121": Code("El número al que se llama («dial») no está entre los permitidos por el sitio."),
    "130": Code("Se nombra un mensaje que no está en «prompts»."),
    "131": Code("Un mensaje que nadie usa.", "warning"),
    "132": Code("La grabación está fuera de la carpeta del plan."),
    "133": Code("Falta el archivo de la grabación."),
    "134": Code("Se nombra el archivo de una grabación en un plan que no está en una carpeta."),
    "140": Code("«answer» no termina llevando la llamada a ninguna parte."),
    "141": Code("Hay pasos después del que se lleva la llamada."),
    "142": Code("«repeat» fuera de un menú."),
    "143": Code("Se nombra un menú que no existe."),
    "144": Code("Un menú al que no se llega."),
    "145": Code("Un menú que no termina nunca si nadie marca."),
    "146": Code("Una opción sin «label».", "warning"),
    "147": Code("Quien no marca nada en un menú con emergencias queda sin atender.", "warning"),
    "148": Code("Una emergencia que se atiende solo en horario.", "warning"),
    "150": Code("Se nombra una cola que no existe en el sitio."),
    "151": Code("Las esperas pasan la llamada de cola en cola sin fin."),
    "152": Code("Se nombra un calendario que no existe."),
    "153": Code("Un calendario que nadie usa.", "warning"),
    "154": Code("Una franja de horario que abre y cierra a la misma hora."),
    "155": Code("Dos franjas del mismo calendario que se pisan.", "warning"),
    "156": Code("Un calendario con el nombre reservado «always»."),
    "160": Code("El plan termina antes de empezar."),
    "161": Code("El plan ya terminó.", "warning"),
    "162": Code("Una fecha muy lejana.", "warning"),
    "170": Code("Dos coberturas con el mismo código."),
    "171": Code("Una moneda que no existe (ISO 4217)."),
    "172": Code("Una moneda de otro país.", "warning"),
    "180": Code("Se graba sin un aviso previo.", "warning"),
    "181": Code("Una cantidad de dígitos imposible en «ask»."),
    "182": Code("El mismo «ask» dos veces.", "warning"),
}

SITE: Mapping[str, Code] = {
    "101": Code("La zona horaria no existe."),
    "102": Code("La dirección de un operador no es una dirección IP."),
    "103": Code("Dos operadores con la misma dirección."),
    "104": Code("Un operador con la dirección de los teléfonos (127.0.0.1)."),
    "105": Code("La filial de un operador no existe."),
    "106": Code("Se nombra una cola que no existe."),
    "107": Code("Las colas se pasan la llamada sin fin cuando no hay nadie."),
    "108": Code("Un destino que el sitio no puede usar («menu», «repeat»)."),
    "109": Code("El número al que se llama («dial») no es un número."),
    "110": Code("El número al que se llama («dial») no está en «duty»."),
    "111": Code("El país de la filial no existe."),
    "112": Code("Un prefijo que no empieza con el código de un país."),
    "113": Code("Un nombre reservado o que se confunde con el de un teléfono."),
    "114": Code("Los límites del nombre de fantasía se contradicen."),
    "115": Code("Un valor repetido.", "warning"),
    "116": Code("No hay números de emergencia.", "warning"),
    "117": Code("El número de una cola ya es de otra o de emergencias."),
    "118": Code("Un número de emergencia que comienza como la captura de llamadas (*8)."),
    "119": Code("El correo que pide un número nombra algo que no existe."),
    "120": Code("El correo de un contacto no es una dirección."),
    "121": Code("Un prefijo del operador es también el comienzo de sus números."),
}


def severity(code: str) -> Severity:
    """How grave `PLAN-104` is; codes that are in no table do not exist (KeyError)."""
    kind, number = code.split("-")
    own = PLAN if kind == "PLAN" else SITE
    return (READING if number < "100" else own)[number].severity


def as_markdown() -> str:
    """docs/plan-problems.md."""
    parts = [
        "# Los problemas de un plan o de un sitio, con su código\n",
        "Cada problema dice `ARCHIVO:LÍNEA: CÓDIGO` y qué escribir en su lugar. Los códigos no cambian de "
        "significado.\nUn **error** impide aplicar el plan; un **aviso** no.\n",
        _table("Al leer (`PLAN-0…` en un plan, `SITE-0…` en el sitio)", "…-", READING),
        _table("Planes", "PLAN-", PLAN),
        _table("Sitio", "SITE-", SITE),
    ]
    return "\n".join(parts)


def _table(title: str, prefix: str, codes: Mapping[str, Code]) -> str:
    rows = (
        f"| {prefix}{number} | {'error' if code.severity == 'error' else 'aviso'} | {code.title} |"
        for number, code in codes.items()
    )
    return "\n".join([f"## {title}\n", "| código | | qué pasa |", "| --- | --- | --- |", *rows, ""])
