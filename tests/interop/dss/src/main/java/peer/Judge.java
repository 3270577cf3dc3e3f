package peer;

import eu.europa.esig.dss.diagnostic.AbstractSignatureWrapper;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlSignatureScope;
import eu.europa.esig.dss.enumerations.ValidationLevel;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.simplereport.jaxb.XmlToken;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Validates by DSS's own default policy, and says what is in its reports. */
final class Judge {
  private final SimpleReport simple;
  private final DiagnosticData diagnostic;

  private Judge(Reports reports) {
    simple = reports.getSimpleReport();
    diagnostic = reports.getDiagnosticData();
  }

  static Map<String, Object> validate(Wire request) {
    SignedDocumentValidator validator =
        SignedDocumentValidator.fromDocument(request.document("document"));
    validator.setCertificateVerifier(World.verifier(request));
    validator.setDetachedContents(request.documents("detached"));
    validator.setValidationTime(request.moment("at"));
    validator.setValidationLevel(ValidationLevel.ARCHIVAL_DATA);
    validator.setEnableEtsiValidationReport(false);
    Reports reports = validator.validateDocument();
    Map<String, Object> found = new Judge(reports).all();
    if (request.flag("verbose")) {
      found.put("simple", reports.getXmlSimpleReport());
      found.put("detailed", reports.getXmlDetailedReport());
      found.put("diagnostic", reports.getXmlDiagnosticData());
    }
    return found;
  }

  private Map<String, Object> all() {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("signatures", diagnostic.getSignatures().stream().map(this::signature).toList());
    found.put("timestamps", diagnostic.getTimestampList().stream().map(this::timestamp).toList());
    found.put("container", named(diagnostic.getContainerType()));
    return found;
  }

  private Map<String, Object> signature(SignatureWrapper each) {
    Map<String, Object> found = token(each);
    found.put("level", named(simple.getSignatureFormat(each.getId())));
    found.put("serialization", named(each.getJWSSerializationType()));
    found.put("parent", each.getParent() == null ? null : each.getParent().getId());
    found.put("file", each.getFilename());
    found.put("signed_by", simple.getSignedBy(each.getId()));
    found.put("claimed", moment(each.getClaimedSigningTime()));
    found.put("best", moment(simple.getBestSignatureTime(each.getId())));
    found.put("algorithm", named(each.getSignatureAlgorithm()));
    found.put("structure", each.getStructuralValidationMessages());
    found.put("stamps", each.getTimestampList().stream().map(TimestampWrapper::getId).toList());
    found.put("covers", scopes(each.getSignatureScopes()));
    found.put("qualification", qualification(each.getId()));
    return found;
  }

  private Map<String, Object> timestamp(TimestampWrapper each) {
    Map<String, Object> found = token(each);
    found.put("type", named(each.getType()));
    found.put("kind", named(each.getArchiveTimestampType()));
    found.put("produced", moment(each.getProductionTime()));
    found.put("covers", scopes(each.getTimestampScopes()));
    found.put("index_faults", each.getAtsHashIndexValidationMessages());
    found.put(
        "over_stamps", each.getTimestampedTimestamps().stream().map(TimestampWrapper::getId).toList());
    return found;
  }

  /** What is said about signatures and timestamps alike. */
  private Map<String, Object> token(AbstractSignatureWrapper each) {
    String id = each.getId();
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("id", id);
    found.put("indication", named(simple.getIndication(id)));
    found.put("subindication", named(simple.getSubIndication(id)));
    found.put("intact", each.isSignatureIntact());
    found.put("valid", each.isSignatureValid());
    found.put("errors", messages(simple.getAdESValidationErrors(id)));
    found.put("warnings", messages(simple.getAdESValidationWarnings(id)));
    found.put("infos", messages(simple.getAdESValidationInfo(id)));
    if (each.getPDFRevision() != null) {
      found.put("pdf", pdf(each));
    }
    return found;
  }

  private static Map<String, Object> pdf(AbstractSignatureWrapper each) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("field", each.getFirstFieldName());
    found.put("subfilter", each.getSubFilter());
    found.put("reason", each.getReason());
    found.put("location", each.getLocation());
    found.put("certified", named(each.getDocMDPPermissions()));
    found.put("range_valid", each.isSignatureByteRangeValid());
    found.put("extensions", each.getPdfExtensionChanges().size());
    found.put("forms", each.getPdfSignatureOrFormFillChanges().size());
    found.put("annotations", each.getPdfAnnotationChanges().size());
    found.put("undefined", each.getPdfUndefinedChanges().size());
    return found;
  }

  private List<String> qualification(String id) {
    return java.util.stream.Stream.of(
            simple.getQualificationErrors(id), simple.getQualificationWarnings(id))
        .flatMap(List::stream)
        .map(Message::getKey)
        .toList();
  }

  private static List<Map<String, String>> messages(List<Message> said) {
    return said.stream()
        .filter(Objects::nonNull)
        .map(each -> Map.of("key", each.getKey(), "text", each.getValue()))
        .toList();
  }

  private static List<Map<String, String>> scopes(List<XmlSignatureScope> covered) {
    return covered.stream()
        .map(e -> Map.of("name", String.valueOf(e.getName()), "scope", e.getScope().name()))
        .toList();
  }

  private static String named(Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static Long moment(Date value) {
    return value == null ? null : value.getTime();
  }
}
