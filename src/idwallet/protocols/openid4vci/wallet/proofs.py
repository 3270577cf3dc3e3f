"""Which kind of proof a wallet makes, of those that an issuer takes (Appendix F)."""

from idwallet.errors import UnsupportedError
from idwallet.protocols.openid4vci.credential import ProofKind
from idwallet.protocols.openid4vci.metadata import CredentialConfiguration, ProofType


def proof_type_of(
    configuration: CredentialConfiguration,
) -> tuple[ProofKind, ProofType]:
    """Return the kind of proof to make: what needs nobody to attest, else what does.

    An attestation in place of proofs comes before one inside of a proof: it needs no
    key to sign, and nobody to wait for it.
    """
    proofs = configuration.proofs
    plain, other = proofs.get("jwt"), proofs.get("attestation")
    if plain is not None and (not plain.attested or other is None):
        return ProofKind.JWT, plain
    if other is not None:
        return ProofKind.ATTESTATION, other
    if proofs:
        raise UnsupportedError(
            "a kind of proof that this wallet does not make",
            clause="OpenID4VCI 1.0 Appendix F",
        )
    return ProofKind.JWT, ProofType(algorithms=())
