"""A release: its text, its name, and what changes from one to the next."""

import os
import random
from pathlib import Path

import pytest

from dialplan.build import build
from dialplan.escape import Unwritable
from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.render import diff, render, touched
from dialplan.served import all_live

GOLDEN = Path(__file__).parents[2] / "golden/dialplan"


def _render(versions, site, years=(2026, 2027)):
    return render(build(all_live(versions), site, years, "pbx1"))


def _one(data: str) -> str:
    step = Step("NoOp", data)
    return render(Dialplan((Context("a", (Extension("s", (step,)),)),), {}, frozenset())).files[
        "extensions.conf"
    ]


@pytest.mark.parametrize("name", ["extensions.conf", "plans.conf"])
def test_the_examples_are_written_as_the_golden_files_show(rendered, name):
    """ALTAVOZ_WRITE_GOLDEN=1 writes them anew; look at the difference before you keep it."""
    if os.environ.get("ALTAVOZ_WRITE_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(rendered.files[name])
    assert rendered.files[name] == (GOLDEN / name).read_text()


def test_the_order_in_which_plans_come_changes_nothing(versions, site):
    mixed = list(versions)
    random.Random(3).shuffle(mixed)
    assert _render(mixed, site) == _render(versions, site)


def test_a_release_is_named_by_its_content_and_marked_with_its_name(versions, site, rendered):
    other = _render(versions[:2], site)
    assert other.release != rendered.release
    assert len(rendered.release) == 12
    assert rendered.files["extensions.conf"].endswith(
        f"[altavoz-release]\nexten => id,1,NoOp({rendered.release})\n\n"
    )
    assert rendered.dialplan.contexts[-1].name == "altavoz-release"


def test_only_plans_own_contexts_stand_in_their_file(rendered):
    heads = [line for line in rendered.files["plans.conf"].splitlines() if line.startswith("[")]
    assert heads
    assert all(head.startswith("[plan-") for head in heads)
    assert "[plan-" not in rendered.files["extensions.conf"]


def test_no_file_includes_another(rendered):
    lines = [line.strip() for text in rendered.files.values() for line in text.splitlines()]
    assert not any(line.startswith("#") for line in lines)


def test_a_semicolon_is_written_so_that_no_comment_starts():
    assert "NoOp(a\\;b)\n" in _one("a;b")


@pytest.mark.parametrize("data", ["a\nexten => x,1,System(id)", "a\r[b]"])
def test_a_line_cannot_be_broken(data):
    with pytest.raises(Unwritable):
        _one(data)


def test_a_plans_contexts_keep_their_name_until_what_they_hold_changes(versions, site, rendered):
    def contexts(site, years=(2026, 2027)):
        return set(_render(versions, site, years).files["plans.conf"].split("\n\n"))

    queue = site.queues["cat"]
    longer = site.model_copy(
        update={"queues": {**site.queues, "cat": queue.model_copy(update={"wrap_up": 99})}}
    )
    assert contexts(site, (2030,)) == contexts(site)
    assert contexts(longer) == contexts(site)
    elsewhere = queue.model_copy(update={"nobody": site.queues["sac"].nobody})
    moved = site.model_copy(update={"queues": {**site.queues, "cat": elsewhere}})
    same = contexts(moved) & contexts(site)
    assert {text.split("-")[1] for text in same if text} == {"mascotas"}


def test_a_diff_is_empty_only_between_equal_releases(versions, site, rendered):
    other = _render(versions[1:], site)
    assert diff(rendered.files, rendered.files) == ""
    text = diff(other.files, rendered.files)
    assert "--- antes/plans.conf" in text
    assert "+exten => 541143218765,1,Set(ALTAVOZ_PUBLIC=548005551234)" in text
    assert "-exten => 541143218765" in diff(rendered.files, other.files)


def test_the_numbers_a_change_touches_are_named(versions, site, rendered):
    without = _render(versions[1:], site)
    assert touched(without.files, rendered.files).added == ("+541143218765",)
    assert touched(rendered.files, without.files).removed == ("+541143218765",)
    renamed = versions[0].model_copy(update={"hash": "d" * 64})
    change = touched(rendered.files, _render((renamed, *versions[1:]), site).files)
    assert (change.added, change.removed, change.changed) == ((), (), ("+541143218765",))
    assert change.numbers == ("+541143218765",)
    assert not change.shared
    assert touched(rendered.files, rendered.files).numbers == ()


def test_a_first_publication_touches_every_number(rendered):
    change = touched({}, rendered.files)
    assert change.added == ("+525541239876", "+541143218765", "+576015551234")
    assert change.shared


def test_a_change_of_the_site_touches_what_all_share(versions, site, rendered):
    spoken = site.unknown_number.model_copy(update={"say": "Número equivocado."})
    other = _render(versions, site.model_copy(update={"unknown_number": spoken}))
    change = touched(rendered.files, other.files)
    assert change.shared
    assert change.numbers == ()
