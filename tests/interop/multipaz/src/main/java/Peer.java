import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import kotlin.Pair;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.time.Instant;
import kotlinx.coroutines.BuildersKt;
import kotlinx.io.bytestring.ByteString;
import org.multipaz.cbor.Bstr;
import org.multipaz.cbor.Cbor;
import org.multipaz.cbor.CborArray;
import org.multipaz.cbor.DataItem;
import org.multipaz.cbor.Simple;
import org.multipaz.cbor.Tagged;
import org.multipaz.crypto.Algorithm;
import org.multipaz.crypto.AsymmetricKey;
import org.multipaz.crypto.Crypto;
import org.multipaz.crypto.EcCurve;
import org.multipaz.crypto.EcPrivateKey;
import org.multipaz.crypto.EcPublicKey;
import org.multipaz.crypto.X509Cert;
import org.multipaz.crypto.X509CertChain;
import org.multipaz.mdoc.connectionmethod.MdocConnectionMethod;
import org.multipaz.mdoc.connectionmethod.MdocConnectionMethodBle;
import org.multipaz.mdoc.devicesigned.DeviceNamespaces;
import org.multipaz.mdoc.engagement.DeviceEngagement;
import org.multipaz.mdoc.issuersigned.IssuerNamespaces;
import org.multipaz.mdoc.nfc.MdocNfcEngagementHelper;
import org.multipaz.mdoc.nfc.MdocReaderNfcHandoverKt;
import org.multipaz.mdoc.nfc.MdocReaderNfcHandoverOptions;
import org.multipaz.mdoc.nfc.MdocReaderNfcHandoverResult;
import org.multipaz.mdoc.request.DeviceRequest;
import org.multipaz.mdoc.response.DeviceResponse;
import org.multipaz.mdoc.response.MdocDocument;
import org.multipaz.mdoc.role.MdocRole;
import org.multipaz.mdoc.sessionencryption.EReaderKey;
import org.multipaz.mdoc.sessionencryption.SessionEncryption;
import org.multipaz.nfc.CommandApdu;
import org.multipaz.nfc.NfcIsoTag;
import org.multipaz.nfc.ResponseApdu;
import org.multipaz.util.UUID;

/** multipaz as a device or a reader, as it is told: one command a line, its parts by tabs. */
public final class Peer {
  private static final HexFormat HEX = HexFormat.of();
  private static final long TERMINATION = 20;
  private static final PrintStream OUT = System.out;

  private interface Suspending<T> {
    Object run(Continuation<? super T> to) throws Exception;
  }

  @SuppressWarnings("unchecked")
  private static <T> T await(Suspending<T> work) throws InterruptedException {
    return (T)
        BuildersKt.runBlocking(
            EmptyCoroutineContext.INSTANCE,
            (scope, to) -> {
              try {
                return work.run((Continuation<? super T>) to);
              } catch (Exception error) {
                throw new IllegalStateException(error);
              }
            });
  }

  /** A message over TCP: four octets of length before it. */
  private record Line(DataInputStream in, DataOutputStream out) {
    static Line to(String port) throws IOException {
      Socket socket = new Socket("127.0.0.1", Integer.parseInt(port));
      socket.setSoTimeout(10_000);
      return new Line(
          new DataInputStream(socket.getInputStream()),
          new DataOutputStream(socket.getOutputStream()));
    }

    byte[] receive() throws IOException {
      return in.readNBytes(in.readInt());
    }

    void send(byte[] message) throws IOException {
      out.writeInt(message.length);
      out.write(message);
      out.flush();
    }
  }

