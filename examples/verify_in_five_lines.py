"""Judge an answer in five lines; the rest makes one to judge.

Run it: ``python examples/verify_in_five_lines.py``. Keys and certificates are test
keys, the person is invented.
"""

from idwallet import Query, now, verify_presentation
from idwallet.errors import VerificationError
from idwallet.testing import Scene

scene = Scene(at=now())
trust, verifier = scene.trust, scene.verifier


def ask_wallet(link: str) -> str:
    """Stand for the person's wallet, wherever that is."""
    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=now())
    asked = wallet.read_request(link, at=now())
    return wallet.present(asked, wallet.match(asked, at=now()).choose(), at=now()).body


request = verifier.request(Query.age_over(18), purpose="a sale", at=now())
body = ask_wallet(request.message.to_uri())
try:
    verify_presentation(body, request=request, trust=trust, at=now())
    print("accepted: of age, and nothing else is known of the person")
except VerificationError as error:
    print(error)
