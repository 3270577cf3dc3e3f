"""What the elements of XAdES are called (EN 319 132-1 V1.3.1, clause 4.2)."""

from typing import Final

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
XADES_141: Final = "{http://uri.etsi.org/01903/v1.4.1#}"

XADES_XMLNS: Final = f'xmlns:xades="{XADES[1:-1]}"'
XADES_141_XMLNS: Final = f'xmlns:xades141="{XADES_141[1:-1]}"'

SIGNATURE: Final = f"{DS}Signature"
OBJECT: Final = f"{DS}Object"
VALUE: Final = f"{DS}SignatureValue"

QUALIFYING: Final = f"{XADES}QualifyingProperties"
SIGNED: Final = f"{XADES}SignedProperties"
UNSIGNED: Final = f"{XADES}UnsignedProperties"
UNSIGNED_SIGNATURE: Final = f"{XADES}UnsignedSignatureProperties"
COUNTER_SIGNATURE: Final = f"{XADES}CounterSignature"
SIGNATURE_TIMESTAMP: Final = f"{XADES}SignatureTimeStamp"
ENCAPSULATED_TIMESTAMP: Final = f"{XADES}EncapsulatedTimeStamp"
CERTIFICATE_VALUES: Final = f"{XADES}CertificateValues"
REVOCATION_VALUES: Final = f"{XADES}RevocationValues"
CERTIFICATE_VALUE: Final = f"{XADES}EncapsulatedX509Certificate"
CRL_VALUE: Final = f"{XADES}EncapsulatedCRLValue"
OCSP_VALUE: Final = f"{XADES}EncapsulatedOCSPValue"
TIMESTAMP_DATA: Final = f"{XADES_141}TimeStampValidationData"
ANY_DATA: Final = f"{XADES_141}AnyValidationData"
ARCHIVE_TIMESTAMP: Final = f"{XADES_141}ArchiveTimeStamp"

SIDE_BY_SIDE: Final = "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures"
"""What holds several signatures that are in no document (EN 319 162-1 A.5)."""
