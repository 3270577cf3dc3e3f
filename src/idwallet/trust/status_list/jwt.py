"""A status list token in JWT form (Token Status List section 5.1)."""

from typing import Final

from idwallet import limits
from idwallet.codec.json import read_object
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import read_compact, signature_reason
from idwallet.errors import LimitError
from idwallet.report import Reason
from idwallet.trust.status_list.claims import ListToken, read_json_claims

TYP_JWT: Final = "statuslist+jwt"
# A list may not leave its payload unencoded (RFC 7797 §7), nor use any extension.
_NO_EXTENSIONS: Final[frozenset[str]] = frozenset()


def read_jwt(token: str | bytes) -> ListToken:
    """Take a status list token in JWT form apart, judging nothing.

    Raises:
        LimitError: the token passes `limits.STATUS_LIST_TOKEN_BYTES`, or what it holds
            a bound of its own.
        MalformedError: it is no JWT, or its claims break section 5.1.
        UnsupportedError: it needs an extension that is not known.
    """
    jws = read_compact(
        token,
        at="status list",
        understood=_NO_EXTENSIONS,
        max_bytes=limits.STATUS_LIST_TOKEN_BYTES,
    )
    _require_few_members(jws.payload)
    claims = read_object(
        jws.payload,
        at="status list",
        clause="RFC 7519 §7.2",
        max_bytes=limits.STATUS_LIST_TOKEN_BYTES,
    )

    def signature(key: PublicKey, allowed: frozenset[Algorithm]) -> Reason:
        return signature_reason(jws, key=key, allowed=allowed)

    return ListToken(
        expected_typ=TYP_JWT,
        typ=jws.header.typ,
        algorithm=jws.header.algorithm,
        kid=jws.header.kid,
        x5c=jws.header.x5c,
        claims=read_json_claims(claims),
        signature=signature,
    )


def _require_few_members(payload: bytes) -> None:
    """Refuse what would become many objects: nobody has been found to sign it yet.

    A list is one long text, in which none of these characters can stand.
    """
    if sum(map(payload.count, _SEPARATORS)) > limits.STATUS_LIST_MEMBERS:
        raise LimitError(
            "too many members", at="status list", clause="Token Status List §5.1"
        )


_SEPARATORS: Final = (b",", b"[", b"{")
