// Issues, shows and verifies mobile documents by @owf/mdoc and @auth0/mdl, as it is told,
// one JSON message a line. Octets travel in base64url.
import * as nodeCrypto from "node:crypto";
import { createInterface } from "node:readline";
import * as owf from "@owf/mdoc";
import auth0 from "@auth0/mdl";
import { cborDecode, cborEncode, DataItem } from "@auth0/mdl/lib/cbor/index.js";

const { X509Certificate, createHash, createHmac, hkdfSync } = nodeCrypto;
const octets = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (bytes) => Buffer.from(bytes).toString("base64url");
const pem = (der) => new X509Certificate(der).toString();
const HASHES = { ES256: "sha256", ES384: "sha384", ES512: "sha512", EdDSA: null };

let wide = false;
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

// What @owf/mdoc leaves to the application.
const context = {
  crypto: {
    // Of four octets the peer makes a digestID; one in two would be 2^31 or more, which
    // ISO/IEC 18013-5 9.1.2.4 does not have.
    random: (length) => {
      const made = nodeCrypto.randomBytes(length);
      if (length === 4 && !wide) made[0] &= 0x7f;
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

// Days are told apart from texts by their form, as the callers have them.
const DAY = /^\d{4}-\d\d-\d\d$/;
const withDays = (elements, day) =>
  Object.fromEntries(
    Object.entries(elements).map(([name, value]) => {
      if (typeof value === "string" && DAY.test(value)) return [name, day(value)];
      if (typeof value === "string" && value.startsWith("octets:"))
        return [name, octets(value.slice(7))];
      return [name, value];
    }),
  );
const plain = (value) => {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (value instanceof Uint8Array) return `octets:${text(value)}`;
  return value;
};
const ALGORITHMS = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };
const withAlgorithm = (jwk) => ({ ...jwk, alg: ALGORITHMS[jwk.crv] ?? "EdDSA" });
const coseKey = (jwk) => owf.CoseKey.fromJwk(withAlgorithm(jwk));
const dates = ({ since, until }) => ({
  signed: new Date(since * 1000),
  validFrom: new Date(since * 1000),
  validUntil: new Date(until * 1000),
});

const peers = {
  owf: {
    async issue(told) {
      const issuer = new owf.Issuer(told.docType, context);
      const elements = withDays(told.elements, (day) => new owf.DateOnly(day));
      issuer.addIssuerNamespace(told.namespace, elements);
      const signed = await issuer.sign({
        signingKey: coseKey(told.issuer),
        algorithm: owf.SignatureAlgorithm[told.algorithm],
        digestAlgorithm: told.digest,
        validityInfo: dates(told),
        deviceKeyInfo: { deviceKey: owf.DeviceKey.fromJwk(told.device) },
        certificates: told.chain.map(octets),
      });
      return signed.encodedForOid4Vci;
    },
    async present(told) {
      const wanted = new Map(told.names.map((name) => [name, false]));
      const itemsRequest = owf.ItemsRequest.create({
        docType: told.docType,
        namespaces: new Map([[told.namespace, wanted]]),
      });
      const request = owf.DeviceRequest.create({
        docRequests: [owf.DocRequest.create({ itemsRequest })],
      });
      const signingKey = coseKey(told.device);
      const response = await owf.Holder.createDeviceResponseForDeviceRequest(
        {
          deviceRequest: request,
          sessionTranscript: owf.SessionTranscript.decode(octets(told.transcript)),
          issuerSigned: [owf.IssuerSigned.fromEncodedForOid4Vci(told.issued)],
          ...(told.reader
            ? { mac: { signingKey, ephemeralKey: owf.CoseKey.fromJwk(told.reader) } }
            : { signature: { signingKey } }),
        },
        context,
      );
      return text(response.encode());
    },
    async ask(told) {
      const wanted = new Map(told.names.map((name) => [name, name === told.kept]));
      const itemsRequest = owf.ItemsRequest.create({
        docType: told.docType,
        namespaces: new Map([[told.namespace, wanted]]),
      });
      // The peer keeps to itself what makes ReaderAuthentication (9.1.4.3).
      const covered = Buffer.concat([
        Buffer.from([0x83]),
        cborEncode("ReaderAuthentication"),
        octets(told.transcript),
        itemsRequest.encode({ asDataItem: true }),
      ]);
      const chain = told.chain.map(octets);
      const readerAuth = await owf.ReaderAuth.create(
        {
          detachedPayload: cborEncode(new DataItem({ buffer: covered })),
          protectedHeaders: new Map([[1, -7]]),
          unprotectedHeaders: new Map([[33, chain.length === 1 ? chain[0] : chain]]),
          signingKey: coseKey(told.key),
        },
        context,
      );
      const docRequest = owf.DocRequest.create({ itemsRequest, readerAuth });
      return text(owf.DeviceRequest.create({ docRequests: [docRequest] }).encode());
    },
    async hear(told) {
      const request = owf.DeviceRequest.decode(octets(told.request));
      const sessionTranscript = owf.SessionTranscript.decode(octets(told.transcript));
      await owf.Holder.verifyDeviceRequest(
        { deviceRequest: request, sessionTranscript },
        context,
      );
      return request.docRequests.map(({ itemsRequest, readerAuth }) => ({
        docType: itemsRequest.docType,
        asked: Object.fromEntries(
          [...itemsRequest.namespaces].map(([name, inner]) => [
            name,
            Object.fromEntries(inner),
          ]),
        ),
        chain: readerAuth ? readerAuth.certificateChain.map(text) : null,
      }));
    },
    async verify(told) {
      const response = owf.DeviceResponse.decode(octets(told.response));
      await owf.Verifier.verifyDeviceResponse(
        {
          deviceResponse: response,
          sessionTranscript: owf.SessionTranscript.decode(octets(told.transcript)),
          trustedCertificates: told.roots.map(octets),
          now: new Date(told.at * 1000),
          ...(told.reader
            ? { ephemeralReaderKey: owf.CoseKey.fromJwk(told.reader) }
            : {}),
        },
        context,
      );
      const found = {};
      for (const document of response.documents) {
        const namespaces = document.issuerSigned.issuerNamespaces.issuerNamespaces;
        for (const items of namespaces.values())
          for (const each of items)
            found[each.elementIdentifier] = plain(each.elementValue);
      }
      return found;
    },
  },
  auth0: {
    async issue(told) {
      const document = await new auth0.Document(told.docType)
        .addIssuerNameSpace(told.namespace, withDays(told.elements, (day) => day))
        .useDigestAlgorithm(told.digest)
        .addValidityInfo(dates(told))
        .addDeviceKeyInfo({ deviceKey: told.device })
        .sign({
          issuerPrivateKey: told.issuer,
          issuerCertificate: told.chain.map((each) => pem(octets(each))),
          alg: told.algorithm,
          ...(told.bare ? {} : { kid: Buffer.from("1") }),
        });
      const held = cborDecode(new auth0.MDoc([document]).encode());
      return text(cborEncode(held.get("documents")[0].get("issuerSigned")));
    },
    async present(told) {
      const issuerSigned = cborDecode(octets(told.issued));
      const held = new Map([["docType", told.docType], ["issuerSigned", issuerSigned]]);
      const mdoc = cborEncode(
        new Map([["version", "1.0"], ["documents", [held]], ["status", 0]]),
      );
      const fields = told.names.map((name) => ({
        path: [`$['${told.namespace}']['${name}']`],
        intent_to_retain: false,
      }));
      const definition = {
        id: "it",
        input_descriptors: [
          {
            id: told.docType,
            format: { mso_mdoc: { alg: ["EdDSA", "ES256"] } },
            constraints: { limit_disclosure: "required", fields },
          },
        ],
      };
      // Without a kid the peer writes one that is undefined, which is no kid.
      const key = told.bare ? told.device : { ...told.device, kid: "1" };
      const response = auth0.DeviceResponse.from(mdoc)
        .usingPresentationDefinition(definition)
        .usingSessionTranscriptBytes(wrapped(told.transcript));
      if (told.reader)
        response.authenticateWithMAC(key, coseOf(told.reader), "HS256");
      else response.authenticateWithSignature(key, told.algorithm);
      return text((await response.sign()).encode());
    },
    async verify(told) {
      const verifier = new auth0.Verifier(told.roots.map((each) => pem(octets(each))));
      const mdoc = await verifier.verify(octets(told.response), {
        encodedSessionTranscript: wrapped(told.transcript),
        ...(told.reader ? { ephemeralReaderKey: coseOf(told.reader) } : {}),
      });
      const found = {};
      for (const document of mdoc.documents)
        for (const items of Object.values(document.issuerSigned.nameSpaces))
          for (const each of items)
            found[each.elementIdentifier] = plain(each.elementValue);
      return found;
    },
  },
};

// The transcript in a tag 24, as this peer wants it.
const wrapped = (transcript) =>
  cborEncode(new DataItem({ buffer: octets(transcript) }));
const coseOf = ({ x, y, d }) => {
  const key = new Map([[1, 2], [-1, 1], [-2, octets(x)], [-3, octets(y)]]);
  if (d) key.set(-4, octets(d));
  return cborEncode(key);
};

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  let answer;
  try {
    const act = peers[told.peer][told.action];
    wide = told.wide === true;
    const begun = process.cpuUsage();
    let result;
    for (let n = 0; n < (told.times ?? 1); n += 1) result = await act(told);
    const used = process.cpuUsage(begun);
    answer = { result, seconds: (used.user + used.system) / 1e6 };
  } catch (error) {
    answer = { refused: `${error.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
