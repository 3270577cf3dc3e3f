"""CRLs by delegates: indirect, and signed by who may or may not."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography import x509

from idwallet.testing.certificates import (
    CertificatePlan,
    test_name,
    unknown_extension,
)
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation.case import Case, Outcome
from idwallet.testing.revocation.crl_cases import (
    POINT,
    SOUND,
    entry,
    scene,
    with_points,
)
from idwallet.testing.revocation.plans import HOUR, CrlPlan, EntryPlan, scope
from idwallet.testing.revocation.world import Scene, authority, key_of
from idwallet.trust.certificate import KeyUsage
from idwallet.trust.revocation import Revoked, Unsettled

_U = Unsettled


def delegate_cases() -> Iterator[Case]:
    """Yield indirect CRLs, and delegates who may not sign them."""
    signer = SOUND.delegate()
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(POINT)],
        None,
        None,
        [x509.DirectoryName(signer.subject)],
    )
    world = with_points(point)
    crl = _delegated(signer)
    # Its own status stands on the CA's own CRL, which covers no leaf of its.
    own = SOUND.crl(scope=scope(uri="http://crl.example/signers.crl"))
    local = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://crl.example/signers.crl")],
        None,
        None,
        None,
    )
    kept = (x509.CRLDistributionPoints([local]), False)
    signer = replace(signer, extensions=(kept,))

    def made(who: CertificatePlan, *crls: CrlPlan, **changes: object) -> Scene:
        whole = {"world": world, "certificates": (who,), **changes}
        return scene(*crls, **whole)

    def case(name: str, expected: Outcome, *, clause: str, forged: Scene) -> Case:
        return Case(
            name=f"delegate: {name}",
            clause=f"RFC 5280 {clause}",
            forged=forged,
            twin=made(signer, crl, own),
            expected=expected,
        )

    yield case(
        "the CRL is not indirect",
        _U.OUT_OF_SCOPE,
        clause="6.3.3 (b)(1)",
        forged=made(signer, replace(crl, scope=None), own),
    )
    yield case(
        "its certificate is not at hand",
        _U.SIGNER_UNKNOWN,
        clause="6.3.3 (f)",
        forged=made(signer, crl, own, certificates=()),
    )
    yield case(
        "listed under the certificate's issuer",
        Revoked,
        clause="5.3.3",
        forged=scene(
            signer, replace(crl, entries=(entry(issuer=SOUND.ca.subject),)), own
        ),
    )
    yield case(
        "its own status is unknown",
        _U.SIGNER_STATUS,
        clause="6.3.3 (f)",
        forged=made(signer, crl),
    )
    yield case(
        "it is revoked itself",
        _U.SIGNER_NOT_AUTHORISED,
        clause="6.3.3 (f)",
        forged=scene(
            signer, crl, replace(own, entries=(EntryPlan(serial=signer.serial),))
        ),
    )
    stranger = authority("CA", above=None, key=key_of("another CA"))
    faults: dict[str, tuple[_U, dict[str, object]]] = {
        "without cRLSign": (
            _U.SIGNER_NOT_AUTHORISED,
            {"key_usage": frozenset({KeyUsage.DIGITAL_SIGNATURE})},
        ),
        "without key usage": (_U.SIGNER_NOT_AUTHORISED, {"key_usage": None}),
        "under another CA of the same name": (
            _U.SIGNATURE_INVALID,
            {"signing_key": stranger.key},
        ),
        "under another CA": (
            _U.SIGNER_NOT_AUTHORISED,
            {"issuer": test_name("another"), "signing_key": stranger.key},
        ),
        "expired since": (_U.SIGNER_EXPIRED, {"not_after": MOMENT - HOUR / 2}),
        "not valid when it signed": (
            _U.SIGNER_NOT_AUTHORISED,
            {"not_before": MOMENT - HOUR / 2},
        ),
        "with a critical extension unknown": (
            _U.SIGNER_NOT_AUTHORISED,
            {"extensions": (kept, unknown_extension())},
        ),
    }
    for name, (expected, changes) in faults.items():
        faulty = replace(signer, **changes)  # type: ignore[arg-type]
        forged = made(faulty, crl, own)
        yield case(name, expected, clause="6.3.3 (f)", forged=forged)


def _delegated(signer: CertificatePlan) -> CrlPlan:
    return CrlPlan(
        issuer=signer.subject,
        signing_key=signer.key,
        authority_key_id=signer.subject_key_id,
        scope=scope(uri=POINT, indirect=True),
        entries=(entry(), entry(issuer=test_name("another"))),
    )
