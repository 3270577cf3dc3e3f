"""Issues and verifies mobile documents by isomdoc and pymdoccbor, as it is told.

It runs in an environment of its own, which has those two and not this library: one JSON
message a line comes in, one goes out. Octets travel in base64url. Neither of the two
shows documents.
"""

import json
import logging
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from time import process_time

import cbor2

# pymdoccbor 1.4 uses it and does not import it: without this it verifies nothing.
import cryptography.x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from isomdoc import create_mdoc, verify_device_response
from pycose.keys import EC2Key
from pymdoccbor.mdoc.issuer import MdocCborIssuer
from pymdoccbor.mdoc.verifier import MdocCbor

logging.disable(logging.CRITICAL)


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The peer did not accept what it was given."""


def octets(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def value(given):
    if isinstance(given, str) and given.startswith("octets:"):
        return octets(given.removeprefix("octets:"))
    return given


def is_day(given):
    return isinstance(given, str) and len(given) == 10 and given[4] == given[7] == "-"


def plain(given):
    if isinstance(given, cbor2.CBORTag):
        return given.value
    if isinstance(given, bytes):
        return f"octets:{text(given)}"
    return given.isoformat() if isinstance(given, date) else given


def certificates(listed):
    return [
        cryptography.x509.load_der_x509_certificate(octets(each)) for each in listed
    ]


def public(jwk):
    x, y = (int.from_bytes(octets(jwk[name])) for name in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


class Isomdoc:
    def issue(self, told):
        key = load_der_private_key(octets(told["issuer_pkcs8"]), None)
        made = create_mdoc(told["docType"], certificates(told["chain"]), key)
        for name, each in told["elements"].items():
            # It has no full-date of its own; a tag of the encoder's does.
            written = cbor2.CBORTag(1004, each) if is_day(each) else value(each)
            made.add_data_item(told["namespace"], name, written)
        since, until = moment(told["since"]), moment(told["until"])
        return text(
            made.generate_credential(public(told["device"]), since, since, until)
        )

    def verify(self, told):
        transcript = cbor2.loads(octets(told["transcript"]))
        response = verify_device_response(octets(told["response"]), transcript)
        return {
            each.element_identifier: plain(each.element_value)
            for document in response.documents
            for items in document.issuer_signed.namespaces.values()
            for each in items
        }


class Pymdoccbor:
    def issue(self, told):
        jwk = told["issuer"]
        key = EC2Key(
            crv="P_256", x=octets(jwk["x"]), y=octets(jwk["y"]), d=octets(jwk["d"])
        )
        device = told["device"]
        issuer = MdocCborIssuer(private_key=_named(key), alg="ES256")
        elements = {name: value(each) for name, each in told["elements"].items()}
        made = issuer.new(
            data={told["namespace"]: elements},
            doctype=told["docType"],
            validity={
                "issuance_date": moment(told["since"]).date().isoformat(),
                "expiry_date": moment(told["until"]).date().isoformat(),
            },
            devicekeyinfo={
                1: 2,
                -1: 1,
                -2: octets(device["x"]),
                -3: octets(device["y"]),
            },
            x509_chain=[octets(each) for each in told["chain"]],
        )
        return text(cbor2.dumps(made["documents"][0]["issuerSigned"]))

    def verify(self, told):
        mdoc = MdocCbor()
        mdoc.loads(octets(told["response"]))
        if not mdoc.verify(certificates(told["roots"])):
            raise Refused("a document is invalid")
        (namespace,) = mdoc.disclosure_map
        return {
            name: plain(each) for name, each in mdoc.disclosure_map[namespace].items()
        }


def _named(key):
    from pycose.algorithms import Es256

    key.alg = Es256
    return key


PEERS = {"isomdoc": Isomdoc(), "pymdoccbor": Pymdoccbor()}


def answer(told):
    act = getattr(PEERS[told["peer"]], told["action"])
    try:
        begun = process_time()
        for _ in range(told.get("times", 1)):
            result = act(told)
        return {"result": result, "seconds": process_time() - begun}
    except Exception as error:  # noqa: BLE001 - whatever it throws is a refusal
        return {"refused": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
