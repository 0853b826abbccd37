"""What coordinators' phones may dial: emergency codes, pick-ups, each other, queues, the allowed countries.

The order of the includes decides: an emergency code comes first, whatever else is numbered like it.
"""

from collections.abc import Iterable, Iterator, Mapping

import phonenumbers

from dialplan import carriers, countries, escape, rescue, routines, sentences
from dialplan.nodes import SOME, Context, Extension, Step, Target, assign, gosub, goto, goto_if, play
from dialplan.numbers import LONGEST, digits
from dialplan.routines import FAMILY_COUNTRY, FAMILY_SHOWS
from dialplan.sentences import Spoken
from plans.site import Site

INTERNAL = "phones-internal"
"""The phones themselves; written by whoever writes the phones."""

_EMERGENCY, _OUTSIDE, _REFUSED = "phones-emergency", "phones-outside", "phones-refused"
_HOME, _IDENTITY = "phones-home", "phones-identity"
_ALLOWED, _SENTENCE = "phones-allowed", "phones-sentence"
QUEUES, PICKUP = "phones-queues", "phones-pickup"
"""The queues by their own numbers (`dialplan.transfers`), and `dialplan.pickup`."""
FAILED = Target(_SENTENCE, "failed")
_SECONDS = "120"
ANYTHING = ("_[+0-9*#]!", "_[A-Za-z].")


def phone_contexts(site: Site, shown: Mapping[str, str], spoken: Spoken) -> Iterator[Context]:
    """`shown` is, for a carrier, the number (digits) that a phone shows until it has answered a call."""
    language = next(iter(site.subsidiaries.values())).language
    homes = homes_of(site)
    yield Context("from-phones", includes=(_EMERGENCY, PICKUP, INTERNAL, QUEUES, _OUTSIDE, _REFUSED))
    yield Context(_HOME, tuple(_home(country, slug, shown) for country, slug in homes.items()))
    yield _identity(homes)
    yield Context(_EMERGENCY, tuple(_emergency(code, homes) for code in site.phones.emergency))
    yield _outside(tuple(homes))
    yield Context(_ALLOWED, tuple(_allowed(prefix, homes) for prefix in shortest(site.phones.allow)))
    refused = (goto(Target(_SENTENCE, "refused")),)
    yield Context(_REFUSED, tuple(Extension(pattern, refused) for pattern in ANYTHING))
    yield _sentences(spoken, language)
    yield from rescue.rescue_contexts(FAILED)


def homes_of(site: Site) -> dict[str, str]:
    """The countries that can be called at home, each with its first carrier; the first is the usual one."""
    homes: dict[str, str] = {}
    for slug, carrier in site.carriers.items():
        homes.setdefault(carrier.subsidiary, slug)
    return homes


def _home(country: str, slug: str, shown: Mapping[str, str]) -> Extension:
    usual = shown.get(slug, "")
    return Extension(
        f"c_{country}",
        (
            assign("ALTAVOZ_CARRIER", slug),
            assign("ALTAVOZ_SHOWN", f'${{IF($["${{ALTAVOZ_SHOWN}}" = ""]?{usual}:${{ALTAVOZ_SHOWN}})}}'),
            Step("Return"),
        ),
    )


def _identity(homes: Mapping[str, str]) -> Context:
    """The number this phone shows, never its owner's name, and where it is at home.

    Both as in the last call it answered. Whom it calls inherits them, for when it passes that call on.
    """
    phone = "${FILTER(0-9,${CHANNEL(endpoint)})}"
    places = tuple(Target(_HOME, f"c_{country}") for country in homes)
    steps = (
        assign("CALLERID(name)", ""),
        assign("ALTAVOZ_SHOWN", f"${{FILTER(0-9,${{DB({FAMILY_SHOWS}/{phone})}})}}"),
        assign("ALTAVOZ_COUNTRY", f"${{FILTER(A-Z,${{DB({FAMILY_COUNTRY}/{phone})}})}}"),
        at_home(homes),
        gosub(Target(_HOME, "c_${ALTAVOZ_COUNTRY}"), really=places),
        assign("__ALTAVOZ_PHONE", phone),
        assign("__ALTAVOZ_COUNTRY", "${ALTAVOZ_COUNTRY}"),
        assign("__ALTAVOZ_CARRIER", "${ALTAVOZ_CARRIER}"),
        assign("__ALTAVOZ_SHOWS", "${ALTAVOZ_SHOWN}"),
        Step("Return"),
    )
    return Context(_IDENTITY, (Extension("s", steps),))


