"""A timestamp authority in memory, and tokens with any one thing wrong.

tsa = TestTsa(pki)                       # a `ports.TimestampAuthority`
answer = tsa.stamp(request)

draft = TimestampDraft(tsa.identity, digest=digest, moment=pki.at)
draft.nonce = 7
draft.to_bytes()
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet.codec.der import (
    BOOLEAN,
    INTEGER,
    OID,
    SEQUENCE,
    Fields,
    dotted,
    exact_time,
    integer,
    oid,
    read_integer,
    sequence,
    value,
    whole,
)
from idwallet.envelope.cms import names
from idwallet.testing.authorities import timestamp_authority
from idwallet.testing.cms_draft import CmsDraft, octets
from idwallet.testing.pki import TestIdentity, TestPki

POLICY: Final = "1.3.6.1.4.1.55555.2"
"""The policy under which test timestamps are made."""

Change = Callable[[CmsDraft], None]


def _nothing(_: CmsDraft) -> None:
    """Change nothing."""


@dataclass
class TimestampDraft:
    """A token, and everything that it says. What is b"" is left out.

    `imprint` is a whole MessageImprint and `digest` what stands in one of SHA-256;
    `change` alters the message before it is signed.
    """

    identity: TestIdentity
    digest: bytes
    moment: datetime
    version: int = 1
    policy: str = POLICY
    imprint: bytes = b""
    serial: int = 1
    time: bytes = b""
    accuracy: bytes = field(default_factory=lambda: sequence(integer(1)))
    ordering: bytes = b""
    nonce: int | None = None
    tail: bytes = b""
    content_type: bytes = names.TIMESTAMP_INFO
    change: Change = _nothing

    def info(self) -> bytes:
        """Return the TSTInfo."""
        algorithm = names.digest_identifier("sha256")
        return sequence(
            integer(self.version),
            oid(self.policy),
            self.imprint or sequence(algorithm, octets(self.digest)),
            integer(self.serial),
            self.time or exact_time(self.moment),
            self.accuracy,
            self.ordering,
            b"" if self.nonce is None else integer(self.nonce),
            self.tail,
        )

    def to_bytes(self) -> bytes:
        """Sign, and return the token."""
        made = CmsDraft.of(
            self.identity,
            content=self.info(),
            at=self.moment,
            content_type=self.content_type,
        )
        self.change(made)
        return made.to_bytes()


class TestTsa:
    """An authority that stamps `moment`, by default the one of its infrastructure.

    `refuses` makes it answer that it does not. `change` alters each token's draft.
    """

    __test__ = False

    def __init__(
        self,
        pki: TestPki,
        *,
        moment: datetime | None = None,
        identity: TestIdentity | None = None,
        change: Callable[[TimestampDraft], None] | None = None,
        refuses: bool = False,
    ) -> None:
        """Certify the authority, unless `identity` is one."""
        self.identity = identity or timestamp_authority(pki)
        self.moment = moment or pki.at
        self.requests: list[bytes] = []
        self._change = change
        self._refuses = refuses

    def stamp(self, request: bytes, /) -> bytes:
        """Return the TimeStampResp to a TimeStampReq (RFC 3161 2.4)."""
        self.requests.append(request)
        if self._refuses:
            return sequence(sequence(integer(2)))
        fields = Fields(request)
        fields.one(INTEGER)
        imprint = whole(request, fields.one(SEQUENCE))
        policy, nonce = fields.maybe(OID), fields.maybe(INTEGER)
        fields.maybe(BOOLEAN)
        fields.done()
        draft = TimestampDraft(self.identity, digest=b"", moment=self.moment)
        draft.imprint, draft.serial = imprint, len(self.requests)
        if nonce is not None:
            draft.nonce = read_integer(value(request, nonce))
        if policy is not None:
            draft.policy = dotted(value(request, policy))
        if self._change is not None:
            self._change(draft)
        return sequence(sequence(integer(0)), draft.to_bytes())
