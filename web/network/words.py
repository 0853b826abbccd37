"""How what happens to the network is said to people. Pure."""

FIELDS = {
    "subsidiary": "Filial",
    "name": "Nombre",
    "tax_id": "Identificación fiscal",
    "services": "Servicios",
    "zones": "Zonas",
    "capacity": "A la vez",
    "hours": "Horario",
    "contact": "Contacto",
    "phone": "Teléfono",
    "email": "Correo",
    "contract_from": "Contrato desde",
    "contract_until": "Contrato hasta",
    "state": "Estado",
    "note": "Nota",
}
HAPPENED = {"added": "Se agregó", "changed": "Se cambió", "state": "Cambió de estado"}
