"""What coordinators' phones may dial: emergency codes, each other, and the countries the site allows.

The order of the includes decides: an emergency code comes first, whatever else is numbered like it.
"""

from collections.abc import Iterator, Mapping

import phonenumbers

from dialplan import carriers, countries, escape, sentences
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
_SECONDS = "120"
_ANYTHING = ("_[+0-9*#]!", "_[A-Za-z].")


def phone_contexts(site: Site, shown: Mapping[str, str], spoken: Spoken) -> Iterator[Context]:
    """`shown` is, for a carrier, the number (digits) that a phone shows until it has answered a call."""
    language = next(iter(site.subsidiaries.values())).language
    homes = _homes(site)
    yield Context("from-phones", includes=(_EMERGENCY, INTERNAL, _OUTSIDE, _REFUSED))
    yield Context(_HOME, tuple(_home(country, slug, shown) for country, slug in homes.items()))
    yield _identity(homes)
    yield Context(_EMERGENCY, tuple(_emergency(code, homes) for code in site.phones.emergency))
    yield _outside(tuple(homes))
    yield Context(_ALLOWED, tuple(_allowed(prefix, homes) for prefix in _shortest(site.phones.allow)))
    refused = (goto(Target(_SENTENCE, "refused")),)
    yield Context(_REFUSED, tuple(Extension(pattern, refused) for pattern in _ANYTHING))
    yield _sentences(spoken, language)


def _homes(site: Site) -> dict[str, str]:
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
            assign("ALTAVOZ_COUNTRY", country),
            assign("ALTAVOZ_CARRIER", slug),
            assign("ALTAVOZ_SHOWN", f'${{IF($["${{ALTAVOZ_SHOWN}}" = ""]?{usual}:${{ALTAVOZ_SHOWN}})}}'),
            Step("Return"),
        ),
    )


def _identity(homes: Mapping[str, str]) -> Context:
    """The number this phone shows, never its owner's name, and where it is at home.

    Both as in the last call it answered.
    """
    phone = "${FILTER(0-9,${CHANNEL(endpoint)})}"
    known = f"$[${{DIALPLAN_EXISTS({_HOME},c_${{country}},1)}}]"
    places = tuple(Target(_HOME, f"c_{country}") for country in homes)
    steps = (
        assign("CALLERID(name)", ""),
        assign("ALTAVOZ_SHOWN", f"${{FILTER(0-9,${{DB({FAMILY_SHOWS}/{phone})}})}}"),
        assign("LOCAL(country)", f"${{FILTER(A-Z,${{DB({FAMILY_COUNTRY}/{phone})}})}}"),
        assign("LOCAL(country)", f"${{IF({known}?${{country}}:{next(iter(homes))})}}"),
        gosub(Target(_HOME, "c_${country}"), really=places),
        Step("Return"),
    )
    return Context(_IDENTITY, (Extension("s", steps),))


def _emergency(code: str, homes: Mapping[str, str]) -> Extension:
    own = tuple(Target(carriers.trunk(slug).context, "raw") for slug in homes.values())
    return Extension(
        escape.argument(code),
        (
            gosub(Target(_IDENTITY)),
            gosub(
                Target("to-${ALTAVOZ_CARRIER}", "raw"),
                code,
                "${ALTAVOZ_SHOWN}",
                _SECONDS,
                carriers.AS_IT_COMES,
                really=own,
            ),
            goto(Target(_SENTENCE, "failed")),
        ),
    )


def _outside(homes: tuple[str, ...]) -> Context:
    """What is dialled is read as at home, then as in each other country, until it is an allowed number."""
    sent = assign("ALTAVOZ_SENT", f"${{FILTER(+0-9,${{EXTEN:0:{LONGEST}}})}}")
    tables = tuple(Target(countries.home(country), SOME) for country in homes)
    steps = [sent, gosub(Target(_IDENTITY))]
    for country in ("${ALTAVOZ_COUNTRY}", *homes):
        steps.append(gosub(Target(countries.home(country), "${ALTAVOZ_SENT}"), really=tables))
        steps.append(assign("ALTAVOZ_CALLED", "${GOSUB_RETVAL}"))
        allowed = f"$[${{DIALPLAN_EXISTS({_ALLOWED},${{ALTAVOZ_CALLED}},1)}}]"
        steps.append(goto_if(allowed, Target(label="allowed")))
    steps.append(goto(Target(_SENTENCE, "refused")))
    steps.append(goto(Target(_ALLOWED, "${ALTAVOZ_CALLED}"), Target(_ALLOWED, SOME)).labelled("allowed"))
    return Context(_OUTSIDE, tuple(Extension(pattern, tuple(steps)) for pattern in ("_+X.", "_X.")))


def _shortest(prefixes: tuple[str, ...]) -> Iterator[str]:
    """Without those that a shorter one covers, so that no two patterns match the same number."""
    for prefix in sorted({*prefixes}):
        if not any(prefix != other and prefix.startswith(other) for other in prefixes):
            yield digits(prefix)


def _allowed(prefix: str, homes: Mapping[str, str]) -> Extension:
    codes = {slug: str(phonenumbers.country_code_for_region(country)) for country, slug in homes.items()}
    slug = next((slug for slug, code in codes.items() if prefix.startswith(code)), None)
    out = carriers.trunk(slug or "${ALTAVOZ_CARRIER}")
    own = () if slug else tuple(carriers.trunk(each) for each in homes.values())
    called = "${FILTER(0-9,${EXTEN})}"
    return Extension(
        f"_{prefix}X.",
        (
            gosub(out, called, "${ALTAVOZ_SHOWN}", _SECONDS, carriers.AS_IT_COMES, really=own),
            goto(Target(_SENTENCE, "failed")),
        ),
    )


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
