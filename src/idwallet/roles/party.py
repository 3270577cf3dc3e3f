"""What is proven of who asks, for an issuer's word on who may see a credential."""

from idwallet.consent.purpose import AuthorityCertificate, PartyFacts
from idwallet.trust.relying_party import Registration
from idwallet.trust.signer import SignerFound


def party_facts(
    signer: SignerFound | None, registration: Registration | None = None
) -> PartyFacts:
    """Return what the certificates of whoever asks prove, and its registration."""
    path = None if signer is None else signer.path
    subject, authorities = None, []
    if path is not None:
        subject = path.leaf.subject
        above = [*path.certificates[1:], path.anchor.certificate]
        authorities = [
            AuthorityCertificate(each.subject, each.native.serial_number)
            for each in above
            if each is not None
        ]
    return PartyFacts(
        identifier=None if registration is None else registration.subject,
        service=None if registration is None else registration.intended_use,
        subject=subject,
        entitlements=() if registration is None else registration.entitlements,
        authorities=tuple(authorities),
    )
