"""A wallet, an issuer and a verifier of both formats; everybody is invented."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from idwallet.adapters.store import MemoryStore
from idwallet.codec.json import JsonObject
from idwallet.credentials.mdoc.elements import ElementValue
from idwallet.credentials.mdoc.issue import Mdoc
from idwallet.credentials.mdoc.mso import Authorizations
from idwallet.credentials.model import Credential
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.query import Query
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.seal import SealKey
from idwallet.roles.holder import Holder
from idwallet.roles.issuer import Issuer
from idwallet.testing.mdoc import MDL, NAMESPACE, MdocScene
from idwallet.testing.scene import PID, Scene
from idwallet.trust.anchors import TrustStore

SEAL = SealKey(bytes(range(32)))
ELEMENTS: dict[str, ElementValue] = {
    "family_name": "Примерова",
    "given_name": "Анна",
    "birth_date": date(1990, 5, 17),
    "issuing_country": "XX",
    "age_over_16": True,
    "age_over_21": True,
    "age_over_65": False,
    "portrait": bytes(range(16)),
    "driving_privileges": [{"vehicle_category_code": "B"}],
}
LICENCE = Mdoc(MDL, {NAMESPACE: ELEMENTS})


@cache
def mdocs() -> MdocScene:
    return MdocScene()


@cache
def scene() -> Scene:
    """Both formats are believed, each by the root of its own issuer."""
    made = Scene(at=mdocs().at)
    made.trust = TrustStore([*made.trust.anchors, *mdocs().root().anchors])
    return made


def licence(**elements: ElementValue) -> Mdoc:
    """The licence with these elements changed, or only told otherwise."""
    return replace(LICENCE, elements={NAMESPACE: {**ELEMENTS, **elements}})


def allowing(**elements: frozenset[str]) -> Mdoc:
    return replace(LICENCE, authorizations=Authorizations(elements=elements))


def issued(
    content: Mdoc = LICENCE, *, to: PublicKey | None = None, days: int = 30
) -> Credential:
    identity = mdocs().signer
    issuer = Issuer(signer=identity.signer, certificates=identity.chain)
    key = scene().holder_signer.public_key if to is None else to
    return issuer.issue(
        content,
        holder_key=HolderKey.unproven(key, reason="a test key"),
        valid_until=mdocs().at + timedelta(days=days),
        at=mdocs().at,
    )


def wallet(*credentials: Credential, store: MemoryStore | None = None) -> Holder:
    made = Holder(
        store=MemoryStore() if store is None else store,
        seal=SEAL,
        keys=scene().keys,
        trust=scene().trust,
    )
    for each in credentials:
        made.add(each, at=scene().at)
    return made


def of_licence(*elements: str, name: str = "mdl", **more: object) -> JsonObject:
    """A credential query for elements of the licence."""
    claims = [{"path": [NAMESPACE, each]} for each in elements]
    asked = {
        "id": name,
        "format": "mso_mdoc",
        "meta": {"doctype_value": MDL},
        "claims": claims,
    }
    return asked | more  # type: ignore[return-value,operator]


def of_card(*claims: str) -> JsonObject:
    return {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID]},
        "claims": [{"path": [each]} for each in claims],
    }


def query(*credentials: JsonObject, **more: object) -> Query:
    return Query.from_dcql({"credentials": [*credentials], **more})  # type: ignore[dict-item]
