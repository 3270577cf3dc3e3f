"""A JAdES signature, valid as it starts, with every part open to a fault.

scene = DocumentScene()
made = jades_draft(scene)
made.signers[0].protected["x5t"] = "AAAA"
made.report()                                   # signature.profile open
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.documents.jades.elements import element_text, stamp_value
from idwallet.documents.model import UnverifiedDocument, VerifiedDocument
from idwallet.documents.policy import DOCUMENTS, DocumentPolicy
from idwallet.envelope.jws import x5c_parameter
from idwallet.report import Report
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.cms_draft import unbent
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand

Stamp = Callable[[TimestampDraft], None]
Bend = Callable[[JsonObject], JsonObject]


def unchanged(made: JsonObject) -> JsonObject:
    """Change nothing."""
    return made


@dataclass
class JwsSigner:
    """One signature of a JWS, and everything that it says.

    `protected` is the signed header without ``alg``, which `algorithm` is. `covered`
    is what is signed in place of the payload's text. `elements` go into ``etsiU``,
    after a timestamp for each of `stamps`; `counter` alters a signature on this one,
    which carries what it covers inside where it has `inside`, altered by that.
    `archives` has one entry for each archive timestamp, and `after` alters the elements
    at the end, their base64url texts.
    `head` alters the header's octets after all else, and `bend` the whole entry.
    """

    identity: TestIdentity
    protected: JsonObject
    algorithm: str = "ES256"
    signer: Signer | None = None
    covered: bytes | None = None
    elements: list[tuple[str, JsonValue]] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    counter: "Callable[[JwsSigner], None] | None" = None
    depth: int = 1
    inside: Callable[[bytes], bytes] | None = None
    is_clear: bool = False
    archives: list[Stamp] = field(default_factory=list)
    after: Callable[[list[str]], list[str]] | None = None
    unprotected: JsonObject = field(default_factory=dict)
    head: Callable[[bytes], bytes] = unbent
    signature: Callable[[bytes], bytes] = unbent
    bend: Bend = unchanged

    @staticmethod
    def of(identity: TestIdentity, *, at: datetime) -> "JwsSigner":
        """Return a valid signature of a test identity."""
        chain = identity.chain
        digest = hashlib.sha256(chain[0]).digest()
        header: JsonObject = {
            "x5t#S256": b64.encode(digest),
            "x5c": x5c_parameter(chain),
            "iat": int(at.timestamp()),
        }
        algorithm = identity.signer.algorithm.jose
        return JwsSigner(identity, header, algorithm=algorithm)


@dataclass
class JadesDraft:
    """Signatures on `CONTRACT`, and how they are judged.

    `payload` travels inside, None where nothing does; `document` is what the verifier
    brings. `is_compact` writes the first signature alone. `bend_json` alters the JSON
    object and `bend` the octets, at the very end.
    """

    scene: DocumentScene
    signers: list[JwsSigner]
    authority: TestIdentity
    crls: tuple[CrlAtHand, ...]
    signed: bytes = CONTRACT
    payload: bytes | None = CONTRACT
    document: bytes | None = None
    is_encoded: bool = True
    is_compact: bool = False
    stamped: datetime | None = None
    policy: DocumentPolicy = DOCUMENTS
    at: datetime = MOMENT
    bend_json: Bend = unchanged
    bend: Callable[[bytes], bytes] = unbent

    @property
    def first(self) -> JwsSigner:
        """The first signature, which most faults are put into."""
        return self.signers[0]

    def body(self, payload: bytes) -> bytes:
        """Return a payload as it is signed."""
        return b64.encode(payload).encode("ascii") if self.is_encoded else payload

    def to_bytes(self) -> bytes:
        """Sign, stamp and counter-sign, and return the JWS."""
        body = self.body(self.signed)
        entries = [self.entry(each, body=body) for each in self.signers]
        if self.is_compact:
            one = entries[0]
            inside = b"" if self.payload is None else self.body(self.payload)
            head, tail = str(one["protected"]), str(one["signature"])
            return self.bend(b"%b.%b.%b" % (head.encode(), inside, tail.encode()))
        made: JsonObject = {}
        if self.payload is not None:
            made["payload"] = self.body(self.payload).decode()
        if len(entries) == 1:
            made.update(entries[0])
        else:
            made["signatures"] = list[JsonValue](entries)
        return self.bend(write_json(self.bend_json(made)))

    def entry(self, each: JwsSigner, *, body: bytes) -> JsonObject:
        """Return one signature over a payload's text as a JSON object."""
        header = write_json({"alg": each.algorithm, **each.protected})
        head = b64.encode(each.head(header)).encode("ascii")
        covered = body if each.covered is None else each.covered
        key = each.signer or each.identity.signer
        value = each.signature(key.sign(b"%b.%b" % (head, covered)))
        made: JsonObject = {"protected": head.decode("ascii")}
        listed = self._elements(each, value)
        listed = self._archived(each, listed, over=(covered, head, value))
        unprotected = dict(each.unprotected)
        if listed:
            unprotected["etsiU"] = listed
        if unprotected:
            made["header"] = unprotected
        made["signature"] = b64.encode(value)
        return each.bend(made)

    def _elements(self, each: JwsSigner, value: bytes) -> list[JsonValue]:
        found: list[tuple[str, JsonValue]] = [
            ("sigTst", self.stamp(value, stamp)) for stamp in each.stamps
        ]
        found += each.elements
        if each.counter is not None:
            found.append(("cSig", self._counter(each, value)))
        if each.is_clear:
            return [{name: held} for name, held in found]
        return [element_text(name, held) for name, held in found]

    def _archived(
        self,
        each: JwsSigner,
        listed: list[JsonValue],
        *,
        over: tuple[bytes, bytes, bytes],
    ) -> list[JsonValue]:
        """Stamp all that is there, as often as is wanted (TS 119 182-1 5.3.6.2.3)."""
        if each.is_clear:
            return listed
        texts = [str(one) for one in listed]
        body, head, value = over
        for change in each.archives:
            hashed = hashlib.sha256(b"%b.%b." % (body, head))
            hashed.update(b64.encode(value).encode("ascii") + b".")
            hashed.update("".join(texts).encode("ascii"))
            made = self._token(hashed.digest(), change)
            texts.append(element_text("arcTst", stamp_value(made)))
        return list(each.after(texts) if each.after is not None else texts)

    def _counter(self, on: JwsSigner, value: bytes) -> JsonObject:
        own = JwsSigner.of(self.scene.second, at=self.at)
        if on.counter is not None:
            on.counter(own)
        if on.depth > 1:
            own.counter, own.depth = on.counter, on.depth - 1
        text = b64.encode(value).encode("ascii")
        if own.inside is None:
            return self.entry(own, body=text)
        text = own.inside(text)
        return {"payload": text.decode("ascii"), **self.entry(own, body=text)}

    def stamp(self, value: bytes, change: Stamp) -> JsonObject:
        """Return a timestamp on a signature value."""
        text = b64.encode(value).encode("ascii")
        return stamp_value(self._token(hashlib.sha256(text).digest(), change))

    def _token(self, digest: bytes, change: Stamp) -> bytes:
        moment = self.stamped or self.at
        made = TimestampDraft(self.authority, digest=digest, moment=moment)
        change(made)
        return made.to_bytes()

    def trust(self) -> TrustStore:
        """Return the store of the scene, with the CRLs at hand."""
        store = self.scene.pki.store()
        return store.with_evidence(EvidenceAtHand(crls=self.crls))

    def judged(self) -> VerifiedDocument | UnverifiedDocument:
        """Judge the JWS."""
        return evaluate_document(
            self.to_bytes(),
            document=self.document,
            trust=self.trust(),
            policy=self.policy,
            at=self.at,
        )

    def report(self) -> Report:
        """Judge the JWS, and return the report."""
        return self.judged().report


def jades_draft(
    scene: DocumentScene, *, signer: TestIdentity | None = None
) -> JadesDraft:
    """Return a valid enveloping signature with everybody's CRLs at hand."""
    who = signer or scene.signer
    people = {id(each): each for each in (who, scene.second, scene.authority)}
    found = {
        each.der if isinstance(each.der, bytes) else b"": each
        for identity in people.values()
        for each in crls(identity, at=scene.at)
    }
    return JadesDraft(
        scene,
        [JwsSigner.of(who, at=scene.at)],
        scene.authority,
        tuple(found.values()),
        at=scene.at,
    )


def every_algorithm(made: JadesDraft) -> None:
    """Judge by a policy that names every algorithm."""
    made.policy = replace(made.policy, algorithms=frozenset(Algorithm))
