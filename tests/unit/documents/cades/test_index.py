"""What an archive timestamp covers is worked out once, and from closed forms only."""

from collections import Counter

import pytest

from idwallet.codec.der import OCTETS, sequence, tlv
from idwallet.documents.cades import index
from idwallet.documents.cades.index import Sets, archive_stamps, hash_index
from idwallet.envelope.cms import digest_identifier, names, read_signed_data
from idwallet.testing.archive_draft import archive_draft
from tests.unit.documents.archives import archived, judged, renewed, scene


def test_the_index_names_each_certificate_list_and_attribute() -> None:
    message = read_signed_data(archived(), at="x")
    signer = message.signers[0]
    made = hash_index(signer, message, hashed="sha256")
    assert made.startswith(sequence(digest_identifier("sha256"))[:1])
    values = sum(len(each.values) for each in signer.unsigned)
    whole = len(message.certificates) + len(message.parts.revocations) + values
    assert made.count(tlv(OCTETS, b"")[:1] + b"\x20") >= whole


def test_what_is_long_is_digested_once_however_many_timestamps_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: Counter[tuple[bytes, str]] = Counter()
    true = index._digest

    def counted(octets: bytes, hashed: str) -> bytes:
        done[octets, hashed] += 1
        return true(octets, hashed)

    monkeypatch.setattr(index, "_digest", counted)
    here = scene()
    made = archive_draft(here)
    made.rounds = made.rounds * 8
    whole = made.to_bytes()
    done.clear()
    found = judged(whole, here.at, trust=here.trust(here.at))
    assert sum(1 for e in found.report.checks if ".archive[" in e.subject) == 8
    assert set(done.values()) == {1}


def test_without_the_document_nobody_says_what_was_stamped() -> None:
    message = read_signed_data(renewed(), at="x")
    stamps = archive_stamps(message.signers[0], Sets(message), digest=lambda _: None)
    assert [each.imprint("sha256") for each in stamps] == [None, None]
    assert [each.imprint("sha512") for each in stamps] == [b"", b""]


def test_a_later_timestamp_covers_the_one_before_and_not_the_reverse() -> None:
    message = read_signed_data(renewed(), at="x")
    first, second = archive_stamps(
        message.signers[0], Sets(message), digest=lambda _: bytes(32)
    )
    assert first.der in second.covered().others
    assert second.der not in first.covered().others
    assert first.der not in first.covered().others
    stamped = [
        e for e in message.signers[0].unsigned if e.oid == names.SIGNATURE_TIMESTAMP
    ]
    assert stamped[0].values[0] in first.covered().others
