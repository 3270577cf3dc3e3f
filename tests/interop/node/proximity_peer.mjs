// Reads and writes engagements and session transcripts by @owf/mdoc, as it is told, one
// JSON message a line. Octets travel in base64url.
import { createInterface } from "node:readline";
import * as owf from "@owf/mdoc";

const octets = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (bytes) => Buffer.from(bytes).toString("base64url");
const hex = (bytes) => (bytes ? Buffer.from(bytes).toString("hex") : null);

const method = (type, retrievalOptions) =>
  owf.DeviceRetrievalMethod.create({ type, version: 1, retrievalOptions });

const actions = {
  // An engagement with one way of each kind, to a key of ours.
  // DeviceEngagement.create of 0.6.0 takes its parts for encoded ones and throws.
  write: ({ key, service }) => {
    const security = owf.Security.create({
      cipherSuiteIdentifier: 1,
      eDeviceKey: owf.EDeviceKey.decode(octets(key)),
    });
    const nfc = { maxCommandDataLength: 255, maxResponseDataLength: 256 };
    const ble = {
      peripheralServerMode: false,
      centralClientMode: true,
      centralClientModeUuid: octets(service),
    };
    const ways = [
      method(1, owf.NfcOptions.create(nfc)),
      method(2, owf.BleOptions.create(ble)),
    ];
    const parts = [
      [0, "1.0"],
      [1, security.encodedStructure],
      [2, ways.map((each) => each.encodedStructure)],
    ];
    return text(owf.DeviceEngagement.fromEncodedStructure(new Map(parts)).encode());
  },
  // What it makes of ours, and whether it keeps the octets.
  read: ({ engagement }) => {
    const read = owf.DeviceEngagement.decode(octets(engagement));
    const [ble, nfc] = read.deviceRetrievalMethods.map((each) => each.retrievalOptions);
    return {
      version: read.version,
      suite: read.security.cipherSuiteIdentifier,
      types: read.deviceRetrievalMethods.map((each) => each.type),
      central: hex(ble.centralClientModeUuid),
      peripheral: hex(ble.peripheralServerModeUuid ?? null),
      command: nfc.maxCommandDataLength,
      response: nfc.maxResponseDataLength,
      again: text(read.encode()),
    };
  },
  transcript: ({ engagement, readerKey, select, request }) =>
    text(
      owf.SessionTranscript.create({
        deviceEngagement: owf.DeviceEngagement.decode(octets(engagement)),
        eReaderKey: owf.EReaderKey.decode(octets(readerKey)),
        handover: select
          ? owf.NfcHandover.create({
              selectMessage: octets(select),
              requestMessage: request ? octets(request) : undefined,
            })
          : owf.QrHandover.create(),
      }).encode(),
    ),
};

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  let answer;
  try {
    answer = { result: actions[told.action](told) };
  } catch (error) {
    answer = { refused: String(error) };
  }
  console.log(JSON.stringify(answer));
}
