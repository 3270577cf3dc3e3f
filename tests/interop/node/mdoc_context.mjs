// What @owf/mdoc leaves to the application: digests, signatures, certificates.
import * as nodeCrypto from "node:crypto";
import * as owf from "@owf/mdoc";

const { X509Certificate, createHash, createHmac, hkdfSync } = nodeCrypto;
export const octets = (text) => new Uint8Array(Buffer.from(text, "base64url"));
export const text = (bytes) => Buffer.from(bytes).toString("base64url");
const HASHES = { ES256: "sha256", ES384: "sha384", ES512: "sha512", EdDSA: null };

let wide = false;
// Whether digest identifiers are 2^31 or more.
export const drawWide = (is) => {
  wide = is;
};
const remembered = new Map();
const once = (key, make) => {
  if (!remembered.has(key)) remembered.set(key, make());
  return remembered.get(key);
};
const publicKey = (jwk) =>
  once(`p${jwk.x}`, () => {
    const { kty, crv, x, y } = jwk;
    return nodeCrypto.createPublicKey({ key: { kty, crv, x, y }, format: "jwk" });
  });
const privateKey = (jwk) =>
  once(`s${jwk.d}`, () => nodeCrypto.createPrivateKey({ key: jwk, format: "jwk" }));

export const context = {
  crypto: {
    // Of four octets the peer makes a digestID; one in two would be 2^31 or more, which
    // ISO/IEC 18013-5 9.1.2.4 does not have.
    random: (length) => {
      const made = nodeCrypto.randomBytes(length);
      if (length === 4) made[0] = wide ? made[0] | 0x80 : made[0] & 0x7f;
      return made;
    },
    digest: ({ digestAlgorithm, bytes }) =>
      createHash(digestAlgorithm.replace("-", "").toLowerCase()).update(bytes).digest(),
    calculateEphemeralMacKey: (input) => {
      // Verifying, the peer gives both keys raw; making a MAC, as COSE_Key.
      const isRaw = input.privateKey.length === 32;
      const own = isRaw ? input.privateKey : owf.CoseKey.decode(input.privateKey).privateKey;
      const other = isRaw ? input.publicKey : owf.CoseKey.decode(input.publicKey).publicKey;
      const curve = nodeCrypto.createECDH("prime256v1");
      curve.setPrivateKey(own);
      const salt = createHash("sha256").update(input.sessionTranscriptBytes).digest();
      const shared = curve.computeSecret(other);
      const key = hkdfSync("sha256", shared, salt, input.info, 32);
      return owf.CoseKey.create({ keyType: owf.KeyType.Oct, k: new Uint8Array(key) });
    },
  },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => sign(key.jwk, toBeSigned),
      verify: ({ key, sign1 }) =>
        nodeCrypto.verify(
          HASHES[sign1.signatureAlgorithmName],
          sign1.toBeSigned,
          { key: publicKey(key.jwk), dsaEncoding: "ieee-p1363" },
          sign1.signature,
        ),
    },
    mac0: {
      sign: ({ key, toBeAuthenticated }) => mac(key.k, toBeAuthenticated),
      verify: ({ key, mac0 }) =>
        nodeCrypto.timingSafeEqual(mac(key.k, mac0.toBeAuthenticated), mac0.tag),
    },
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) =>
      fields(new X509Certificate(certificate).issuer, field),
    getPublicKey: ({ certificate }) =>
      once(`c${text(certificate.slice(-64))}`, () => {
        const key = new X509Certificate(certificate).publicKey;
        return owf.CoseKey.fromJwk(key.export({ format: "jwk" }));
      }),
    verifyCertificateChain: ({ trustedCertificates, x5chain, now }) =>
      requireChain(trustedCertificates, x5chain, now),
    getCertificateData: ({ certificate }) => {
      const read = new X509Certificate(certificate);
      return {
        issuerName: read.issuer,
        subjectName: read.subject,
        serialNumber: read.serialNumber,
        thumbprint: read.fingerprint,
        notBefore: new Date(read.validFrom),
        notAfter: new Date(read.validTo),
        pem: read.toString(),
      };
    },
  },
};

const mac = (key, covered) => createHmac("sha256", key).update(covered).digest();
const fields = (name, field) =>
  name
    .split("\n")
    .filter((line) => line.startsWith(`${field}=`))
    .map((line) => line.slice(field.length + 1));

function sign(jwk, covered) {
  const key = { key: privateKey(jwk), dsaEncoding: "ieee-p1363" };
  return nodeCrypto.sign(HASHES[withAlgorithm(jwk).alg], covered, key);
}

function requireChain(roots, chain, now = new Date()) {
  const read = chain.map((der) => new X509Certificate(der));
  const trusted = roots.map((der) => new X509Certificate(der));
  for (const each of read) {
    if (now < new Date(each.validFrom) || now > new Date(each.validTo))
      throw new Error("a certificate is not valid at that moment");
  }
  read.forEach((each, n) => {
    const above = n + 1 < read.length ? [read[n + 1]] : trusted;
    if (!above.some((by) => each.checkIssued(by) && each.verify(by.publicKey)))
      throw new Error("no chain to a root");
  });
}

const ALGORITHMS = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };
export const withAlgorithm = (jwk) => ({ ...jwk, alg: ALGORITHMS[jwk.crv] ?? "EdDSA" });