def at_home(homes: Iterable[str]) -> Step:
    """ALTAVOZ_COUNTRY becomes the first of `homes` unless it is one of them."""
    known = f"$[${{DIALPLAN_EXISTS({_HOME},c_${{ALTAVOZ_COUNTRY}},1)}}]"
    return assign("ALTAVOZ_COUNTRY", f"${{IF({known}?${{ALTAVOZ_COUNTRY}}:{next(iter(homes))})}}")


def _emergency(code: str, homes: Mapping[str, str]) -> Extension:
    own = tuple(Target(carriers.trunk(slug).context, "raw") for slug in homes.values())
    return Extension(
        escape.argument(code),
        (
            gosub(Target(_IDENTITY)),
            routines.mark("outgoing", code, "${ALTAVOZ_CARRIER}", "${ALTAVOZ_SHOWN}"),
            gosub(
                Target("to-${ALTAVOZ_CARRIER}", "raw"),
                code,
                "${ALTAVOZ_SHOWN}",
                _SECONDS,
                carriers.AS_IT_COMES,
                really=own,
            ),
            goto(FAILED),
        ),
    )


def _outside(homes: tuple[str, ...]) -> Context:
    """What is dialled is read as at home, then as in each other country, until it is an allowed number."""
    steps = (
        assign("ALTAVOZ_SENT", f"${{FILTER(+0-9,${{EXTEN:0:{LONGEST}}})}}"),
        gosub(Target(_IDENTITY)),
        *reading(homes, _ALLOWED, Target(label="allowed")),
        goto(Target(_SENTENCE, "refused")),
        goto(Target(_ALLOWED, "${ALTAVOZ_CALLED}"), Target(_ALLOWED, SOME)).labelled("allowed"),
    )
    return Context(_OUTSIDE, tuple(Extension(pattern, steps) for pattern in ("_+X.", "_X.")))


def reading(homes: Iterable[str], allowed: str, then: Target) -> Iterator[Step]:
    """ALTAVOZ_SENT as at home, then as in each other country, until `allowed` has that ALTAVOZ_CALLED."""
    tables = tuple(Target(countries.home(country), SOME) for country in homes)
    for country in ("${ALTAVOZ_COUNTRY}", *homes):
        yield gosub(Target(countries.home(country), "${ALTAVOZ_SENT}"), really=tables)
        yield assign("ALTAVOZ_CALLED", "${GOSUB_RETVAL}")
        yield goto_if(f"$[${{DIALPLAN_EXISTS({allowed},${{ALTAVOZ_CALLED}},1)}}]", then)


def shortest(prefixes: Iterable[str]) -> Iterator[str]:
    """Without those that a shorter one covers, so that no two patterns match the same number."""
    several = {*prefixes}
    for prefix in sorted(several):
        if not any(prefix != other and prefix.startswith(other) for other in several):
            yield digits(prefix)


def _allowed(prefix: str, homes: Mapping[str, str]) -> Extension:
    called, slug = "${FILTER(0-9,${EXTEN})}", carrier_for(prefix, homes)
    out, own = trunk_of(slug, homes)
    return Extension(
        f"_{prefix}X.",
        (
            routines.mark("outgoing", called, slug, "${ALTAVOZ_SHOWN}"),
            gosub(out, called, "${ALTAVOZ_SHOWN}", _SECONDS, carriers.AS_IT_COMES, really=own),
            goto(Target(rescue.CONSULTED)),
        ),
    )


def carrier_for(prefix: str, homes: Mapping[str, str]) -> str:
    """The carrier (or the variable that names it) for numbers that begin so: that of their country."""
    codes = {slug: str(phonenumbers.country_code_for_region(country)) for country, slug in homes.items()}
    return next((slug for slug, code in codes.items() if prefix.startswith(code)), "${ALTAVOZ_CARRIER}")


def trunk_of(slug: str, homes: Mapping[str, str]) -> tuple[Target, tuple[Target, ...]]:
    """Where a carrier is dialled, and the places it may really be when a variable names it."""
    own = () if slug in homes.values() else tuple(carriers.trunk(each) for each in homes.values())
    return carriers.trunk(slug), own


def _sentences(spoken: Spoken, language: str) -> Context:
    """Causes of Q.850: 21 is a call refused, 38 a network that does not get there."""
    causes = {"refused": (sentences.NOT_ALLOWED, "21"), "failed": (sentences.NOT_REACHED, "38")}
    return Context(
        _SENTENCE,
        tuple(
            Extension(
                name,
                (Step("Progress"), play(spoken.say(text, language), answered=False), Step("Hangup", cause)),
            )
            for name, (text, cause) in causes.items()
        ),
    )
