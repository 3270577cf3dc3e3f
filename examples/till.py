"""A till: judge every answer in a folder, each against its own saved request.

Run it: ``python examples/till.py``. It judges three answers that it made itself: one of
somebody of age, one that was recorded, one that is noise. The keys are test keys, and
the person is invented.
"""

import sys
import tempfile
from pathlib import Path

from idwallet import (
    Query,
    SealKey,
    TrustStore,
    VerificationFailed,
    VerificationIndeterminate,
    Verifier,
    explain,
    now,
    verify_presentation,
)
from idwallet.testing import Scene

SEAL = SealKey(bytes(range(32)))  # a real till reads it from its secret store


def judge(folder: Path, *, verifier: Verifier, trust: TrustStore) -> None:
    """Judge each ``*.answer`` against the ``*.request`` of the same name."""
    for answer in sorted(folder.glob("*.answer")):
        saved = answer.with_suffix(".request").read_bytes()
        request = verifier.restore(saved, SEAL)
        print(f"--- {answer.stem}")
        try:
            verify_presentation(
                answer.read_bytes(), request=request, trust=trust, at=now()
            )
        except VerificationIndeterminate as error:
            print("call the supervisor:", explain(error.report, reader="clerk"))
        except VerificationFailed as error:
            print(explain(error.report, reader="clerk"))
        else:
            print("open the gate")


def play(folder: Path, scene: Scene) -> None:
    """Make three answers as they may arrive at a till."""
    first = scene.verifier.request(Query.age_over(18), purpose="a sale", at=now())
    body = scene.answer(first, scene.issue())
    other = scene.verifier.request(Query.age_over(18), purpose="a sale", at=now())
    for name, request, text in (
        ("1-of-age", first, body),
        ("2-recorded", first, body),
        ("3-noise", other, "vp_token=%00"),
    ):
        folder.joinpath(f"{name}.request").write_bytes(request.save(SEAL))
        folder.joinpath(f"{name}.answer").write_text(text)


def main() -> int:
    """Play, then judge."""
    scene = Scene(at=now())
    with tempfile.TemporaryDirectory() as place:
        play(Path(place), scene)
        judge(Path(place), verifier=scene.verifier, trust=scene.trust)
    return 0


if __name__ == "__main__":
    sys.exit(main())
