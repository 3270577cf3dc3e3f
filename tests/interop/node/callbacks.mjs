// What @openid4vc leaves to the application: keys, signatures, digests, encryption.
// Everything goes through `jose` and Node.js; keys are JWKs that stay in this process.
import * as nodeCrypto from "node:crypto";
import {
  CompactEncrypt,
  compactDecrypt,
  compactVerify,
  CompactSign,
  decodeProtectedHeader,
  importJWK,
} from "jose";

const secrets = new Map();
const imported = new Map();
const place = ({ x, y }) => `${x}.${y}`;

export async function newKey(alg = "ES256") {
  const { privateKey } = nodeCrypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { d, ...publicJwk } = privateKey.export({ format: "jwk" });
  return { publicJwk: keep({ d, ...publicJwk }), alg };
}

// Takes a private JWK in, and gives its public half out.
export function keep({ d, ...publicJwk }) {
  secrets.set(place(publicJwk), { d, ...publicJwk });
  return publicJwk;
}

export const secretOf = (jwk) => secrets.get(place(jwk));

// A key that signs is imported once, as an application would.
async function ownKey(jwk, alg) {
  const name = `${place(jwk)} ${alg}`;
  if (!imported.has(name)) imported.set(name, await importJWK(secretOf(jwk), alg));
  return imported.get(name);
}

const bare = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

const certified = (der) =>
  new nodeCrypto.X509Certificate(Buffer.from(der, "base64")).publicKey.export({
    format: "jwk",
  });

function signerKey(signer) {
  if (signer.method === "jwk") return signer.publicJwk;
  if (signer.method === "x5c") return certified(signer.x5c[0]);
  throw new Error(`no key for the method ${signer.method}`);
}

export const callbacks = {
  fetch,
  hash: (data, alg) =>
    nodeCrypto.createHash(alg.replace("-", "")).update(data).digest(),
  generateRandom: (length) => nodeCrypto.randomBytes(length),
  async signJwt(signer, { header, payload }) {
    const signerJwk = bare(signerKey(signer));
    const key = await ownKey(signerJwk, signer.alg);
    const content = new TextEncoder().encode(JSON.stringify(payload));
    const jwt = await new CompactSign(content).setProtectedHeader(header).sign(key);
    return { jwt, signerJwk };
  },
  async verifyJwt(signer, { compact }) {
    const signerJwk = bare(signerKey(signer));
    try {
      await compactVerify(compact, await importJWK(signerJwk, signer.alg));
      return { verified: true, signerJwk };
    } catch {
      return { verified: false };
    }
  },
  async encryptJwe(encryptor, data) {
    const { publicJwk, alg, enc, apu, apv } = encryptor;
    const header = { alg, enc, kid: publicJwk.kid };
    const jwe = new CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader(header);
    if (apu || apv) {
      const octets = (text) => (text ? Buffer.from(text, "base64url") : undefined);
      jwe.setKeyManagementParameters({ apu: octets(apu), apv: octets(apv) });
    }
    return {
      encryptionJwk: publicJwk,
      jwe: await jwe.encrypt(await importJWK(publicJwk, alg)),
    };
  },
  async decryptJwe(jwe, options) {
    const { alg, kid } = decodeProtectedHeader(jwe);
    const held = options?.jwk
      ? [secretOf(options.jwk)]
      : [...secrets.values()].filter((each) => kid === undefined || each.kid === kid);
    for (const secret of held) {
      try {
        const { plaintext } = await compactDecrypt(jwe, await importJWK(secret, alg));
        const { d: _, ...decryptionJwk } = secret;
        return { decrypted: true, decryptionJwk, payload: new TextDecoder().decode(plaintext) };
      } catch {
        // The next key may be the one.
      }
    }
    return { decrypted: false };
  },
  getX509CertificateMetadata(der) {
    const names = new nodeCrypto.X509Certificate(Buffer.from(der, "base64")).subjectAltName;
    const all = (names ?? "").split(", ");
    const of = (kind) =>
      all.filter((each) => each.startsWith(kind)).map((each) => each.slice(kind.length));
    return { sanDnsNames: of("DNS:"), sanUriNames: of("URI:") };
  },
};
