"""Two presentations out of an honest batch have nothing in common that links them."""

import hashlib
from datetime import timedelta
from functools import cache
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.consent import linkability
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.present import Showing, device_response, signed_document
from idwallet.credentials.mdoc.structures import read_issuer_signed
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.present import (
    bind_to_key,
    choose_disclosures,
    read_held,
    show_claims,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import MdocScene
from idwallet.testing.scene import Scene
from idwallet.trust.status_list import StatusReference

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
# What links by itself is left out: a name, wherever it is shown twice, is a name.
HARMLESS = st.booleans() | st.integers(0, 120) | st.sampled_from(["XX", "YY", "F"])
CLAIMS = st.dictionaries(NAMES.map("c_{}".format), HARMLESS, min_size=1, max_size=12)


class Seeded:
    """Octets that follow from a seed: what failed once fails again."""

    def __init__(self, seed: int) -> None:
        self.state = seed.to_bytes(8, "big")

    def __call__(self, size: int) -> bytes:
        made = b""
        while len(made) < size:
            self.state = hashlib.sha256(self.state).digest()
            made += self.state
        return made[:size]


@cache
def scene() -> Scene:
    return Scene(seed=b"idwallet TEST batches")


@cache
def mdocs() -> MdocScene:
    return MdocScene(seed=b"idwallet TEST batches")


SIGNERS = [SoftwareSigner.generate(Algorithm.ES256) for _ in range(4)]
KEYS = [HolderKey.unproven(e.public_key, reason="a test key") for e in SIGNERS]
PLACES = st.lists(
    st.integers(0, 1 << 20).map(lambda n: 2 * n), min_size=4, max_size=4, unique=True
).map(lambda drawn: [StatusReference("https://issuer.example/1", n) for n in drawn])


def shown(credential: Credential, signer: SoftwareSigner, names: set[str]) -> str:
    held = read_held(credential.raw)
    return bind_to_key(
        show_claims(held, choose_disclosures(held, [(each,) for each in names])),
        signer=signer,
        nonce=b64.encode(hashlib.sha256(credential.raw.encode()).digest()),
        audience="x509_hash:abc",
        algorithm=held.algorithm,
        at=scene().at,
    )


@given(
    claims=CLAIMS,
    shape=st.sampled_from(Shape),
    decoys=st.integers(0, 4),
    places=PLACES,
    seed=st.integers(0, 1 << 32),
    life=st.integers(2, 90),
)
def test_nothing_links_two_sd_jwts_of_an_honest_batch(
    claims: dict[str, bool | int | str],
    shape: Shape,
    decoys: int,
    places: list[StatusReference],
    seed: int,
    life: int,
) -> None:
    who = scene().issuer_identity
    issuer = Issuer(signer=who.signer, certificates=who.chain, random=Seeded(seed))
    batch = issuer.issue_batch(
        SdJwtVc(vct="urn:example:card", claims=claims, shape=shape, decoys=decoys),
        holder_keys=KEYS,
        statuses=places,
        valid_until=scene().at + timedelta(days=life),
        at=scene().at,
    )
    seen = [
        shown(each, signer, set(claims))
        for each, signer in zip(batch, SIGNERS, strict=True)
    ]
    for one, other in combinations(seen, 2):
        assert linkability(one, other).links == ()


def shown_mdoc(credential: Credential, signer: SoftwareSigner) -> str:
    held = read_issuer_signed(b64.decode(credential.raw, at="test"), at="test")
    elements = {
        name: [each.element for each in items]
        for name, items in held.namespaces.items()
    }
    handover = RedirectHandover("x509_hash:abc", "nonce", "https://shop.example/answer")
    document = signed_document(
        Showing(held, elements), signer=signer, handover=handover
    )
    return b64.encode(device_response([document]))


@given(
    elements=CLAIMS,
    decoys=st.integers(0, 8),
    places=PLACES,
    seed=st.integers(0, 1 << 32),
)
def test_nothing_links_two_mobile_documents_of_an_honest_batch(
    elements: dict[str, bool | int | str],
    decoys: int,
    places: list[StatusReference],
    seed: int,
) -> None:
    who = mdocs().signer
    issuer = Issuer(signer=who.signer, certificates=who.chain, random=Seeded(seed))
    batch = issuer.issue_batch(
        Mdoc("org.example.card", {"org.example": elements}, decoys=decoys),
        holder_keys=KEYS,
        statuses=places,
        valid_until=mdocs().at + timedelta(days=14),
        at=mdocs().at,
    )
    seen = [
        shown_mdoc(each, signer) for each, signer in zip(batch, SIGNERS, strict=True)
    ]
    for one, other in combinations(seen, 2):
        assert linkability(one, other).links == ()
