// One JavaScript peer for a whole test run: a request a line in, an answer a line out.
//
// Keys are JWKs, moments are seconds. Nothing is fetched: a credential that names a
// status list is refused.

import { createInterface } from "node:readline";
import { FlattenJSON, GeneralJSON } from "@sd-jwt/core";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { getListFromStatusListJWT, StatusList } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import {
  base64url,
  CompactSign,
  decodeProtectedHeader,
  FlattenedSign,
  flattenedVerify,
  generalVerify,
  importJWK,
} from "jose";

const common = {
  hasher: digest,
  saltGenerator: generateSalt,
  statusListFetcher: async () => {
    throw new Error("no status list is fetched here");
  },
};

const verifyByConfirmation = async (data, signature, payload) => {
  const verify = await ES256.getVerifier(payload.cnf.jwk);
  return verify(data, signature);
};

const apart = (parts, detached) => {
  const first = parts.signatures?.[0] ?? parts;
  const header = decodeProtectedHeader(first);
  return header.b64 === false ? base64url.decode(detached) : detached;
};

const actions = {
  async issue({ payload, frame, header, key, hash }) {
    const peer = new SDJwtVcInstance({
      ...common,
      signer: await ES256.getSigner(key),
      signAlg: ES256.alg,
      hashAlg: hash,
    });
    return peer.issue(payload, frame ?? undefined, { header });
  },

  async present({ token, frame, binding, key }) {
    const peer = new SDJwtVcInstance({
      ...common,
      kbSigner: await ES256.getSigner(key),
      kbSignAlg: ES256.alg,
    });
    return peer.present(token, frame, { kb: { payload: binding } });
  },

  async verify({ token, key, nonce, at }) {
    const peer = new SDJwtVcInstance({
      ...common,
      verifier: await ES256.getVerifier(key),
      kbVerifier: verifyByConfirmation,
    });
    const options = { keyBindingNonce: nonce, currentDate: at };
    const { payload, kb } = await peer.verify(token, options);
    return { payload, audience: kb.payload.aud };
  },

  async signJws({ payload, protectedHeader, key, alg, form }) {
    const octets = base64url.decode(payload);
    const secret = await importJWK(key, alg);
    if (form === "compact") {
      return new CompactSign(octets).setProtectedHeader(protectedHeader).sign(secret);
    }
    return new FlattenedSign(octets).setProtectedHeader(protectedHeader).sign(secret);
  },

  // `detached` is the payload that travels apart, base64url; `understood` what `crit`
  // may name beside b64.
  async verifyJws({ jws, key, alg, detached, understood }) {
    const certified = await importJWK(key, alg);
    const options = { crit: Object.fromEntries(understood.map((name) => [name, true])) };
    const [head, body, tail] = typeof jws === "string" ? jws.split(".") : [];
    const parts = head === undefined ? jws : { protected: head, payload: body, signature: tail };
    const payload = detached === null ? parts.payload : apart(parts, detached);
    const verify = parts.signatures ? generalVerify : flattenedVerify;
    const verified = await verify({ ...parts, payload }, certified, options);
    return base64url.encode(verified.payload);
  },

  readList({ token, indexes }) {
    const list = getListFromStatusListJWT(token);
    return indexes.map((index) => list.getStatus(index));
  },

  writeList: ({ statuses, bits }) => new StatusList(statuses, bits).compressStatusList(),

  toFlattened: ({ token }) => FlattenJSON.fromEncode(token).toJson(),
  fromFlattened: ({ document }) => FlattenJSON.fromSerialized(document).toEncoded(),
  toGeneral: ({ token }) => GeneralJSON.fromEncode(token).toJson(),
  fromGeneral: ({ document }) => GeneralJSON.fromSerialized(document).toEncoded(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await actions[action](request) };
  } catch (error) {
    answer = { refused: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
