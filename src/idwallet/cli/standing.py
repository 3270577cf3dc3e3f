"""What a till keeps of the request that stands there: one file, and nothing secret.

Nothing of it proves freshness, as the nonce of a single request does. So it is not
sealed: whoever can change it on the till can put another program there. What it was
made under is compared all the same, so that nobody judges by another policy unawares.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idwallet.cli.state import judging_party
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.credentials.query import Query
from idwallet.errors import MalformedError, UsageError
from idwallet.ports import ReplayGuard
from idwallet.roles.standing import StandingRequest
from idwallet.roles.verifier import Verifier
from idwallet.trust.policy import Policy

_FORMAT: Final = "idwallet-standing-request/1"
_CLAUSE: Final = "idwallet standing request 1"
_MARK: Final = b'"idwallet-standing-request/'
_TEXTS: Final = ("client_id", "till", "purpose", "policy", "policy_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStanding:
    """A standing request at rest: what `Verifier.standing_request` was told."""

    client_id: str
    till: str
    purpose: str
    window: timedelta
    query: Query
    policy: str
    policy_digest: str

    @staticmethod
    def is_meant(data: bytes) -> bool:
        """Whether a file is of this kind, of whichever version."""
        return _MARK in data

    @staticmethod
    def of(standing: StandingRequest) -> "SavedStanding":
        """Return what is kept of a request."""
        return SavedStanding(
            client_id=standing.verifier.identity.client_id,
            till=standing.till,
            purpose=standing.purpose,
            window=standing.window,
            query=standing.query,
            policy=standing.verifier.policy.name,
            policy_digest=standing.policy_digest.hex(),
        )

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        value: JsonObject = {
            "format": _FORMAT,
            **{name: getattr(self, name) for name in _TEXTS},
            "window": int(self.window.total_seconds()),
            "query": self.query.to_dcql(),
        }
        return write_json(value) + b"\n"

    @staticmethod
    def from_bytes(data: bytes) -> "SavedStanding":
        """Read the file's content.

        Raises:
            MalformedError: it is not such a file, or of another version.
            LimitError, UnsupportedError: it asks for more than any query, or for what
                DCQL has no words for.
        """
        value = read_object(data, at="standing request", clause=_CLAUSE)
        window, query = value.get("window"), value.get("query")
        texts = {name: value.get(name) for name in _TEXTS}
        if value.get("format") != _FORMAT or len(value) != len(_TEXTS) + 3:
            raise MalformedError("not a standing request", at="/", clause=_CLAUSE)
        if type(window) is not int or not 0 <= window <= _LONGEST:
            raise MalformedError("no window", at="/window", clause=_CLAUSE)
        if not isinstance(query, dict):
            raise MalformedError("no query", at="/query", clause=_CLAUSE)
        found: dict[str, str] = {}
        for name, text in texts.items():
            if not isinstance(text, str):
                raise MalformedError("no text", at=f"/{name}", clause=_CLAUSE)
            found[name] = text
        return SavedStanding(
            window=timedelta(seconds=window),
            query=Query.from_dcql(query, at="/query"),
            **found,
        )

    def reopened(self, *, policy: Policy, replay: ReplayGuard) -> StandingRequest:
        """Let it stand again, in order to judge what is shown.

        Raises:
            UsageError: it was made under another policy, or asks for what no standing
                request does.
        """
        if (self.policy, self.policy_digest) != (policy.name, policy.digest().hex()):
            raise UsageError("the request was made under another policy")
        verifier = Verifier(
            identity=judging_party(self.client_id), policy=policy, replay=replay
        )
        return verifier.standing_request(
            self.query, window=self.window, till=self.till, purpose=self.purpose
        )


_LONGEST: Final = 86_400
"""More seconds than any window has; a larger number would overflow a duration."""
