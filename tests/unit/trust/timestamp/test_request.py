"""What is asked is answered, and nothing else counts as an answer."""

import secrets
from collections.abc import Callable

import pytest
from asn1crypto import tsp as oracle

from idwallet.codec.der import sequence
from idwallet.envelope.cms import names
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.testing.cms_draft import octets
from idwallet.testing.tsa import POLICY, TestTsa, TimestampDraft
from idwallet.trust.timestamp import TimestampRequest, ask_timestamp
from tests.unit.trust.timestamp.scene import DIGEST, pki

OTHER = sequence(names.digest_identifier("sha256"), octets(bytes(32)))
LONGER = sequence(names.digest_identifier("sha512"), octets(DIGEST + DIGEST))


def tsa(change: Callable[[TimestampDraft], None] | None = None) -> TestTsa:
    return TestTsa(pki(), change=change)


def test_another_implementation_reads_the_request() -> None:
    request = TimestampRequest.over(DIGEST, random=secrets.token_bytes, policy=POLICY)
    read = oracle.TimeStampReq.load(request.der, strict=True).native
    assert read["version"] == "v1"
    assert read["message_imprint"]["hash_algorithm"]["algorithm"] == "sha256"
    assert read["message_imprint"]["hashed_message"] == DIGEST
    assert (read["req_policy"], read["cert_req"]) == (POLICY, True)
    assert read["nonce"] == request.nonce > 0
    assert DIGEST.hex() not in repr(request)


def test_an_authority_answers_what_was_asked() -> None:
    who: TimestampAuthority = tsa()
    token = ask_timestamp(
        DIGEST, authority=who, random=secrets.token_bytes, hashed="sha256"
    )
    assert (token.info.imprint, token.info.moment) == (DIGEST, pki().at)
    read = oracle.ContentInfo.load(token.der, strict=True)
    info = read["content"]["encap_content_info"]["content"].parsed.native
    assert info["gen_time"] == pki().at


def test_a_policy_that_was_asked_for_is_kept() -> None:
    request = TimestampRequest.over(DIGEST, random=secrets.token_bytes, policy="1.2.3")
    assert request.read_answer(tsa().stamp(request.der)).info.policy == "1.2.3"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: setattr(made, "nonce", made.nonce + 1),
        lambda made: setattr(made, "nonce", None),
        lambda made: setattr(made, "imprint", OTHER),
        lambda made: setattr(made, "imprint", LONGER),
        lambda made: setattr(made, "policy", "1.2.4"),
    ],
)
def test_the_answer_to_something_else_is_refused(
    change: Callable[[TimestampDraft], None],
) -> None:
    request = TimestampRequest.over(DIGEST, random=secrets.token_bytes, policy="1.2.3")
    with pytest.raises(MalformedError):
        request.read_answer(tsa(change).stamp(request.der))
    request.read_answer(tsa(lambda _: None).stamp(request.der))


def test_an_old_answer_is_none_to_a_new_request() -> None:
    who = tsa()
    one, two = (
        TimestampRequest.over(DIGEST, random=secrets.token_bytes) for _ in range(2)
    )
    answer = who.stamp(one.der)
    one.read_answer(answer)
    with pytest.raises(MalformedError, match="another request"):
        two.read_answer(answer)


def test_a_refusal_is_a_fault_of_the_port() -> None:
    with pytest.raises(PortError, match="refused"):
        ask_timestamp(
            DIGEST,
            authority=TestTsa(pki(), refuses=True),
            random=secrets.token_bytes,
            hashed="sha256",
        )


@pytest.mark.parametrize(
    ("digest", "hashed"), [(bytes(20), "sha1"), (bytes(31), "sha256"), (b"", "md5")]
)
def test_what_is_stamped_is_a_whole_digest_of_ours(digest: bytes, hashed: str) -> None:
    with pytest.raises(UsageError):
        TimestampRequest.over(digest, random=secrets.token_bytes, hashed=hashed)
