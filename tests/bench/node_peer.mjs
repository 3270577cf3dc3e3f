// Runs batches of npm @sd-jwt/sd-jwt-vc as it is told, one JSON message a line.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The packages are installed where the process is started.
const require = createRequire(pathToFileURL(process.cwd() + "/").href);
const { SDJwtVcInstance } = require("@sd-jwt/sd-jwt-vc");
const { digest, generateSalt, ES256 } = require("@sd-jwt/crypto-nodejs");

let ready;

async function prepare({ claims, shown, nonce }) {
  const issuerKeys = await ES256.generateKeyPair();
  const holderKeys = await ES256.generateKeyPair();
  const kbVerifierOf = async (data, signature, payload) => {
    const verify = await ES256.getVerifier(payload.cnf.jwk);
    return verify(data, signature);
  };
  const sdjwt = new SDJwtVcInstance({
    signer: await ES256.getSigner(issuerKeys.privateKey),
    verifier: await ES256.getVerifier(issuerKeys.publicKey),
    signAlg: "ES256",
    hasher: digest,
    hashAlg: "sha-256",
    saltGenerator: generateSalt,
    kbSigner: await ES256.getSigner(holderKeys.privateKey),
    kbSignAlg: "ES256",
    kbVerifier: kbVerifierOf,
  });
  const now = Math.floor(Date.now() / 1000);
  const content = {
    iss: "https://issuer.example",
    vct: "urn:example:1",
    iat: now,
    exp: now + 86400,
    cnf: { jwk: holderKeys.publicKey },
    ...claims,
  };
  const frame = { _sd: Object.keys(claims) };
  const wanted = Object.fromEntries(shown.map((name) => [name, true]));
  const issue = () => sdjwt.issue(content, frame);
  const credential = await issue();
  const present = () =>
    sdjwt.present(credential, wanted, {
      kb: { payload: { iat: now, aud: "https://shop.example", nonce } },
    });
  const presentation = await present();
  const verify = () => sdjwt.verify(presentation, { keyBindingNonce: nonce });
  await verify();
  ready = { issue, present, verify };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const begun = process.cpuUsage();
  if (message.run) {
    for (let n = 0; n < message.times; n += 1) await ready[message.run]();
  } else {
    await prepare(message);
  }
  const used = process.cpuUsage(begun);
  const seconds = (used.user + used.system) / 1e6;
  process.stdout.write(JSON.stringify({ seconds }) + "\n");
}
