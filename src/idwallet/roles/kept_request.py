"""A verifier's request while it waits for its answer: sealed, versioned, read again."""

from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.numeric_date import numeric_date
from idwallet.consent.transaction import TRANSACTION_TYPES
from idwallet.credentials.query import Query
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError
from idwallet.ports import Random
from idwallet.protocols.openid4vp.attached import (
    TransactionData,
    read_transaction_data,
)
from idwallet.protocols.openid4vp.encryption import AnswerKey
from idwallet.protocols.openid4vp.message import RequestMessage

_VERSION: Final = "idwallet-request/2"
_VERSIONS: Final = (_VERSION, "idwallet-request/1")
# The first version had no encrypted answers, and at first no address.
_CONTEXT: Final = b"idwallet presentation request/1"
_CLAUSE: Final = "idwallet request state 2"


class KeptRequest(NamedTuple):
    """All of a request but who judges its answer.

    `policy` and `policy_digest` are the name and digest of the policy that it was made
    under, `response_uri` is None where an old version did not keep it.
    """

    message: RequestMessage
    query: Query
    nonce: str
    state: str
    response_uri: str | None
    issued: datetime
    expires: datetime
    policy: str
    policy_digest: bytes
    transaction_data: tuple[TransactionData, ...]
    decryption: AnswerKey | None

    def __repr__(self) -> str:
        """Show whom it speaks for, not the nonce."""
        return f"KeptRequest({self.message.client_id!r})"

    def to_sealed(self, key: SealKey, *, random: Random) -> bytes:
        """Return it sealed."""
        state: JsonObject = {
            "format": _VERSION,
            "raw": self.message.raw,
            "client_id": self.message.client_id,
            "query": self.query.to_dcql(),
            "nonce": self.nonce,
            "state": self.state,
            "issued": int(self.issued.timestamp()),
            "expires": int(self.expires.timestamp()),
            "policy": self.policy,
            "policy_digest": b64.encode(self.policy_digest),
        }
        if self.response_uri is not None:
            state["response_uri"] = self.response_uri
        if self.transaction_data:
            state["transaction_data"] = [each.raw for each in self.transaction_data]
        if self.decryption is not None:
            own = self.decryption.to_sealed(key=key, random=random)
            state["answer_key"] = b64.encode(own)
            state["answer_kid"] = self.decryption.kid
        return seal(write_json(state), key=key, context=_CONTEXT, random=random)

    @staticmethod
    def from_sealed(sealed: bytes, key: SealKey) -> "KeptRequest":
        """Open what `to_sealed` sealed, in any version.

        Raises:
            MalformedError: another key sealed it, it was changed, or its version is
                unknown.
        """
        plain = unseal(sealed, key=key, context=_CONTEXT, at="saved request")
        state = read_object(plain, at="saved request", clause=_CLAUSE)
        if state.get("format") not in _VERSIONS:
            raise MalformedError("unknown version", at="/format", clause=_CLAUSE)
        found = state.get("query")
        if not isinstance(found, dict):
            raise MalformedError("no query", at="/query", clause=_CLAUSE)
        query = Query.from_dcql(found)
        return KeptRequest(
            message=RequestMessage(_text(state, "raw"), _text(state, "client_id")),
            query=query,
            nonce=_text(state, "nonce"),
            state=_text(state, "state"),
            response_uri=_text(state, "response_uri")
            if "response_uri" in state
            else None,
            issued=_moment(state, "issued"),
            expires=_moment(state, "expires"),
            policy=_text(state, "policy"),
            policy_digest=_octets(state, "policy_digest"),
            transaction_data=read_transaction_data(
                state, query, understood=TRANSACTION_TYPES
            ),
            decryption=_answer_key(state, key),
        )


def _answer_key(state: JsonObject, key: SealKey) -> AnswerKey | None:
    if "answer_key" not in state:
        return None
    sealed, kid = _octets(state, "answer_key"), _text(state, "answer_kid")
    return AnswerKey.from_sealed(sealed, kid, key=key, at="/answer_key")


def _octets(state: JsonObject, name: str) -> bytes:
    return b64.decode(_text(state, name), at=f"/{name}", clause=_CLAUSE)


def _text(state: JsonObject, name: str) -> str:
    value: JsonValue = state.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedError("no string", at=f"/{name}", clause=_CLAUSE)
    return value


def _moment(state: JsonObject, name: str) -> datetime:
    found = numeric_date(state.get(name))
    if found is None:
        raise MalformedError("no moment", at=f"/{name}", clause=_CLAUSE)
    return found