  public static void main(String[] args) throws Exception {
    System.setOut(System.err); // the library writes what it does to the standard output
    BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      String[] parts = line.split("\t", -1);
      String answer;
      try {
        answer =
            "ok\t"
                + switch (parts[0]) {
                  case "read" -> read(parts[1]);
                  case "reader" -> reader(parts);
                  case "device" -> device(parts);
                  case "hands" -> hands(parts[1]);
                  case "touches" -> touches(parts[1]);
                  default -> throw new IllegalArgumentException(parts[0]);
                };
      } catch (Exception error) {
        answer = "refused\t" + error;
      }
      OUT.println(answer.replace('\n', ' '));
      OUT.flush();
    }
  }

  private static DeviceEngagement engagement(byte[] octets) {
    return DeviceEngagement.Companion.fromDataItem(Cbor.INSTANCE.decode(octets));
  }

  private static byte[] scanned(String uri) {
    return Base64.getUrlDecoder().decode(uri.substring("mdoc:".length()));
  }

  private static String read(String uri) {
    DeviceEngagement read = engagement(scanned(uri));
    return read.getVersion() + " " + read.getConnectionMethods();
  }

  private static DataItem transcript(byte[] engagement, byte[] readerKey) {
    List<DataItem> parts = new ArrayList<>();
    parts.add(new Tagged(Tagged.ENCODED_CBOR, new Bstr(engagement)));
    parts.add(new Tagged(Tagged.ENCODED_CBOR, new Bstr(readerKey)));
    parts.add(Simple.Companion.getNULL());
    return new CborArray(parts, false);
  }

  private static EcPrivateKey fresh() throws InterruptedException {
    return Peer.<EcPrivateKey>await(to -> Crypto.INSTANCE.createEcPrivateKey(EcCurve.P256, to));
  }

  private static byte[] encoded(EcPublicKey key) {
    return Cbor.INSTANCE.encode(key.toCoseKey(Map.of()).toDataItem());
  }

  private static EcPrivateKey privateKey(String hex) {
    return EcPrivateKey.Companion.fromDataItem(Cbor.INSTANCE.decode(HEX.parseHex(hex)));
  }

  /** reader, link, port, signing key, certificates, document type, namespace, element, moment. */
  private static String reader(String[] told) throws Exception {
    byte[] shown = scanned(told[1]);
    EcPrivateKey own = fresh();
    DataItem transcript = transcript(shown, encoded(own.getPublicKey()));
    List<X509Cert> chain = new ArrayList<>();
    for (String each : told[4].split(",")) chain.add(new X509Cert(new ByteString(HEX.parseHex(each), 0, each.length() / 2)));
    AsymmetricKey.X509CertifiedExplicit signer =
        new AsymmetricKey.X509CertifiedExplicit(new X509CertChain(chain), privateKey(told[3]), Algorithm.ESP256);
    DeviceRequest.Builder asking = new DeviceRequest.Builder(transcript, null, null);
    Map<String, Map<String, Boolean>> wanted = Map.of(told[6], Map.of(told[7], false));
    Peer.<Object>await(to -> asking.addDocRequest(told[5], wanted, null, signer, to));
    byte[] request = Cbor.INSTANCE.encode(asking.build().toDataItem());
    SessionEncryption session =
        new SessionEncryption(
            MdocRole.MDOC_READER,
            own,
            engagement(shown).getEDeviceKey(),
            Cbor.INSTANCE.encode(transcript),
            false);
    Line line = Line.to(told[2]);
    line.send(Peer.<byte[]>await(to -> session.encryptMessage(request, null, to)));
    byte[] heard = line.receive();
    Pair<byte[], Long> opened = Peer.<Pair<byte[], Long>>await(to -> session.decryptMessage(heard, to));
    line.send(SessionEncryption.Companion.encodeStatus(TERMINATION, null));
    DataItem answer = Cbor.INSTANCE.decode(opened.getFirst());
    DeviceResponse response =
        Peer.<DeviceResponse>await(to -> DeviceResponse.Companion.fromDataItem(answer, to));
    AsymmetricKey key = new AsymmetricKey.AnonymousExplicit(own, Algorithm.ECDH_P256);
    Instant at = Instant.Companion.fromEpochSeconds(Long.parseLong(told[8]), 0L);
    Peer.<Object>await(to -> response.verify(transcript, key, null, null, at, false, to));
    MdocDocument document = response.getDocuments().get(0);
    DataItem value =
        document.getIssuerNamespaces().getData().get(told[6]).get(told[7]).getDataElementValue();
    return HEX.formatHex(Cbor.INSTANCE.encode(value));
  }

  /** device, port, IssuerSigned, device key, whether by a MAC; says the link first. */
  private static String device(String[] told) throws Exception {
    EcPrivateKey own = fresh();
    UUID service = UUID.Companion.fromByteArray(new byte[16]);
    DeviceEngagement.Builder showing = new DeviceEngagement.Builder(own.getPublicKey(), null);
    showing.addConnectionMethod(
        new MdocConnectionMethodBle(false, true, null, service, null, null));
    byte[] shown = Cbor.INSTANCE.encode(showing.build().toDataItem());
    OUT.println("mdoc:" + Base64.getUrlEncoder().withoutPadding().encodeToString(shown));
    OUT.flush();
    Line line = Line.to(told[1]);
    byte[] heard = line.receive();
    EReaderKey readerKey = SessionEncryption.Companion.getEReaderKey(heard);
    DataItem transcript = transcript(shown, readerKey.getEncodedCoseKey());
    SessionEncryption session =
        new SessionEncryption(
            MdocRole.MDOC, own, readerKey.getPublicKey(), Cbor.INSTANCE.encode(transcript), false);
    Pair<byte[], Long> opened = Peer.<Pair<byte[], Long>>await(to -> session.decryptMessage(heard, to));
    DeviceRequest request =
        DeviceRequest.Companion.fromDataItem(Cbor.INSTANCE.decode(opened.getFirst()));
    Peer.<Object>await(to -> request.verifyReaderAuthentication(transcript, to));
    DataItem signed = Cbor.INSTANCE.decode(HEX.parseHex(told[2]));
    Algorithm algorithm = told[4].equals("mac") ? Algorithm.ECDH_P256 : Algorithm.ESP256;
    AsymmetricKey key = new AsymmetricKey.AnonymousExplicit(privateKey(told[3]), algorithm);
    DeviceResponse.Builder answering =
        new DeviceResponse.Builder(transcript, 0, readerKey.getPublicKey(), null);
    String docType = request.getDocRequests().get(0).getDocType();
    Peer.<Object>await(
        to ->
            answering.addDocument(
                docType,
                signed.get("issuerAuth").getAsCoseSign1(),
                IssuerNamespaces.Companion.fromDataItem(signed.get("nameSpaces")),
                new DeviceNamespaces(Map.of()),
                key,
                Map.of(),
                to));
    byte[] response = Cbor.INSTANCE.encode(answering.build().toDataItem());
    line.send(Peer.<byte[]>await(to -> session.encryptMessage(response, null, to)));
    byte[] last = line.receive();
    Pair<byte[], Long> over = Peer.<Pair<byte[], Long>>await(to -> session.decryptMessage(last, to));
    return docType + " " + over.getSecond();
  }

  private static CommandApdu command(int instruction, int p1, int p2, byte[] data, int expected) {
    return new CommandApdu(0, instruction, p1, p2, new ByteString(data, 0, data.length), expected);
  }

  private static byte[] octets(ByteString held) {
    return held.toByteArray(0, held.getSize());
  }

  private static byte[] withLength(byte[] message) {
    byte[] made = new byte[message.length + 2];
    made[0] = (byte) (message.length >> 8);
    made[1] = (byte) message.length;
    System.arraycopy(message, 0, made, 2, message.length);
    return made;
  }

  /** What a device hands over when it is touched: to these messages, or in static handover. */
  private static String hands(String request) throws Exception {
    MdocConnectionMethod ble =
        new MdocConnectionMethodBle(
            false, true, null, UUID.Companion.fromByteArray(new byte[16]), null, null);
    List<String> told = new ArrayList<>();
    boolean isStatic = request.isEmpty();
    MdocNfcEngagementHelper tag =
        new MdocNfcEngagementHelper(
            fresh().getPublicKey(),
            (methods, engagement, handover) -> {
              told.add(HEX.formatHex(octets(engagement)));
              told.add(HEX.formatHex(Cbor.INSTANCE.encode(handover)));
              told.add(methods.toString());
              return kotlin.Unit.INSTANCE;
            },
            error -> {
              throw new IllegalStateException(error);
            },
            isStatic ? List.of(ble) : null,
            isStatic ? null : offered -> offered.get(0),
            Map.of());
    List<CommandApdu> commands = new ArrayList<>();
    commands.add(command(0xa4, 4, 0, HEX.parseHex("d2760000850101"), 0));
    commands.add(command(0xa4, 0, 12, HEX.parseHex("e104"), 0));
    // The service is chosen first (TNEP); each message goes over in one piece.
    for (String each : isStatic ? new String[0] : request.split(","))
      commands.add(command(0xd6, 0, 0, withLength(HEX.parseHex(each)), 0));
    for (CommandApdu each : commands) apdu(tag, each);
    byte[] length = octets(apdu(tag, command(0xb0, 0, 0, new byte[0], 2)).getPayload());
    int size = (length[0] & 0xff) << 8 | length[1] & 0xff;
    byte[] select = octets(apdu(tag, command(0xb0, 0, 2, new byte[0], size)).getPayload());
    return HEX.formatHex(select) + "\t" + String.join("\t", told);
  }

  private static ResponseApdu apdu(MdocNfcEngagementHelper tag, CommandApdu command)
      throws InterruptedException {
    ResponseApdu answer = Peer.<ResponseApdu>await(to -> tag.processApdu(command, to));
    if (answer.getStatus() != 0x9000) throw new IllegalStateException("status " + answer);
    return answer;
  }

  /** What a reader makes of a tag that holds a Handover Select message. */
  private static String touches(String select) throws Exception {
    NfcIsoTag tag = new Tag(withLength(HEX.parseHex(select)));
    MdocReaderNfcHandoverOptions options = new MdocReaderNfcHandoverOptions(false);
    MdocReaderNfcHandoverResult found =
        Peer.<MdocReaderNfcHandoverResult>await(
            to ->
                MdocReaderNfcHandoverKt.mdocReaderNfcHandover(tag, List.of(), options, to));
    return HEX.formatHex(octets(found.getEncodedDeviceEngagement()))
        + "\t"
        + HEX.formatHex(Cbor.INSTANCE.encode(found.getHandover()))
        + "\t"
        + found.getConnectionMethods();
  }

  /** A tag of type 4 with one file. */
  private static final class Tag extends NfcIsoTag {
    private static final byte[] CAPABILITIES = HEX.parseHex("000f207fff7fff0406e1047fff00ff");
    private final byte[] message;
    private byte[] selected = CAPABILITIES;

    Tag(byte[] message) {
      this.message = message;
    }

    @Override
    public int getMaxTransceiveLength() {
      return 0xffff;
    }

    @Override
    public Object transceive(CommandApdu command, Continuation<? super ResponseApdu> to) {
      byte[] data = new byte[0];
      if (command.getIns() == 0xb0) {
        int from = command.getP1() * 256 + command.getP2();
        data = java.util.Arrays.copyOfRange(selected, from, from + command.getLe());
      } else if (command.getP1() == 0) {
        selected = command.getPayload().get(1) == 3 ? CAPABILITIES : message;
      }
      return new ResponseApdu(0x9000, new ByteString(data, 0, data.length));
    }

    @Override
    public Object close(Continuation<? super kotlin.Unit> to) {
      return kotlin.Unit.INSTANCE;
    }

    @Override
    public Object updateDialogMessage(String message, Continuation<? super kotlin.Unit> to) {
      return kotlin.Unit.INSTANCE;
    }
  }
}
