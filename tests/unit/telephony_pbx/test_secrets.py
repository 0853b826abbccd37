"""The secrets of the AMI accounts, and that of test calls."""

from telephony import secrets
from telephony.secrets import ami_secrets


def test_secrets_are_made_once_and_kept(tmp_path):
    path = tmp_path / "secrets" / "ami.json"
    made = ami_secrets(path)
    assert ami_secrets(path) == made
    assert made.listens != made.acts
    assert len(made.acts) >= 32


def test_only_the_owner_reads_them(tmp_path):
    path = tmp_path / "secrets" / "ami.json"
    ami_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_secret_of_test_calls_is_made_once_and_only_its_owners_to_read(tmp_path):
    path = tmp_path / "secrets" / "test.json"
    made = secrets.test_secret(path)
    assert secrets.test_secret(path) == made
    assert len(made) >= 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_secret_is_shown_when_they_are_printed(tmp_path):
    made = ami_secrets(tmp_path / "ami.json")
    assert made.acts not in repr(made)
    assert made.listens not in repr(made)
