"""JAdES signatures made (ETSI TS 119 182-1)."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.codec.moment import require_aware
from idwallet.crypto.signer import Signer
from idwallet.documents.fit import require_fit
from idwallet.documents.jades.beside import require_same
from idwallet.documents.jades.content import BY_HASH, address
from idwallet.documents.jades.edit import joined, with_elements
from idwallet.documents.jades.elements import stamp_value
from idwallet.documents.jades.read import JwsRead, is_json, read_jws
from idwallet.documents.model import (
    Document,
    Documents,
    JAdES,
    Packaging,
    Serialisation,
    only,
    pieces,
    whole,
)
from idwallet.envelope.jws import (
    PayloadForm,
    ProtectedHeader,
    protect,
    x5c_parameter,
)
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate
from idwallet.trust.timestamp import ask_timestamp

_HASH_NAMES: Final = {"sha256": "S256", "sha384": "S384", "sha512": "S512"}
_MEDIA: Final = "application/"


class JadesTask(NamedTuple):
    """What a key has to sign, and what becomes of its signature.

    `payload` is what travels inside, None where nothing does.
    """

    protected: ProtectedHeader
    message: bytes
    payload: bytes | None

    def __repr__(self) -> str:
        """Show how much is signed."""
        return f"JadesTask(<{len(self.message)} bytes to sign>)"


class JadesSigner:
    """Signs any number of documents of one profile; thread-safe when `signer` is."""

    __slots__ = ("_authority", "_form", "_given", "_last", "_profile", "_signer")

    def __init__(
        self,
        profile: JAdES,
        *,
        signer: Signer,
        certificates: tuple[Certificate, ...],
        authority: TimestampAuthority | None = None,
    ) -> None:
        """Prepare the signatures.

        Raises:
            UsageError: the first certificate is not of the signer's key, or a level
                with a timestamp has no authority to ask, or one without has one.
        """
        require_fit(
            profile.level, signer=signer, certificates=certificates, authority=authority
        )
        self._profile = profile
        self._signer = signer
        self._authority = authority
        is_inside = profile.packaging is Packaging.ENVELOPING
        self._form = PayloadForm.ATTACHED if is_inside else PayloadForm.DETACHED
        self._given: JsonObject = {
            "x5t#S256": b64.encode(certificates[0].sha256),
            "x5c": x5c_parameter([each.der for each in certificates]),
        }
        self._last: tuple[int, ProtectedHeader] | None = None

    def sign(
        self,
        documents: Documents,
        *,
        signing_time: datetime,
        beside: bytes | None = None,
    ) -> bytes:
        """Sign a document, or several by name, and return the JWS.

        It is ASCII where compact, else UTF-8. With `beside`, a signature on the same
        document, both are returned as one general serialisation.

        Raises:
            UsageError: `signing_time` has no zone, the document is too long to be held,
                several are to be inside, or `beside` signs another one, in another
                packaging or compactly.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: `beside` is no signature, or the authority
                answered something else.
        """
        if beside is None:
            task = self.prepare(documents, signing_time=signing_time)
            return self.finish(task, self._signer.sign(task.message))
        first = self._beside(beside)
        held = _held(documents)  # it is gone through twice
        task = self.prepare(held, signing_time=signing_time)
        is_inside = task.payload is not None
        require_same(first, held, protected=task.protected, is_inside=is_inside)
        made = self._object(task, self._signer.sign(task.message))
        return write_json(joined(first.json or {}, made))

    def prepare(self, documents: Documents, *, signing_time: datetime) -> JadesTask:
        """Return what has to be signed of a document, or of several by name.

        Raises:
            UsageError: `signing_time` has no zone, or the document is too long to be
                held, or empty and to be inside a compact signature, or several are to
                be inside.
        """
        require_aware(signing_time)
        seconds = int(signing_time.timestamp())
        is_inside = self._profile.packaging is Packaging.ENVELOPING
        if isinstance(documents, Mapping) and not is_inside:
            # So that a digest is the document's, not that of its base64url text.
            form = PayloadForm.UNENCODED_DETACHED
            more = self._references(documents)
            protected = self._protected(seconds, more=more, form=form)
            return JadesTask(protected, protected.message(b""), None)
        octets = whole(only(documents))
        protected = self._of(seconds)
        if is_inside and self._is_compact and not octets:
            raise UsageError(
                "an empty document and none are alike in a compact JWS "
                "(RFC 7515 Appendix F): use Serialisation.JSON"
            )
        return JadesTask(
            protected, protected.message(octets), octets if is_inside else None
        )

    def finish(self, task: JadesTask, signature: bytes) -> bytes:
        """Return the JWS with a signature that matches the task.

        Raises:
            PortError, MalformedError, UnsupportedError: see `sign`.
        """
        text = b64.encode(signature).encode("ascii")
        if not self._is_compact:
            if self._authority is not None:
                return write_json(self._object(task, signature))
            # Every member is base64url: there is nothing to escape.
            payload = b""
            if task.payload is not None:
                payload = b'"payload":"%b",' % b64.encode(task.payload).encode("ascii")
            return b'{%b"protected":"%b","signature":"%b"}' % (
                payload,
                task.protected.head,
                text,
            )
        shown = task.protected.head + b"." if task.payload is None else task.message
        return b"%b.%b" % (shown, text)

    def counter_sign(
        self, signature: bytes, *, signing_time: datetime, number: int = 0
    ) -> bytes:
        """Sign a signature: the one of that number, from 0 (TS 119 182-1 5.3.2).

        Raises:
            UsageError: there is no signature of that number, it or this profile is
                compact, or `signing_time` has no zone.
            SignerError: the key could not sign.
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no signature, or the authority
                answered something else.
        """
        require_aware(signing_time)
        if self._is_compact or not is_json(signature):
            raise UsageError(
                "a compact JAdES signature has no place for another on it "
                "(TS 119 182-1 §5.3.1): use Serialisation.JSON"
            )
        read = read_jws(signature, at="signature")
        if read.json is None or not 0 <= number < len(read.signatures):
            raise UsageError("there is no signature of that number")
        on = read.signatures[number]
        if isinstance(on, Exception):
            raise on
        protected = self._protected(
            int(signing_time.timestamp()), form=PayloadForm.DETACHED
        )
        message = protected.message(on.parts.signature)
        task = JadesTask(protected, message, None)
        made = self._object(task, self._signer.sign(message))
        return write_json(with_elements(read.json, [("cSig", made)], number=number))

    @property
    def _is_compact(self) -> bool:
        return self._profile.serialisation is Serialisation.COMPACT

    def _beside(self, beside: bytes) -> JwsRead:
        if self._is_compact or not is_json(beside):
            raise UsageError(
                "a compact JWS holds one signature (RFC 7515 §7.1): "
                "use Serialisation.JSON"
            )
        return read_jws(beside, at="beside")

    def _object(self, task: JadesTask, signature: bytes) -> JsonObject:
        """Return a flattened serialisation, stamped where the level wants it."""
        made: JsonObject = {}
        if task.payload is not None:
            made["payload"] = b64.encode(task.payload)
        made["protected"] = task.protected.head.decode("ascii")
        made["signature"] = b64.encode(signature)
        if self._authority is None:
            return made
        return with_elements(made, [stamp(signature, self._authority)], number=0)

    def _of(self, seconds: int) -> ProtectedHeader:
        """Return the header of that second, which is written once."""
        last = self._last
        if last is None or last[0] != seconds:
            last = (seconds, self._protected(seconds, more=self._kind()))
            self._last = last
        return last[1]

    def _kind(self) -> JsonObject:
        kind = self._profile.media_type
        return {} if kind is None else {"cty": _short(kind)}

    def _protected(
        self,
        seconds: int,
        *,
        more: JsonObject | None = None,
        form: PayloadForm | None = None,
    ) -> ProtectedHeader:
        return protect(
            {**(more or {}), **self._given, "iat": seconds},
            algorithm=self._signer.algorithm,
            form=form or self._form,
        )

    def _references(self, documents: Mapping[str, Document]) -> JsonObject:
        """Return ``sigD`` with the documents' digests, and ``crit`` (5.2.8.3.3)."""
        if not 0 < len(documents) <= limits.JADES_REFERENCES:
            raise UsageError("a signature is on at least one document, not too many")
        hashed = self._signer.algorithm.prehash or "sha512"
        references: JsonObject = {
            "mId": BY_HASH,
            "pars": [address(each) for each in documents],
            "hashM": _HASH_NAMES[hashed],
            "hashV": [_digest(each, hashed) for each in documents.values()],
        }
        critical: list[JsonValue] = ["sigD"]
        return {"sigD": references, "crit": critical}


def _digest(document: Document, hashed: str) -> str:
    made = hashlib.new(hashed)
    for piece in pieces(document):
        made.update(piece)
    return b64.encode(made.digest())


def _short(media_type: str) -> str:
    """Leave the prefix out where nothing else has a slash (RFC 7515 4.1.10)."""
    short = media_type.removeprefix(_MEDIA)
    return media_type if "/" in short else short


def _held(documents: Documents) -> Documents:
    """Return documents as octets, none of them a stream."""
    if isinstance(documents, Mapping):
        return {name: whole(each) for name, each in documents.items()}
    return whole(documents)


def stamp(signature: bytes, authority: TimestampAuthority) -> tuple[str, JsonValue]:
    """Return a timestamp on a signature value as an element (TS 119 182-1 5.3.4).

    Raises:
        PortError: the authority cannot be reached, or refused.
        MalformedError, UnsupportedError: it answered something else.
    """
    text = b64.encode(signature).encode("ascii")
    token = ask_timestamp(
        hashlib.sha256(text).digest(),
        authority=authority,
        random=secrets.token_bytes,
        hashed="sha256",
    )
    return "sigTst", stamp_value(token.der)
