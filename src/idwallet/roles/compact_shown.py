"""A compact credential in an answer, and in a code that nobody asked for."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.credentials.compact.evaluate import (
    CompactVerdict,
    evaluate,
    unreadable,
)
from idwallet.credentials.compact.evaluate_guardian import (
    NOBODY_ACTS,
    GuardianVerdict,
    evaluate_guardian,
)
from idwallet.credentials.compact.holder import Bound
from idwallet.credentials.compact.structures import CLAUSE, read_proof
from idwallet.credentials.model import Format
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.query import Candidate
from idwallet.credentials.required import Context
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Check, EvidenceUsed, Required
from idwallet.trust.signer import SignerFound


class CompactShown(NamedTuple):
    """A compact credential that was judged; `verdict` is None if it was unreadable."""

    checks: tuple[Check, ...]
    verdict: CompactVerdict | None = None
    guardian: GuardianVerdict = NOBODY_ACTS

    @property
    def required(self) -> Required:
        """The checks that are required beside, where somebody acts for the holder."""
        return self.guardian.required

    @property
    def evidence(self) -> tuple[EvidenceUsed, ...]:
        """What was looked at beside the trust anchors."""
        if self.verdict is None:
            return ()
        return self.verdict.evidence + self.guardian.evidence

    @property
    def issuer(self) -> SignerFound | None:
        """Who signed it, where somebody believed did."""
        return None if self.verdict is None else self.verdict.issuer

    @property
    def types(self) -> tuple[str, ...]:
        """Its type."""
        return () if self.verdict is None else (self.verdict.credential.type,)

    @property
    def claims(self) -> JsonObject:
        """What was shown, by neutral names."""
        return {} if self.verdict is None else self.verdict.claims

    @property
    def valid_until(self) -> datetime | None:
        """Until when it holds."""
        return None if self.verdict is None else self.verdict.valid_until

    def candidate(self) -> Candidate:
        """Return it as a query is matched against it."""
        path = None if self.issuer is None else self.issuer.path
        verdict = self.verdict
        return Candidate(
            format=Format.COMPACT,
            types=self.types,
            claims=self.claims,
            authority_key_ids=() if path is None else path.authority_key_ids(),
            holder_bound=True,
            identity=b"" if verdict is None else verdict.credential.identity,
        )

    def narrow(
        self, asked: Iterable[ClaimPath]
    ) -> tuple[JsonObject, tuple[tuple[str], ...]]:
        """Return the claims that were asked for, and where more was shown."""
        wanted = {path[0] for path in asked if path}
        kept = {name: v for name, v in self.claims.items() if name in wanted}
        return kept, tuple((name,) for name in self.claims if name not in wanted)


def judge_compact(
    text: str, *, bound: Bound, context: Context, subject: str
) -> CompactShown:
    """Judge a proof, in base64url, as one credential of an answer; never raises."""
    try:
        octets = b64.decode(text, at=subject, clause=CLAUSE)
    except MalformedError as error:
        return CompactShown((unreadable(error, subject=subject),))
    return judge_proof(octets, bound=bound, context=context, subject=subject)


def judge_proof(
    octets: bytes, *, bound: Bound, context: Context, subject: str
) -> CompactShown:
    """Judge a proof, whatever it has to be bound to; never raises because of it."""
    try:
        proof = read_proof(octets, at=subject)
    except (MalformedError, UnsupportedError) as error:
        return CompactShown((unreadable(error, subject=subject),))
    verdict = evaluate(proof, bound=bound, context=context, subject=subject)
    acted = evaluate_guardian(
        proof, context=context, subject=subject, withdrawn=bound.withdrawn
    )
    return CompactShown((*verdict.checks, *acted.checks), verdict, acted)
