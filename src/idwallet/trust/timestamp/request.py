"""Asking for a timestamp, and holding the answer against what was asked."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from idwallet.codec.der import (
    BOOLEAN,
    OCTETS,
    integer,
    oid,
    sequence,
    tlv,
)
from idwallet.envelope.cms import digest_identifier
from idwallet.errors import MalformedError, PortError, UsageError
from idwallet.ports import Random, TimestampAuthority
from idwallet.trust.timestamp.read import granted_token, read_token
from idwallet.trust.timestamp.structures import TimestampToken

_NONCE_BYTES: Final = 16
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """What is asked of an authority (RFC 3161 section 2.4.1).

    `hashed` is a name of hashlib, `digest` what it made of the octets to stamp; the
    octets themselves stay here. `policy` (an OID with dots) is asked for where there is
    one. The authority is asked for its certificate always.
    """

    digest: bytes = field(repr=False)
    hashed: str
    nonce: int = field(repr=False)
    policy: str | None = None

    @staticmethod
    def over(
        digest: bytes,
        *,
        random: Random,
        hashed: str = "sha256",
        policy: str | None = None,
    ) -> "TimestampRequest":
        """Ask about a digest, with a nonce of 128 bits that the answer must have.

        Raises:
            UsageError: the digest is not one of that name, or the name none of ours.
        """
        if hashed not in _HASHES or len(digest) != hashlib.new(hashed).digest_size:
            raise UsageError("the digest to stamp is a SHA-2 of its full length")
        return TimestampRequest(
            digest, hashed, int.from_bytes(random(_NONCE_BYTES)), policy
        )

    @property
    def der(self) -> bytes:
        """The TimeStampReq."""
        return sequence(
            integer(1),
            sequence(digest_identifier(self.hashed), tlv(OCTETS, self.digest)),
            b"" if self.policy is None else oid(self.policy),
            integer(self.nonce),
            tlv(BOOLEAN, b"\xff"),
        )

    def read_answer(self, answer: bytes) -> TimestampToken:
        """Read the answer, which must be one to this very request.

        Who signed it is for `judge_timestamp`.

        Raises:
            PortError: the authority refused.
            LimitError, MalformedError, UnsupportedError: the answer breaks RFC 3161, or
                is one to something else.
        """
        at = "timestamp"
        der = granted_token(answer, at=at)
        if der is None:
            raise PortError("the timestamp authority refused")
        token = read_token(der, at=at)
        info = token.info
        if (info.hashed, info.imprint) != (self.hashed, self.digest):
            raise MalformedError(
                "a timestamp of something else", at=at, clause="RFC 3161 §2.2"
            )
        if info.nonce is None or not hmac.compare_digest(
            integer(info.nonce), integer(self.nonce)
        ):
            raise MalformedError(
                "the answer to another request", at=at, clause="RFC 3161 §2.4.2"
            )
        if self.policy not in {None, info.policy}:
            raise MalformedError(
                "a timestamp by another policy", at=at, clause="RFC 3161 §2.4.2"
            )
        return token


def ask_timestamp(
    digest: bytes, *, authority: TimestampAuthority, random: Random, hashed: str
) -> TimestampToken:
    """Ask an authority to stamp a digest, and return the token that answers.

    Raises:
        PortError: the authority cannot be reached, or refused.
        LimitError, MalformedError, UnsupportedError: as for
            `TimestampRequest.read_answer`.
        UsageError: see `TimestampRequest.over`.
    """
    request = TimestampRequest.over(digest, random=random, hashed=hashed)
    return request.read_answer(authority.stamp(request.der))
