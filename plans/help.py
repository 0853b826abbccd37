"""What each key of a plan and of a site is for, in Spanish: editors show it, and so do problems."""

from collections.abc import Mapping

from pydantic import BaseModel

_DESTINATION: Mapping[str, str] = {
    "queue": "Cola de coordinadores del sitio, como cat.",
    "menu": "Nombre de un menú de este plan.",
    "callback": "Cola que debe devolver la llamada; quien llama puede colgar.",
    "dial": "Número de guardia al que se llama; debe estar entre los permitidos por el sitio.",
    "repeat": "true: se repite el menú.",
    "hangup": "true: se corta la llamada.",
}

HELP: Mapping[str, Mapping[str, str]] = {
    "Plan": {
        "": "Un plan de asistencia: del número que se marca a las coberturas que lee el coordinador.",
        "altavoz": "Versión de este formato: 1.",
        "plan": "Nombre del plan para las máquinas, como hogar-nandu; no se vuelve a usar.",
        "name": "Nombre del plan.",
        "account": "La cuenta (el cliente) que vende el plan.",
        "subsidiary": "País de la filial, como AR: de él son los números, la hora y los feriados.",
        "fantasy_name": "Nombre de fantasía: lo que muestra el teléfono del coordinador.",
        "starts": "Fecha en que empieza, como 2026-03-01.",
        "ends": "Fecha en que termina; sin valor si no termina.",
        "sold_by": "Por dónde se vende, como [agencia, tmk].",
        "scope": "Alcance de la cobertura.",
        "lines": "Las líneas del plan: número de cabecera, número público y operador.",
        "prompts": "Los mensajes que se oyen, por nombre.",
        "answer": "Los pasos de la llamada antes del menú, en orden; el último la lleva a alguna parte.",
        "menus": "Los menús, por nombre.",
        "hours": "Horario del plan: always o el nombre de un calendario.",
        "calendars": "Los calendarios, por nombre.",
        "waiting": "Cuánto se espera en cada cola y qué pasa después.",
        "record": "true: se graban las llamadas.",
        "service_level": "Nivel de servicio acordado.",
        "coverages": "Las asistencias que cubre el plan, con sus límites.",
        "guide": "Guía de atención: lo que el coordinador dice y pregunta.",
        "conditions": "Condiciones generales.",
    },
    "Account": {
        "": "La cuenta que vende el plan.",
        "name": "Nombre o razón social.",
        "type": "Tipo de cuenta.",
        "tax_id": "Identificación fiscal, entre comillas.",
    },
    "Line": {
        "": "Una línea: número de cabecera, número público montado sobre él y operador que la entrega.",
        "header": "Número de cabecera, como «+54 11 4321 8765»: lo que entrega el operador.",
        "public": "Número que marca el afiliado, como «0800-555-1234».",
        "carrier": "Operador telefónico del sitio que entrega la línea.",
    },
    "Prompt": {
        "": "Lo que oye quien llama: una grabación; si no la hay, el texto dicho por la voz.",
        "text": "Texto que dice la voz mientras no haya grabación.",
        "audio": "Grabación, con su ruta desde la carpeta del plan, como audio/saludo.wav.",
    },
    "Destination": {"": "Adónde va la llamada: exactamente uno de los seis destinos.", **_DESTINATION},
    "Choice": {
        "": "Lo que hace una tecla de un menú.",
        **_DESTINATION,
        "label": "Nombre de la opción, como lo verá el coordinador.",
        "kind": "Tipo de caso que se abre.",
        "priority": "Prioridad en la cola, de 0 a 100; la mayor pasa primero.",
        "hours": "Horario de la opción: always o el nombre de un calendario.",
    },
    "Menu": {
        "": "Un menú: se dice, se espera una tecla y se actúa.",
        "say": "Nombre del mensaje que dice el menú.",
        "wait": "Cuánto se espera la tecla, como 5s.",
        "tries": "Cuántas veces se dice, de 1 a 9.",
        "choices": 'Las opciones, por tecla entre comillas: "1".',
        "otherwise": "Adónde va quien no marca nada o marca mal.",
    },
    "Say": {
        "": "Un mensaje que una tecla del primer menú puede cortar.",
        "say": "Nombre del mensaje.",
    },
    "Notice": {
        "": "Aviso de privacidad: se oye entero, antes de grabar.",
        "notice": "Nombre del mensaje.",
    },
    "Ask": {
        "": "Dígitos que escribe quien llama; los verá el coordinador.",
        "ask": "Nombre del dato y de su mensaje, como documento.",
        "digits": 'Cuántos dígitos, como "8" o 7-8.',
        "tries": "Cuántas veces se piden, de 1 a 9.",
        "required": "true: se vuelven a pedir si no marca nada; agotados los intentos se sigue.",
    },
    "WeekRow": {
        "": "Horario de unos días. Si cierra antes de abrir, sigue pasada la medianoche.",
        "days": "Días, como mon-fri, sat o mon,wed,fri.",
        "from": 'Hora de apertura, como "08:00".',
        "to": 'Hora de cierre, como "18:00"; "24:00" es el fin del día.',
    },
    "Closed": {
        "": "Lo que pasa fuera del horario.",
        "say": "Nombre del mensaje que se oye.",
        "then": "Adónde va la llamada.",
    },
    "Calendar": {
        "": "Un horario de atención.",
        "week": "Las franjas de la semana.",
        "holidays": "Los feriados del país de la filial: open (se atiende) o closed.",
        "closed": "Lo que pasa fuera del horario.",
    },
    "Waiting": {
        "": "Cuánto espera una llamada en una cola y qué pasa después.",
        "say": "Nombre del mensaje que se oye antes de esperar.",
        "max": "Cuánto se espera, como 180s o 3m.",
        "then": "Adónde va la llamada que no se atendió.",
    },
    "ServiceLevel": {
        "": "Nivel de servicio: qué parte de las llamadas se atiende en qué tiempo.",
        "answer_within": "Tiempo en que se atiende, como 20s.",
        "share": "Parte de las llamadas, como 80%.",
    },
    "EventLimit": {
        "": "Cuántos eventos cubre.",
        "limit": "Cantidad de eventos.",
        "per": "En cuánto tiempo: month, year o contract.",
    },
    "AmountLimit": {
        "": "Hasta qué importe cubre.",
        "limit": "Importe, sin puntos ni centavos.",
        "currency": "Moneda, como ARS.",
        "per": "Por evento o en cuánto tiempo: event, month, year o contract.",
    },
    "Coverage": {
        "": "Una asistencia que cubre el plan, con sus límites.",
        "code": "Código de la cobertura, como PLOM.",
        "name": "Nombre de la cobertura.",
        "service": "Servicio al que pertenece, como hogar.",
        "kind": "Tipo de caso: emergencia, programada…",
        "events": "Límite de eventos.",
        "amount": "Límite de importe.",
        "excludes": "Lo que no cubre.",
    },
    "Site": {
        "": "Lo que es del sitio y no de un plan: países, operadores, colas, teléfonos.",
        "altavoz": "Versión de este formato: 1.",
        "subsidiaries": "Las filiales, por país.",
        "carriers": "Los operadores telefónicos, por nombre.",
        "queues": "Las colas de coordinadores, por nombre.",
        "phones": "Lo que pueden marcar los teléfonos de los coordinadores.",
        "unknown_number": "Lo que pasa cuando entra una llamada a un número sin plan.",
        "duty": "Los números de guardia a los que un plan o una cola puede llamar.",
        "fantasy_name": "Lo que admite el visor de los teléfonos.",
    },
    "Subsidiary": {
        "": "Una filial.",
        "name": "Nombre de la filial.",
        "timezone": "Zona horaria, como America/Bogota.",
        "language": "Idioma de la voz, como es-CO.",
    },
    "Delivery": {
        "": "Cómo escribe un operador el número llamado, y en qué parte del INVITE.",
        "number": "Forma del número: e164, e164-no-plus o national.",
        "in": "Parte del INVITE donde viene.",
    },
    "CallerDelivery": {
        "": "Cómo escribe un operador el número que llama.",
        "number": "Forma del número: e164, e164-no-plus o national.",
    },
    "Carrier": {
        "": "Un operador telefónico que entrega llamadas.",
        "subsidiary": "País de la filial a la que entrega.",
        "hosts": "Direcciones IP de las que viene su SIP; cada una de un solo operador.",
        "delivers": "Cómo escribe el número llamado.",
        "caller": "Cómo escribe el número que llama.",
        "name": "Cómo se llama el operador, como Telecom Argentina.",
        "prefixes": 'Dígitos que antepone al número llamado y que se quitan, entre comillas, como "99".',
        "contacts": "Con quién se habla en el operador.",
        "request": "El correo con el que se le pide un número.",
        "usual_days": "Cuántos días hábiles suele tardar en dar un número.",
        "canary": "La llamada del día a sus números: «loop», dentro de la central; «trunk», por su troncal.",
    },
    "Contact": {
        "": "Una persona o mesa del operador.",
        "name": "Nombre.",
        "email": "Correo; ahí se envía el pedido de un número.",
        "phone": "Teléfono, entre comillas.",
    },
    "RequestLetter": {
        "": "El correo que pide un número, con {cabecera}, {tipo}, {filial}, {cuenta}, {plan} y {fecha}.",
        "subject": "Asunto, como «Alta de {tipo} sobre {cabecera}».",
        "body": "Texto del correo.",
    },
    "Queue": {
        "": "Un grupo de coordinadores.",
        "name": "Nombre de la cola.",
        "strategy": "Cómo se reparten las llamadas.",
        "ring": "Cuánto suena el teléfono de cada coordinador, como 15s.",
        "wrap_up": "Descanso después de cada llamada, como 20s.",
        "nobody": "Adónde va la llamada cuando no hay nadie en la cola.",
        "extension": 'Interno para pasarle llamadas desde un teléfono, entre comillas, como "701".',
    },
    "Phones": {
        "": "Lo que pueden marcar los teléfonos y qué número muestran.",
        "allow": "Prefijos a los que pueden llamar, como +54.",
        "emergency": "Números de emergencia, entre comillas.",
        "shows": "Qué número ve la persona llamada: el público del plan o el de cabecera.",
    },
    "UnknownNumber": {
        "": "Lo que pasa con una llamada a un número sin plan.",
        "say": "Texto que se oye.",
        "then": "Adónde va la llamada.",
    },
    "Duty": {
        "": "Los números de guardia.",
        "dial_prefixes": "Con qué empiezan los números a los que se puede llamar, como +54 11.",
    },
    "FantasyRules": {
        "": "Lo que admite el visor de los teléfonos.",
        "characters": "Letras, como mucho.",
        "bytes": "Bytes en UTF-8, como mucho.",
        "warn_over": "Letras desde las que se avisa.",
    },
}


def help_of(model: type[BaseModel], key: str) -> str:
    """What a key of a model is for; `""` names the model itself."""
    return HELP.get(model.__name__, {}).get(key, "")
