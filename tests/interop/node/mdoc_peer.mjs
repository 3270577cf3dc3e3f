// Issues, shows and verifies mobile documents by @owf/mdoc and @auth0/mdl, as it is told,
// one JSON message a line. Octets travel in base64url.
import { X509Certificate } from "node:crypto";
import { createInterface } from "node:readline";
import * as owf from "@owf/mdoc";
import auth0 from "@auth0/mdl";
import { cborDecode, cborEncode, DataItem } from "@auth0/mdl/lib/cbor/index.js";
import { context, drawWide, octets, text, withAlgorithm } from "./mdoc_context.mjs";

const pem = (der) => new X509Certificate(der).toString();

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
    drawWide(told.wide === true);
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
