// A credential for a key, in either format, by the JavaScript libraries.
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import * as owf from "@owf/mdoc";
import { context } from "./mdoc_context.mjs";

const seconds = (date) => Math.floor(date.getTime() / 1000);

async function sdJwtVc({ key, chain, vct, claims }, device, since, until) {
  const peer = new SDJwtVcInstance({
    signer: await ES256.getSigner(key),
    signAlg: ES256.alg,
    hasher: digest,
    hashAlg: "sha-256",
    saltGenerator: generateSalt,
  });
  const payload = {
    vct,
    iat: seconds(since),
    exp: seconds(until),
    cnf: { jwk: device },
    ...claims,
  };
  return peer.issue(payload, { _sd: Object.keys(claims) }, { header: { x5c: chain } });
}

async function mdoc({ key, chain, docType, namespace, elements }, device, since, until) {
  const made = new owf.Issuer(docType, context);
  made.addIssuerNamespace(namespace, elements);
  const signed = await made.sign({
    signingKey: owf.CoseKey.fromJwk({ ...key, alg: "ES256" }),
    algorithm: owf.SignatureAlgorithm.ES256,
    digestAlgorithm: "SHA-256",
    validityInfo: { signed: since, validFrom: since, validUntil: until },
    deviceKeyInfo: { deviceKey: owf.DeviceKey.fromJwk(device) },
    certificates: chain.map((each) => new Uint8Array(Buffer.from(each, "base64"))),
  });
  return signed.encodedForOid4Vci;
}

export function issue(told, id, device) {
  const since = new Date(Math.floor(Date.now() / 1000) * 1000);
  const until = new Date(since.getTime() + 86_400_000);
  const contents = told.contents[id];
  const make = contents.vct ? sdJwtVc : mdoc;
  return make(contents, device, since, until);
}
