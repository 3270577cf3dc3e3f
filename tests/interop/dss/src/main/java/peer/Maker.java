package peer;

import eu.europa.esig.dss.model.AbstractSerializableSignatureParameters;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.SerializableCounterSignatureParameters;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.signature.AbstractSignatureParameters;
import eu.europa.esig.dss.signature.AbstractSignatureService;
import eu.europa.esig.dss.signature.CounterSignatureService;
import eu.europa.esig.dss.signature.MultipleDocumentsSignatureService;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.signature.AdvancedSignature;
import eu.europa.esig.dss.token.KSPrivateKeyEntry;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Has DSS sign, counter-sign and extend what is signed, with the keys of the request. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class Maker {
  private Maker() {}

  static Map<String, Object> sign(Wire request) throws IOException {
    AbstractSignatureParameters parameters = Formats.parameters(request);
    AbstractSignatureService service = Formats.service(request);
    List<DSSDocument> documents = request.documents("documents");
    try (Key key = new Key(request)) {
      key.tellAbout(parameters);
      if (service instanceof MultipleDocumentsSignatureService many) {
        ToBeSigned asked = many.getDataToSign(documents, parameters);
        return made(many.signDocument(documents, parameters, key.sign(asked, parameters)));
      }
      DSSDocument document = documents.get(0);
      ToBeSigned asked = service.getDataToSign(document, parameters);
      return made(service.signDocument(document, parameters, key.sign(asked, parameters)));
    }
  }

  static Map<String, Object> counterSign(Wire request) throws IOException {
    DSSDocument document = request.document("document");
    AbstractSignatureParameters parameters = Formats.counterParameters(request);
    SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(document);
    validator.setCertificateVerifier(World.verifier(request));
    validator.setDetachedContents(request.documents("detached"));
    AdvancedSignature first = validator.getSignatures().get(0);
    Formats.countering(parameters, first.getId());
    CounterSignatureService service = (CounterSignatureService) Formats.service(request);
    SerializableCounterSignatureParameters asking =
        (SerializableCounterSignatureParameters) parameters;
    try (Key key = new Key(request)) {
      key.tellAbout(parameters);
      ToBeSigned asked = service.getDataToBeCounterSigned(document, asking);
      return made(service.counterSignSignature(document, asking, key.sign(asked, parameters)));
    }
  }

  static Map<String, Object> extend(Wire request) throws IOException {
    AbstractSignatureParameters parameters = Formats.parameters(request);
    DSSDocument document = request.document("document");
    return made(Formats.service(request).extendDocument(document, parameters));
  }

  private static Map<String, Object> made(DSSDocument document) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    document.writeTo(octets);
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("name", document.getName());
    found.put("content", Base64.getEncoder().encodeToString(octets.toByteArray()));
    return found;
  }

  /** The signer's key and chain, from PKCS #12. */
  private static final class Key implements AutoCloseable {
    private final Pkcs12SignatureToken token;
    private final KSPrivateKeyEntry entry;

    Key(Wire request) {
      Wire key = request.inner("key");
      char[] password = key.text("password").toCharArray();
      token = new Pkcs12SignatureToken(key.bytes("p12"), new KeyStore.PasswordProtection(password));
      entry = (KSPrivateKeyEntry) token.getKeys().get(0);
    }

    void tellAbout(AbstractSignatureParameters parameters) {
      parameters.setSigningCertificate(entry.getCertificate());
      parameters.setCertificateChain(Arrays.asList(entry.getCertificateChain()));
    }

    SignatureValue sign(ToBeSigned asked, AbstractSerializableSignatureParameters parameters) {
      return token.sign(asked, parameters.getSignatureAlgorithm(), entry);
    }

    @Override
    public void close() {
      token.close();
    }
  }
}
