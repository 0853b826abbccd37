"""Who is no carrier and no phone of ours gets nothing from the PBX."""

import pytest

from tests.support.instance import Instance
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]

STRANGER = "127.0.0.77"


@pytest.mark.parametrize("name", ["telecom-ar", "claro-co", "101", "1155556666"])
def test_a_stranger_is_refused_whatever_name_it_writes_in_from(
    altavoz: Instance, sip: SipLab, name: str
) -> None:
    assert sip.refused_call(STRANGER, "1143218765", name, 401).wait(40) == 0


def test_the_account_that_acts_may_neither_load_a_module_nor_read_a_secret(altavoz: Instance) -> None:
    manager = (altavoz.home / "pbx" / "conf" / "manager.conf").read_text()
    acts = manager.split("[altavoz-acts]")[1]
    assert "write = agent,reporting,originate\n" in acts
    assert "read =" not in acts
