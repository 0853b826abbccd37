"""How the limits of a coverage are said to people. Pure."""

from plans.model import AmountLimit, EventLimit

_PER = {"event": "por evento", "month": "por mes", "year": "por año", "contract": "por contrato"}
_COMMA_THOUSANDS = {"MXN", "USD"}


def events_limit(limit: EventLimit | None) -> str:
    """`3 por año`."""
    return f"{limit.limit} {_PER[limit.per]}" if limit else "Sin tope"


def amount_limit(limit: AmountLimit | None) -> str:
    """`ARS 80.000 por evento`, with the thousands as the currency's countries write them."""
    if limit is None:
        return "Sin tope"
    grouped = f"{limit.limit:,}"
    written = grouped if limit.currency in _COMMA_THOUSANDS else grouped.replace(",", ".")
    return f"{limit.currency} {written} {_PER[limit.per]}"
