"""A dossier verifies as it was written, and not when one byte of it changed or somebody else signed it."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provisioning.release.dossier import GENESIS, NotADossier, Section, attached, verify, write
from provisioning.release.keys import PRIVATE, BadKey, SigningKey, fingerprint, public_key

FORMAT_1 = Path(__file__).parent / "format_1"
"""A dossier as the first versions of Altavoz wrote it, its recordings cut short, under a key made for it."""
SECTIONS = (
    Section("request", "Solicitud de número", {"plan": "hogar-nandu", "by": "carla"}),
    Section(
        "tests",
        "Pruebas",
        {"passed": True, "ms": 412.5, "audio": attached("saludo.wav", "audio/wav", b"RIFF")},
    ),
    Section("signatures", "Firmas", {"operations": "Olga Díaz"}),
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def file(key: SigningKey) -> bytes:
    return write(SECTIONS, GENESIS, key.public(), key.sign)


def test_what_was_written_verifies(key: SigningKey, file: bytes) -> None:
    found = verify(file, [key.public()])
    assert found.sections == SECTIONS
    assert (found.previous, found.key) == (GENESIS, fingerprint(key.public()))


def test_one_of_the_first_format_verifies_for_ever(tmp_path: Path) -> None:
    trusted, file = [key_of(FORMAT_1, tmp_path)], (FORMAT_1 / "dossier.json").read_bytes()
    assert [section.name for section in verify(file, trusted).sections][:3] == [
        "release",
        "request",
        "numbers",
    ]
    with pytest.raises(NotADossier):
        verify(file.replace(b"vivienda-quimey", b"vivienda-quimei", 1), trusted)
    with pytest.raises(NotADossier, match="la firma no es de la clave"):
        verify(file.replace(b'"format":1', b'"format":2'), trusted)


def key_of(folder: Path, home: Path) -> Ed25519PublicKey:
    """The public key of a folder that keeps a `dossier.key`."""
    (home / "secrets").mkdir()
    (home / PRIVATE).write_bytes((folder / "dossier.key").read_bytes())
    return SigningKey(home).public()


@pytest.mark.parametrize("format", [0, 3])
def test_a_format_to_come_is_said(key: SigningKey, file: bytes, format: int) -> None:
    with pytest.raises(NotADossier, match="otra versión del formato"):
        verify(file.replace(b'"format":2', f'"format":{format}'.encode()), [key.public()])


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_one_changed_byte_fails_wherever_it_is(key: SigningKey, file: bytes, bit: int) -> None:
    for at in range(len(file)):
        changed = file[:at] + bytes([file[at] ^ bit]) + file[at + 1 :]
        with pytest.raises(NotADossier):
            verify(changed, [key.public()])


@pytest.mark.parametrize("end", [b"", b"\n", b" "])
def test_a_byte_more_or_less_fails(key: SigningKey, file: bytes, end: bytes) -> None:
    with pytest.raises(NotADossier):
        verify(file[:-1] if not end else file + end, [key.public()])


def test_a_chain_computed_anew_without_the_key_fails(key: SigningKey, file: bytes, tmp_path: Path) -> None:
    stranger = SigningKey(tmp_path)
    forged = write(SECTIONS[:2], GENESIS, stranger.public(), stranger.sign)
    with pytest.raises(NotADossier, match="no es de este sitio"):
        verify(forged, [key.public()])
    dressed = json.loads(forged) | {"key": fingerprint(key.public())}
    with pytest.raises(NotADossier, match="la firma no es de la clave"):
        verify(as_written(dressed), [key.public()])


def as_written(document: object) -> bytes:
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_dossier_without_its_first_sections_is_not_the_one_that_was_signed(
    key: SigningKey, file: bytes, gone: int
) -> None:
    document = json.loads(file)
    document["previous"] = document["sections"][gone - 1]["link"]
    del document["sections"][:gone]
    with pytest.raises(NotADossier, match="la firma"):
        verify(as_written(document), [key.public()])


@pytest.mark.parametrize("format", [True, 1.0, "1"])
def test_what_equals_the_formats_number_is_not_it(key: SigningKey, file: bytes, format: object) -> None:
    with pytest.raises(NotADossier):
        verify(as_written(json.loads(file) | {"format": format}), [key.public()])


@pytest.mark.parametrize(
    "odd", ["NaN", "Infinity", "1e999", "9" * 5000, "[" * 700 + "]" * 700, "1.0E2", "-0.0"]
)
def test_no_writing_of_a_value_gets_by(key: SigningKey, file: bytes, odd: str) -> None:
    with pytest.raises(NotADossier):
        verify(file.replace(b"412.5", odd.encode()), [key.public()])


@pytest.mark.parametrize("depth", range(200, 4000, 50))
def test_however_deep_it_is_nested_it_is_said(key: SigningKey, file: bytes, depth: int) -> None:
    with pytest.raises(NotADossier):
        verify(file.replace(b"412.5", b"[" * depth + b"]" * depth), [key.public()])


def test_a_section_taken_out_fails(key: SigningKey, file: bytes) -> None:
    document = json.loads(file)
    del document["sections"][1]
    with pytest.raises(NotADossier, match="Firmas"):
        verify(as_written(document), [key.public()])


@pytest.mark.parametrize(
    "file", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"altavoz":"dossier"}', b"\xff\xfe", b'"\\ud800"']
)
def test_what_is_no_dossier_is_said(key: SigningKey, file: bytes) -> None:
    with pytest.raises(NotADossier):
        verify(file, [key.public()])


def test_the_key_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    made = SigningKey(tmp_path)
    first = made.public()
    assert SigningKey(tmp_path).public() == first == public_key(tmp_path / "secrets/dossier.pub")
    assert (tmp_path / "secrets/dossier.key").stat().st_mode & 0o777 == 0o600


def test_killed_between_its_two_files_the_public_one_is_there_afterwards(tmp_path: Path) -> None:
    first = SigningKey(tmp_path).public()
    (tmp_path / "secrets/dossier.pub").unlink()
    assert SigningKey(tmp_path).public() == first == public_key(tmp_path / "secrets/dossier.pub")


def test_a_file_without_a_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("hola")
    with pytest.raises(BadKey):
        public_key(tmp_path / "k")
