"""In from a carrier, and out to one. What a carrier sends is filtered here, before anything looks at it."""

from collections.abc import Iterator, Mapping

from dialplan import countries, hand, routines
from dialplan.names import SHARD_PREFIX
from dialplan.nodes import SOME, Context, Extension, Step, Target, assign, gosub, goto, goto_if, play
from dialplan.numbers import LONGEST, reading_table
from dialplan.sentences import Spoken
from plans.site import Carrier, Header, NumberForm, Site

ADDRESS = "altavoz-address"
LOOKUP = "altavoz-line"
SHOWING = "altavoz-showing"
RING_OUT = 45
"""Seconds that an outside number rings."""

HEARD_RINGING, AS_IT_COMES = "ir", "i"
"""Options of Dial: a caller already answered hears it ring; or what the carrier plays. No diversions."""

_HEADERS: Mapping[Header, str] = {
    "to": "To",
    "p-called-party-id": "P-Called-Party-ID",
    "diversion": "Diversion",
}


def arrival_contexts(slug: str, carrier: Carrier) -> Iterator[Context]:
    """`from-<carrier>` takes any user part, but never `h`, `i` or `t`, which Asterisk itself calls."""
    arrive = Target(f"arrive-{slug}")
    sent = assign("ALTAVOZ_SENT", telephone("${CUT(EXTEN,;,1):0:40}"))
    yield Context(
        f"from-{slug}",
        (
            Extension("s", (assign("ALTAVOZ_SENT", ""), goto(arrive))),
            Extension("_[+0-9*#]!", (sent, goto(arrive))),
            Extension("_[A-Za-z].", (sent, goto(arrive))),
        ),
    )
    yield Context(arrive.context, (Extension("s", tuple(_arrive(slug, carrier))),))


def telephone(text: str) -> str:
    """`text` with nothing in it but what a telephone number is written with."""
    return f"${{FILTER(+0-9,{text})}}"


def _arrive(slug: str, carrier: Carrier) -> Iterator[Step]:
    header = _HEADERS.get(carrier.delivers.into)
    yield assign("ALTAVOZ_CARRIER", slug)
    if header:
        yield assign("ALTAVOZ_HEADER", f"${{PJSIP_HEADER(read,{header})}}")
        yield gosub(Target(ADDRESS))
        yield assign("ALTAVOZ_SENT", '${IF($["${GOSUB_RETVAL}" = ""]?${ALTAVOZ_SENT}:${GOSUB_RETVAL})}')
    if carrier.prefixes:
        yield assign("ALTAVOZ_SENT", _without("ALTAVOZ_SENT", carrier.prefixes))
    yield from _read("ALTAVOZ_SENT", carrier.subsidiary, carrier.delivers.number, "line")
    yield assign("ALTAVOZ_LINE", "${GOSUB_RETVAL}")
    yield from _caller(carrier)
    yield goto(Target(LOOKUP))


def _without(variable: str, prefixes: tuple[str, ...]) -> str:
    """What the variable holds, without the prefix that it begins with, if any; none begins another."""
    kept = f"${{{variable}}}"
    for prefix in prefixes:
        begins = f'$["${{{variable}:0:{len(prefix)}}}" = "{prefix}"]'
        kept = f"${{IF({begins}?${{{variable}:{len(prefix)}}}:{kept})}}"
    return kept


def _read(variable: str, country: str, form: NumberForm, label: str) -> Iterator[Step]:
    """GOSUB_RETVAL becomes the E.164 digits of what the variable holds, empty for empty."""
    number = f"${{{variable}:0:{LONGEST}}}"
    table = reading_table(country, form)
    yield assign("GOSUB_RETVAL", "")
    yield goto_if(f'$["${{{variable}}}" = ""]', Target(label=label))
    yield gosub(Target(table, number), really=(Target(table, SOME),))
    yield Step("NoOp", label=label)


def _caller(carrier: Carrier) -> Iterator[Step]:
    """Letters mean that there is no number (`anonymous`), and who hides theirs is not written down."""
    yield assign("ALTAVOZ_SENT", telephone("${CALLERID(num):0:40}"))
    hidden = "$[${LEN(${FILTER(A-Za-z,${CALLERID(num)})})} > 0]"
    yield assign("ALTAVOZ_SENT", f"${{IF({hidden}?:${{ALTAVOZ_SENT}})}}")
    prohibited = '$["${FILTER(a-z,${CALLERID(num-pres):0:6})}" = "prohib"]'
    yield assign("ALTAVOZ_SENT", f"${{IF({prohibited}?:${{ALTAVOZ_SENT}})}}")
    yield from _read("ALTAVOZ_SENT", carrier.subsidiary, carrier.caller.number, "caller")
    yield assign("ALTAVOZ_CALLER", "${GOSUB_RETVAL}")
    yield assign("CALLERID(num)", "${ALTAVOZ_CALLER}")


