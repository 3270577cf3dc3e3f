"""What a service remembers of one request, and how far its answer has come."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError
from idwallet.ports import ExchangeStore, Random

_FORMAT: Final = "idwallet-exchange/1"
_CLAUSE: Final = "idwallet exchange 1"
_RACES: Final = 64  # how often others may be quicker by a hair


class Flow(StrEnum):
    """Where the wallet is (OpenID4VP 1.0 sections 3.1, 3.2).

    `SAME_DEVICE`: where the browser is; the answer is handed out only to the session
    that began, when the wallet sent the browser back there (section 14.2).
    `CROSS_DEVICE`: elsewhere, and it scans a code; nothing then proves that who holds
    the wallet is who sits at the page, so that a code can be passed on.
    """

    SAME_DEVICE = "same_device"
    CROSS_DEVICE = "cross_device"


class Phase(StrEnum):
    """How far an exchange has come; it goes on from each to a later one."""

    OPEN = "open"
    DECLINED = "declined"
    ANSWERED = "answered"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """One request under way. It is kept sealed, and answered once.

    `request` is as `PresentationRequest.save` sealed it, `session` the digest of the
    secret of the browser's session that began. `body` is the answer, which is there
    until it is taken, and `digest` tells it from every other; `received` is when it
    came and `accepted` what was said to it. `code` is what the browser brings back: new
    for whatever the wallet said last, so that none serves an answer that came later.
    `addressed` is the request as it was last signed for one wallet.
    """

    request: bytes
    session: str
    flow: Flow
    until: datetime
    code: str = ""
    phase: Phase = Phase.OPEN
    body: str = ""
    digest: str = ""
    received: datetime | None = None
    accepted: bool = False
    error: str = ""
    addressed: str = ""

    def __repr__(self) -> str:
        """Show the phase only."""
        return f"Exchange({self.phase.value})"

    @property
    def is_over(self) -> bool:
        """Whether there is an answer that counts, or was."""
        return self.phase in {Phase.ANSWERED, Phase.TAKEN}

    def answered(
        self, body: str, *, accepted: bool, code: str, at: datetime
    ) -> "Exchange":
        """Return it with an answer."""
        return replace(
            self,
            phase=Phase.ANSWERED,
            code=code,
            body=body,
            digest=digest_of(body),
            received=at,
            accepted=accepted,
        )

    def declined(self, error: str, *, code: str) -> "Exchange":
        """Return it with the wallet's refusal; another wallet may still answer."""
        return replace(self, phase=Phase.DECLINED, error=error, code=code)

    def taken(self) -> "Exchange":
        """Return it without the answer, which was handed out."""
        return replace(self, phase=Phase.TAKEN, body="")

    def to_json(self) -> JsonObject:
        """Return it as it is sealed."""
        received = self.received
        return {
            "format": _FORMAT,
            "request": b64.encode(self.request),
            "session": self.session,
            "flow": self.flow.value,
            "until": int(self.until.timestamp()),
            "code": self.code,
            "phase": self.phase.value,
            "body": self.body,
            "digest": self.digest,
            "received": None if received is None else received.isoformat(),
            "accepted": self.accepted,
            "error": self.error,
            "addressed": self.addressed,
        }


class Kept(NamedTuple):
    """An exchange as it is in the store, and its octets there."""

    name: str
    exchange: Exchange
    sealed: bytes

    def __repr__(self) -> str:
        """Show the phase only."""
        return f"Kept({self.exchange.phase.value})"


class Exchanges:
    """Exchanges in a store that sees ciphertext, each bound to its name."""

    __slots__ = ("_key", "_random", "_store")

    def __init__(self, store: ExchangeStore, key: SealKey, *, random: Random) -> None:
        """Take the store, and the key that all processes of the service share."""
        self._store = store
        self._key = key
        self._random = random

    def code(self) -> str:
        """Return a fresh secret, for the browser to bring back."""
        return b64.encode(self._random(limits.NONCE_BYTES))

    def begin(self, name: str, exchange: Exchange, *, at: datetime) -> bool:
        """Keep a new exchange; False where the name is taken."""
        sealed = self._sealed(name, exchange)
        return self._store.put(name, sealed, until=exchange.until, at=at)

    def find(self, name: str) -> Kept | None:
        """Return an exchange, None where there is none, or none of ours."""
        sealed = self._store.get(name)
        if sealed is None:
            return None
        try:
            plain = unseal(sealed, key=self._key, context=_context(name), at="exchange")
            state = read_object(
                plain, at="exchange", clause=_CLAUSE, max_bytes=limits.SEALED_BYTES
            )
            return Kept(name, _read(state), sealed)
        except MalformedError:
            return None

    def advance(self, kept: Kept, exchange: Exchange) -> bool:
        """Put the exchange in the place of what it was; False where that has changed.

        Of two callers at once, in any process, one alone succeeds.
        """
        sealed = self._sealed(kept.name, exchange)
        return self._store.swap(kept.name, expected=kept.sealed, sealed=sealed)

    def settle(
        self, kept: Kept, change: Callable[[Exchange], Exchange]
    ) -> Exchange | None:
        """Change an exchange that nobody has answered; None where somebody has.

        Who fetches the request meanwhile, over and over, changes what is kept and not
        what was asked: nobody's answer is lost by it.
        """
        found: Kept | None = kept
        for _ in range(_RACES):
            if found is None or found.exchange.is_over:
                return None
            exchange = change(found.exchange)
            if exchange == found.exchange or self.advance(found, exchange):
                return exchange
            found = self.find(kept.name)
        return None

    def _sealed(self, name: str, exchange: Exchange) -> bytes:
        return seal(
            write_json(exchange.to_json()),
            key=self._key,
            context=_context(name),
            random=self._random,
        )


def digest_of(text: str) -> str:
    """Return the SHA-256 digest of a text, of whatever a browser says it is."""
    octets = text.encode("utf-8", "surrogatepass")
    return b64.encode(hashlib.sha256(octets).digest())


def _context(name: str) -> bytes:
    return f"idwallet exchange/1 {name}".encode()


def _read(state: JsonObject) -> Exchange:
    if state.get("format") != _FORMAT:
        raise MalformedError("unknown version", at="/format", clause=_CLAUSE)
    received, until = state["received"], state["until"]
    return Exchange(
        request=b64.decode(str(state["request"]), at="/request", clause=_CLAUSE),
        session=str(state["session"]),
        flow=Flow(str(state["flow"])),
        until=datetime.fromtimestamp(until if isinstance(until, int) else 0, UTC),
        code=str(state["code"]),
        phase=Phase(str(state["phase"])),
        body=str(state["body"]),
        digest=str(state["digest"]),
        received=None if received is None else datetime.fromisoformat(str(received)),
        accepted=state["accepted"] is True,
        error=str(state["error"]),
        addressed=str(state.get("addressed", "")),
    )
