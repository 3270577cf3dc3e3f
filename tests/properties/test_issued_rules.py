"""What an issuer issues, by its own rules and its type's, a verifier accepts."""

import json

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.json import JsonValue
from idwallet.credentials.paths import ClaimPath, select
from idwallet.credentials.possession import HolderKey
from idwallet.credentials.sdjwt.issue import SdJwtVc, Shape
from idwallet.credentials.sdjwt.metadata import (
    Disclosability,
    TypeMetadataSet,
    breaks,
    judge_type,
)
from idwallet.credentials.sdjwt.present import read_held
from idwallet.errors import UsageError
from idwallet.report import Reason
from idwallet.roles.issuer import Issuer
from idwallet.testing.scene import LIFE, PID
from idwallet.trust.policy import MetadataRule
from tests.properties.presentations import scene

CLAIMS: dict[str, JsonValue] = {
    "name": "N",
    "list": ["a", {"in": 1, "out": 2}, ["x", "y"]],
    "address": {"street": "S", "list": [{"in": 1}, {"in": 2}]},
}
PATHS: list[ClaimPath] = [
    ("name",),
    ("list",),
    ("list", None),
    ("list", 0),
    ("list", 1),
    ("list", 1, "in"),
    ("list", None, "out"),
    ("list", 2, None),
    ("list", 2, 0),
    ("address",),
    ("address", "street"),
    ("address", "list"),
    ("address", "list", None),
    ("address", "list", 0),
    ("address", "list", None, "in"),
    ("address", "list", 0, "in"),
    ("absent",),
    ("iss",),
    ("exp",),
]
RULES = st.dictionaries(
    st.sampled_from(PATHS),
    st.tuples(st.sampled_from(Disclosability), st.booleans()),
    max_size=5,
)
OWN = st.dictionaries(
    st.sampled_from(PATHS[:-2]), st.sampled_from(Disclosability), max_size=4
)


@given(rules=RULES, own=OWN, shape=st.sampled_from(Shape))
def test_what_is_issued_keeps_the_rules_of_both(
    rules: dict[ClaimPath, tuple[Disclosability, bool]],
    own: dict[ClaimPath, Disclosability],
    shape: Shape,
) -> None:
    claims = [
        {"path": [*path], "sd": sd.value, "mandatory": mandatory}
        for path, (sd, mandatory) in rules.items()
    ]
    document = json.dumps({"vct": PID, "claims": claims}).encode()
    types = TypeMetadataSet.read([document])
    identity = scene().issuer_identity
    issuer = Issuer(signer=identity.signer, certificates=identity.chain, types=types)
    content = SdJwtVc(vct=PID, claims=CLAIMS, disclosure=own, shape=shape)
    key = HolderKey.unproven(scene().holder_signer.public_key, reason="a test key")
    until, at = scene().at + LIFE, scene().at
    try:
        credential = issuer.issue(content, holder_key=key, valid_until=until, at=at)
    except UsageError:
        return
    held = read_held(credential.raw)
    check, _ = judge_type(
        held.unpacked,
        vct=PID,
        types=types,
        rule=MetadataRule.REQUIRED,
        subject="pid",
    )
    assert check.reason is Reason.MATCHES
    disclosed = set(held.disclosable())
    for path, sd in own.items():
        for place, _ in select(held.unpacked.positioned, path):
            assert not breaks(sd, place, disclosed=disclosed)
