"""What was made of extensions lately is told of no certificate that differs in them."""

from dataclasses import replace

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.testing.certificates import CertificatePlan
from idwallet.trust import certificate, extensions
from idwallet.trust.alike import Alike
from idwallet.trust.certificate import _read
from tests.unit.trust.forged import Mutation, _with_extensions, forge
from tests.unit.trust.test_certificate import plan

HEAD = bytes.fromhex("301d0603551d0e04160414")
ONE, OTHER = bytes(range(20)), bytes(range(20, 40))
UNKNOWN = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    extensions._known.clear()
    # Else certificates that are alike are not looked at any further.
    monkeypatch.setattr(Alike, "remember", lambda *_, **__: None)
    certificate._alike.clear()


def told(der: bytes) -> tuple[object, ...]:
    """Everything that a certificate says, or why it says nothing."""
    try:
        found = _read(der)
    except (extensions.Broken, extensions.Foreign) as refused:
        return type(refused), refused.what, refused.clause
    return tuple(found)


def unknown(value: bytes) -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(UNKNOWN, value), False


def test_certificates_that_differ_in_the_key_s_identifier_are_made_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = plan()
    ders = [replace(sound, subject_key_id=each).to_der() for each in (ONE, OTHER)]
    extensions._known.clear()
    first = _read(ders[0])
    monkeypatch.setattr(extensions, "_extensions", None)
    second = _read(ders[1])
    assert (first.subject_key_id, second.subject_key_id) == (ONE, OTHER)
    assert first.extended_key_usage == second.extended_key_usage
    assert first.authority_key_id == second.authority_key_id


@given(
    known=st.lists(st.integers(0, 600), max_size=3),
    place=st.integers(0, 600),
    octet=st.integers(0, 255),
)
def test_what_is_remembered_changes_nothing_that_is_told(
    known: list[int], place: int, octet: int
) -> None:
    """Certificates with one octet changed: before and after others were read."""
    sound = plan(subject_key_id=ONE).to_der()

    def changed(place: int, octet: int) -> bytes:
        at = place % len(sound)
        return sound[:at] + bytes((octet,)) + sound[at + 1 :]

    extensions._known.clear()
    fresh = told(changed(place, octet))
    extensions._known.clear()
    told(sound)
    for each in known:
        told(changed(each, octet))
    assert told(changed(place, octet)) == fresh
    assert told(changed(place, octet)) == fresh


def test_every_octet_of_the_extensions_counts_when_others_are_known() -> None:
    """All certificates that differ from a known one in one octet, in two ways."""
    sound = plan(subject_key_id=ONE).to_der()
    begin = sound.index(bytes.fromhex("0603551d13"))
    for place in range(begin - 8, len(sound) - 72):
        for flip in (0x01, 0x80):
            octet = bytes((sound[place] ^ flip,))
            changed = sound[:place] + octet + sound[place + 1 :]
            extensions._known.clear()
            fresh = told(changed)
            extensions._known.clear()
            told(sound)
            assert told(changed) == fresh


def test_an_identifier_that_another_extension_holds_is_not_the_key_s() -> None:
    sound = plan(subject_key_id=None)
    for inner in (ONE, OTHER, ONE):
        held = replace(sound, extensions=(unknown(HEAD + inner),))
        assert _read(held.to_der()).subject_key_id is None
    for inner in (ONE, OTHER, ONE):
        own = x509.SubjectKeyIdentifier(bytes(20)), False
        both = replace(sound, extensions=(unknown(HEAD + inner), own))
        assert _read(both.to_der()).subject_key_id == bytes(20)


def test_an_identifier_of_another_length_is_read() -> None:
    sound = plan()
    for length in (8, 20, 8, 32):
        changed = replace(sound, subject_key_id=bytes(range(length)))
        found = _read(changed.to_der())
        assert found.subject_key_id == bytes(range(length))


def _twice(found: list[bytes]) -> list[bytes]:
    return [*found, HEAD + OTHER]


@pytest.mark.parametrize(
    ("change", "refused"),
    [(lambda found: found, False), (_twice, True)],
    ids=["once", "twice"],
)
def test_a_second_identifier_is_refused_however_many_are_known(
    change: object, refused: bool
) -> None:
    sound: CertificatePlan = plan(subject_key_id=ONE)
    mutation: Mutation = lambda tbs: _with_extensions(tbs, change)  # type: ignore[arg-type] # noqa: E731
    for _ in range(2):
        _read(sound.to_der())
        if refused:
            with pytest.raises(extensions.Broken, match="an extension twice"):
                _read(forge(sound, mutation))
        else:
            assert _read(forge(sound, mutation)).subject_key_id == ONE


def test_long_extensions_are_not_remembered() -> None:
    small = plan(extensions=(unknown(bytes(100)),)).to_der()
    large = plan(extensions=(unknown(bytes(limits.EXTENSIONS_CACHE_BYTES)),)).to_der()
    extensions._known.clear()
    _read(large)
    assert not extensions._known._held
    _read(small)
    assert len(extensions._known._held) == 1


def test_extensions_that_are_refused_are_not_remembered() -> None:
    der = forge(plan(subject_key_id=ONE), lambda tbs: _with_extensions(tbs, _twice))
    extensions._known.clear()
    with pytest.raises(extensions.Broken):
        _read(der)
    assert not extensions._known._held
