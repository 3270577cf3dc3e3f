"""The shapes of a JAdES signature, and how a fault is put into one."""

import hashlib
from collections.abc import Callable

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.documents.jades.content import BY_HASH
from idwallet.documents.jades.elements import values_of
from idwallet.documents.judging.material import Material
from idwallet.testing.cms_draft import unbent
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.jades.draft import Bend, JadesDraft, JwsSigner

Forger = Callable[[JadesDraft], None]


def stays(_: object) -> None:
    """Change nothing."""


def draft(**changes: object) -> Forger:
    """Set fields of the draft."""

    def forge(made: JadesDraft) -> None:
        for name, value in changes.items():
            setattr(made, name, value)

    return forge


def signer(**changes: object) -> Forger:
    """Set fields of the first signature."""

    def forge(made: JadesDraft) -> None:
        for name, value in changes.items():
            setattr(made.first, name, value)

    return forge


def header(**changes: JsonValue) -> Forger:
    """Sign other header parameters; None takes one away."""

    def forge(made: JadesDraft) -> None:
        for name, value in changes.items():
            key = name.replace("__", "#")
            if value is None:
                made.first.protected.pop(key, None)
            else:
                made.first.protected[key] = value

    return forge


def json(change: Bend) -> Forger:
    """Alter the JSON object, after all is signed."""
    return lambda made: setattr(made, "bend_json", change)


def entry(change: Bend) -> Forger:
    """Alter the first signature's entry, after it is signed."""
    return lambda made: setattr(made.first, "bend", change)


def octets(change: Callable[[bytes], bytes]) -> Forger:
    """Alter the octets at the very end."""
    return lambda made: setattr(made, "bend", change)


# --- shapes ---------------------------------------------------------------------------


def compact(made: JadesDraft) -> None:
    """Write it compactly."""
    made.is_compact = True


def detached(made: JadesDraft) -> None:
    """Have the document travel apart."""
    made.payload, made.document = None, CONTRACT


def two(made: JadesDraft) -> None:
    """Have a second signature beside the first."""
    made.signers.append(JwsSigner.of(made.scene.second, at=made.at))


def unencoded(made: JadesDraft) -> None:
    """Leave the payload as it is (RFC 7797)."""
    made.is_encoded = False
    made.first.protected.update({"b64": False, "crit": ["b64"]})


def named(made: JadesDraft) -> None:
    """Sign the document's digest, as `sigD` has it."""
    detached(made)
    digest = b64.encode(hashlib.sha256(CONTRACT).digest())
    made.is_encoded, made.signed = False, b""
    made.first.protected.update(
        {
            "sigD": {
                "mId": BY_HASH,
                "pars": ["contract.txt"],
                "hashM": "S256",
                "hashV": [digest],
            },
            "b64": False,
            "crit": ["sigD", "b64"],
        }
    )


def reference(**changes: JsonValue) -> Forger:
    """Sign other members of `sigD`."""

    def forge(made: JadesDraft) -> None:
        held = made.first.protected["sigD"]
        if isinstance(held, dict):
            made.first.protected["sigD"] = {**held, **changes}

    return forge


def countersigned(made: JadesDraft) -> None:
    """Put a valid counter-signature on the first signature."""
    made.first.counter = lambda _: None


def attached_counter(made: JadesDraft) -> None:
    """Have a counter-signature carry the value that it signs."""
    made.first.counter = lambda own: setattr(own, "inside", unbent)


def stamped(made: JadesDraft) -> None:
    """Put one valid timestamp on the first signature."""
    made.first.stamps = [lambda _: None]


def archived(made: JadesDraft) -> None:
    """Put a timestamp, evidence and an archive timestamp on the first signature."""
    stamped(made)
    lists = [each.der for each in made.crls if isinstance(each.der, bytes)]
    material = Material(made.scene.signer.chain[1:], tuple(lists))
    made.first.elements = list(values_of(material))
    made.first.archives = [lambda _: None]


def after(change: Callable[[list[str]], list[str]]) -> Forger:
    """Alter the elements once all is stamped."""
    return lambda made: setattr(made.first, "after", change)
