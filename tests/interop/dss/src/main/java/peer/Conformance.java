package peer;

import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Asks veraPDF whether a file is PDF/A or PDF/UA: "2b" and "ua1" are flavours. */
final class Conformance {
  static {
    VeraGreenfieldFoundryProvider.initialise();
  }

  private Conformance() {}

  static Map<String, Object> check(Wire request) throws Exception {
    PDFAFlavour flavour = PDFAFlavour.byFlavourId(request.text("flavour"));
    ByteArrayInputStream file = new ByteArrayInputStream(request.bytes("document"));
    try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
      ValidationResult result = validator.validate(parser);
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("flavour", result.getPDFAFlavour().getId());
      found.put("compliant", result.isCompliant());
      found.put("failures", failures(result));
      return found;
    }
  }

  private static List<String> failures(ValidationResult result) {
    return result.getTestAssertions().stream()
        .filter(each -> each.getStatus() == TestAssertion.Status.FAILED)
        .map(
            each ->
                each.getRuleId().getClause()
                    + "-"
                    + each.getRuleId().getTestNumber()
                    + " "
                    + each.getMessage()
                    + " | "
                    + each.getErrorMessage()
                    + " at "
                    + each.getLocation().getContext())
        .distinct()
        .toList();
  }
}