def address_context() -> Context:
    """The telephone in ALTAVOZ_HEADER, a SIP or tel address with or without a name before it.

    By hand, because PJSIP_PARSE_URI_FROM takes neither `tel:` nor parameters of the header.
    """
    last = "${CUT(ALTAVOZ_HEADER,<,${FIELDQTY(ALTAVOZ_HEADER,<)})}"
    steps = (
        assign("LOCAL(uri)", last),
        assign("LOCAL(uri)", "${CUT(uri,>,1)}"),
        goto_if('$["${FILTER(a-z,${uri:0:4})}" = "tel"]', Target(label="user")),
        goto_if("$[${FIELDQTY(uri,@)} > 1]", Target(label="user")),
        Step("Return"),
        assign("LOCAL(uri)", "${CUT(uri,@,1)}").labelled("user"),
        assign("LOCAL(uri)", "${CUT(uri,:,2)}"),
        assign("LOCAL(uri)", "${CUT(uri,;,1)}"),
        Step("Return", telephone("${uri:0:40}")),
    )
    return Context(ADDRESS, (Extension("s", steps),))


def lookup_context(shards: tuple[str, ...], slugs: tuple[str, ...]) -> Context:
    """From ALTAVOZ_LINE to its plan, whichever carrier delivered it."""
    line, shard = "${ALTAVOZ_LINE}", f"{SHARD_PREFIX}${{ALTAVOZ_LINE:-3}}"
    known = f"$[${{DIALPLAN_EXISTS({shard},{line},1)}}]"
    to_plan = goto(Target(shard, line), *(Target(each, SOME) for each in shards)).labelled(hand.STRANGER)
    steps = (
        assign("ALTAVOZ_AT", '${IF($["${ALTAVOZ_AT}" = ""]?${EPOCH}:${ALTAVOZ_AT})}'),
        assign("ALTAVOZ_ENTRIES", "0"),
        assign("QUEUE_PRIO", "0"),
        *((goto_if(known, Target(label="known")),) if shards else ()),
        goto(Target(_unknown("${ALTAVOZ_CARRIER}")), *(Target(_unknown(slug)) for slug in slugs)),
        *((*hand.asks(), to_plan) if shards else ()),
    )
    return Context(LOOKUP, (Extension("s", steps),))


def _unknown(slug: str) -> str:
    return f"altavoz-unknown-{slug}"


def unknown_context(slug: str, site: Site, then: tuple[Step, ...], spoken: Spoken) -> Context:
    """A number that no plan has: the site's sentence, unbilled, then what the site says."""
    language = site.subsidiaries[site.carriers[slug].subsidiary].language
    steps = (
        routines.mark("unknown", "${ALTAVOZ_LINE}", slug),
        assign("ALTAVOZ_COUNTRY", site.carriers[slug].subsidiary),
        Step("Progress"),
        play(spoken.say(site.unknown_number.say, language), answered=False),
        *then,
    )
    return Context(_unknown(slug), (Extension("s", steps),))


def trunk(slug: str) -> Target:
    """`Gosub(to-<carrier>,s,1(number,shown,seconds,options))` dials E.164; back when nobody answered."""
    return Target(f"to-{slug}")


def trunk_context(slug: str, carrier: Carrier) -> Context:
    """Out by a carrier: both numbers in its own writing. `raw` dials a short code as it is."""
    called = written("ARG1", "called", carrier.subsidiary, carrier.delivers.number)
    return Context(
        f"to-{slug}",
        (
            Extension("s", (*called, *_dial(slug, carrier))),
            Extension("raw", (assign("LOCAL(called)", "${ARG1}"), *_dial(slug, carrier))),
        ),
    )


def _dial(slug: str, carrier: Carrier) -> Iterator[Step]:
    yield from written("ARG2", "shown", carrier.subsidiary, carrier.caller.number)
    yield Step(
        "Dial",
        f"PJSIP/${{called}}@{slug},${{ARG3}},${{ARG4}}b({SHOWING}^s^1(${{shown}}^${{called}}))",
        jumps=(Target(SHOWING),),
    )
    yield Step("Return")


def written(variable: str, result: str, country: str, form: NumberForm) -> Iterator[Step]:
    """LOCAL(result) becomes the E.164 digits of `variable` as a carrier of the country writes them."""
    if form == "national":
        table, label = countries.write(country), f"{result}-written"
        yield assign(f"LOCAL({result})", "")
        yield goto_if(f'$["${{{variable}}}" = ""]', Target(label=label))
        yield gosub(Target(table, f"${{{variable}}}"), really=(Target(table, SOME),))
        yield assign(f"LOCAL({result})", "${GOSUB_RETVAL}")
        yield Step("NoOp", label=label)
    else:
        plus = f'${{IF($["${{{variable}}}" = ""]?:+)}}' if form == "e164" else ""
        yield assign(f"LOCAL({result})", f"{plus}${{{variable}}}")


def showing_context() -> Context:
    """Runs on an outgoing channel before it dials: the number that the called person sees.

    ARG: that number, and the one dialled, which a phone shows once it is answered.
    """
    steps = (
        assign("CALLERID(num)", "${ARG2}"),
        goto_if('$["${ARG1}" = ""]', Target(label="end")),
        assign("CONNECTEDLINE(num,i)", "${ARG1}"),
        Step("Return", label="end"),
    )
    return Context(SHOWING, (Extension("s", steps),))
