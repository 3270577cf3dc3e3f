"""Forged credentials: what a wallet must not store, though an issuer hands it over.

    for forgery in CREDENTIALS:
        valid, forged = forgery.twins(scene)
        my_wallet.add(valid.shown())       # must be stored
        my_wallet.add(forged.shown())      # must be refused, for forgery.reason

The wallet under test holds the key `Draft.holder_signer`, trusts `Scene.trust` and
adds at `Scene.at`. `add` is this library's own answer. What an issuer can forge is
the same as in a presentation, so most members are those of `corpus.PRESENTATIONS`
that are about the credential itself; the others are about whom it is bound to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.required import STORED, Context, HeldBy, required_of
from idwallet.credentials.sdjwt.evaluate import evaluate
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import VerificationError
from idwallet.report import CheckId, Reason, Report
from idwallet.testing.corpus.claims import CLAIM_FORGERIES
from idwallet.testing.corpus.disclosures import DISCLOSURE_FORGERIES, signs
from idwallet.testing.corpus.forgery import Forged, Forgery
from idwallet.testing.corpus.issuer import ISSUER_FORGERIES
from idwallet.testing.draft import ABSENT, Draft, digest, draft, loose_json, loose_jws
from idwallet.testing.scene import Scene
from idwallet.trust.policies import WALLET

_BINDING: Final = CheckId.HOLDER_BINDING
_FORMAT: Final = CheckId.CREDENTIAL_FORMAT
_SUBJECT: Final = "credential"


@dataclass(frozen=True, slots=True)
class CredentialForgery(Forged[Draft]):
    """A credential that a wallet must refuse; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[Draft, Draft]:
        """Return the valid credential and the forged one; `Draft.shown` is its text."""
        return self.apart(lambda: draft(scene))


def add(made: Draft) -> Report:
    """Add a credential to a fresh wallet, and return what it was judged by."""
    scene = made.scene
    credential = Credential(Format.SD_JWT_VC, made.shown())
    try:
        held = scene.new_wallet().add(credential, at=scene.at)
    except VerificationError as error:
        return error.report
    # A wallet that stored it says no more; the checks that passed are these.
    verdict = evaluate(
        credential.raw,
        expected=HeldBy(frozenset({held.thumbprint})),
        context=Context(scene.trust, WALLET, scene.at),
        subject=_SUBJECT,
    )
    required = required_of(STORED, _SUBJECT)
    return Report(verdict.checks, required, scene.at, WALLET.name)


def _bound_to(key: JsonObject) -> Callable[[Draft], None]:
    return signs(cnf={"jwk": key})


def _key_of_another(made: Draft) -> None:
    _bound_to(SoftwareSigner.generate(Algorithm.ES256).public_key.to_jwk())(made)


def _key_of_the_issuer(made: Draft) -> None:
    _bound_to(made.issuer_signer.public_key.to_jwk())(made)


def _private_key(made: Draft) -> None:
    _bound_to({**made.holder_signer.public_key.to_jwk(), "d": "AAAA"})(made)


def _key_off_the_curve(made: Draft) -> None:
    _bound_to({**made.holder_signer.public_key.to_jwk(), "x": "A" * 43})(made)


def _key_for_encryption(made: Draft) -> None:
    _bound_to({**made.holder_signer.public_key.to_jwk(), "use": "enc"})(made)


def _thumbprint_alone(made: Draft) -> None:
    signs(cnf={"jkt": made.holder_signer.public_key.thumbprint})(made)


def _bound_already(made: Draft) -> None:
    """Hand over a presentation, key binding and all, as if it were a credential."""

    def bend(shown: str) -> str:
        said: JsonObject = {
            "iat": 1,
            "aud": "a",
            "nonce": "n",
            "sd_hash": digest(shown),
        }
        return shown + loose_jws(
            {"alg": "ES256", "typ": "kb+jwt"},
            loose_json(said),
            signer=made.holder_signer,
        )

    made.bend_shown = bend


def _shown(bend: Callable[[str], str]) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.bend_shown = bend

    return forge


_HELD: Final = Reason.KEY_NOT_HELD
_UNUSABLE: Final = Reason.KEY_UNUSABLE

BOUND_TO_WHOM: Final = (
    CredentialForgery("bound to somebody else", _BINDING, _HELD, _key_of_another),
    CredentialForgery("bound to its issuer", _BINDING, _HELD, _key_of_the_issuer),
    CredentialForgery(
        "bound to nobody", _BINDING, Reason.KEY_ABSENT, signs(cnf=ABSENT)
    ),
    CredentialForgery("bound to null", _BINDING, Reason.KEY_ABSENT, signs(cnf=None)),
    CredentialForgery("bound to a name", _BINDING, _UNUSABLE, signs(cnf={"kid": "1"})),
    CredentialForgery("bound to a text", _BINDING, _UNUSABLE, signs(cnf="key")),
    CredentialForgery("bound to a thumbprint", _BINDING, _UNUSABLE, _thumbprint_alone),
    CredentialForgery("bound to a private key", _BINDING, _UNUSABLE, _private_key),
    CredentialForgery("bound off the curve", _BINDING, _UNUSABLE, _key_off_the_curve),
    CredentialForgery("bound for encryption", _BINDING, _UNUSABLE, _key_for_encryption),
    CredentialForgery(
        "a presentation in place of a credential",
        _BINDING,
        Reason.UNEXPECTED,
        _bound_already,
    ),
    CredentialForgery(
        "no tilde at the end",
        _BINDING,
        Reason.UNEXPECTED,
        _shown(lambda shown: shown[:-1]),
    ),
)

SHAPES: Final = (
    CredentialForgery("no text", _FORMAT, Reason.MALFORMED, _shown(lambda _: "")),
    CredentialForgery(
        "a JWT without a tilde",
        _FORMAT,
        Reason.MALFORMED,
        _shown(lambda shown: shown.partition("~")[0]),
    ),
    CredentialForgery(
        "letters that are not ASCII",
        _FORMAT,
        Reason.MALFORMED,
        _shown(lambda shown: f"{shown}\u0430~"),
    ),
    CredentialForgery(
        "longer than allowed",
        _FORMAT,
        Reason.LIMIT_EXCEEDED,
        _shown(lambda shown: shown + "A" * limits.SD_JWT_BYTES),
    ),
)

_FOR_VERIFIERS: Final = frozenset({Reason.NO_EXPIRY, Reason.MISMATCH})
"""An end and an audience are what verifiers ask for; a wallet is not the audience."""


def _of_issuers(forgery: Forgery) -> CredentialForgery:
    return CredentialForgery(
        forgery.name, forgery.check, forgery.reason, forgery.forge, forgery.prepare
    )


CREDENTIALS: Final = (
    *BOUND_TO_WHOM,
    *SHAPES,
    *(
        _of_issuers(each)
        for each in (*ISSUER_FORGERIES, *DISCLOSURE_FORGERIES, *CLAIM_FORGERIES)
        if each.check is not CheckId.CREDENTIAL_STATUS
        and each.reason not in _FOR_VERIFIERS
    ),
)
