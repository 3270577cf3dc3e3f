package peer;

import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.spi.DSSUtils;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** What one line of a request says. Octets travel as base64, moments as milliseconds. */
record Wire(Map<String, Object> members) {
  boolean has(String name) {
    return members.get(name) != null;
  }

  String text(String name) {
    return (String) members.get(name);
  }

  byte[] bytes(String name) {
    return Base64.getDecoder().decode(text(name));
  }

  Date moment(String name) {
    return new Date(((Number) members.get(name)).longValue());
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  @SuppressWarnings("unchecked")
  Wire inner(String name) {
    return new Wire((Map<String, Object>) members.get(name));
  }

  List<byte[]> octets(String name) {
    List<byte[]> found = new ArrayList<>();
    if (has(name)) {
      for (Object each : (List<?>) members.get(name)) {
        found.add(Base64.getDecoder().decode((String) each));
      }
    }
    return found;
  }

  List<CertificateToken> certificates(String name) {
    return octets(name).stream().map(DSSUtils::loadCertificate).toList();
  }

  /** A document is {"name": ..., "content": base64}. */
  DSSDocument document(String name) {
    return inner(name).asDocument();
  }

  @SuppressWarnings("unchecked")
  List<DSSDocument> documents(String name) {
    List<DSSDocument> found = new ArrayList<>();
    if (has(name)) {
      for (Object each : (List<?>) members.get(name)) {
        found.add(new Wire((Map<String, Object>) each).asDocument());
      }
    }
    return found;
  }

  private DSSDocument asDocument() {
    return new InMemoryDocument(bytes("content"), text("name"));
  }
}
