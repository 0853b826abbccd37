"""Taking a call that rings at another phone: `*8` any of one's queues, `*8101` that of phone 101.

Only phones that share a queue may: the groups are written with the phones (`telephony.phones`).
"""

from collections.abc import Iterator

from dialplan import rescue, routines
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if
from dialplan.phones import FAILED, PICKUP
from plans.check_site import PICKUP_CODE as CODE
from plans.site import Site

MEMBER = "phones-member"
"""`Local/101@phones-member` rings all devices of phone 101; for queues."""


def group_context(queue: str) -> str:
    """Whose extensions are the phones of that queue's coordinators."""
    return f"phones-group-{queue}"


def pickup_contexts(site: Site) -> Iterator[Context]:
    """Also `phones-ring`, which says what to dial for a phone."""
    group = Extension(CODE, (Step("Pickup"), Step("Hangup")))
    yield Context(PICKUP, (group, Extension(f"_{CODE}X.", tuple(_directed(site)))))
    yield Context(rescue.RING.context, (Extension(rescue.RING.extension, tuple(_ring())),))
    yield Context(MEMBER, (Extension("_X.", tuple(_member())),))


def _directed(site: Site) -> Iterator[Step]:
    """Each queue is looked at for both phones."""
    yield assign("ALTAVOZ_SENT", f"${{FILTER(0-9,${{EXTEN:{len(CODE)}:6}})}}")
    yield assign("ALTAVOZ_PHONE", "${FILTER(0-9,${CHANNEL(endpoint)})}")
    for queue in site.queues:
        both = " & ".join(_in(queue, phone) for phone in ("${ALTAVOZ_PHONE}", "${ALTAVOZ_SENT}"))
        yield goto_if(f"$[{both}]", Target(label="may"))
    yield goto(Target(FAILED.context, "refused"))
    yield Step("PickupChan", "PJSIP/${ALTAVOZ_SENT}", label="may")
    yield Step("Hangup")


def _in(queue: str, phone: str) -> str:
    return f"${{DIALPLAN_EXISTS({group_context(queue)},{phone},1)}}"


def _member() -> Iterator[Step]:
    """The queue says for how long, by hanging up."""
    yield gosub(rescue.RING, "${FILTER(0-9,${EXTEN})}")
    answered = Target(routines.QUEUE_ANSWERED)
    yield Step("Dial", f"${{GOSUB_RETVAL}},,iU({answered.context})", jumps=(answered,))
    yield Step("Hangup")


def _ring() -> Iterator[Step]:
    """The contacts of a phone with two devices, each dialled by itself; else the phone.

    A contact is text that a phone sent. It may not bring a third thing to dial, nor other arguments.
    """
    clean = "A-Za-z0-9+./:;=@%_~&\\x2d\\x5b\\x5d"
    yield assign("LOCAL(contacts)", f"${{FILTER({clean},${{PJSIP_DIAL_CONTACTS(${{ARG1}})}})}}")
    yield assign("LOCAL(own)", "PJSIP/${ARG1}/")
    yield goto_if("$[${FIELDQTY(contacts,&)} != 2]", Target(label="one"))
    for position in (1, 2):
        begins = f"${{CUT(contacts,&,{position}):0:${{LEN(${{own}})}}}}"
        yield goto_if(f'$["{begins}" != "${{own}}"]', Target(label="one"))
    yield Step("Return", "${contacts}")
    yield Step("Return", "PJSIP/${ARG1}", label="one")
