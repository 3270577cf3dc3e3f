package peer;

import eu.europa.esig.dss.asic.cades.ASiCWithCAdESSignatureParameters;
import eu.europa.esig.dss.asic.cades.signature.ASiCWithCAdESService;
import eu.europa.esig.dss.asic.xades.ASiCWithXAdESSignatureParameters;
import eu.europa.esig.dss.asic.xades.signature.ASiCWithXAdESService;
import eu.europa.esig.dss.cades.CAdESSignatureParameters;
import eu.europa.esig.dss.cades.signature.CAdESCounterSignatureParameters;
import eu.europa.esig.dss.cades.signature.CAdESService;
import eu.europa.esig.dss.enumerations.ASiCContainerType;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.EncryptionAlgorithm;
import eu.europa.esig.dss.enumerations.JWSSerializationType;
import eu.europa.esig.dss.enumerations.SigDMechanism;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.jades.JAdESSignatureParameters;
import eu.europa.esig.dss.jades.signature.JAdESCounterSignatureParameters;
import eu.europa.esig.dss.jades.signature.JAdESService;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.signature.AbstractSignatureParameters;
import eu.europa.esig.dss.signature.AbstractSignatureService;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.signature.XAdESCounterSignatureParameters;
import eu.europa.esig.dss.xades.signature.XAdESService;

/** DSS's classes for each format: CAdES XAdES JAdES PAdES ASiC_CAdES ASiC_XAdES. */
@SuppressWarnings("rawtypes")
final class Formats {
  private Formats() {}

  static AbstractSignatureService service(Wire request) {
    CommonCertificateVerifier verifier = World.signing(request);
    AbstractSignatureService made =
        switch (request.text("format")) {
          case "CAdES" -> new CAdESService(verifier);
          case "XAdES" -> new XAdESService(verifier);
          case "JAdES" -> new JAdESService(verifier);
          case "PAdES" -> new PAdESService(verifier);
          case "ASiC_CAdES" -> new ASiCWithCAdESService(verifier);
          case "ASiC_XAdES" -> new ASiCWithXAdESService(verifier);
          default -> throw new IllegalArgumentException(request.text("format"));
        };
    if (request.has("tsa")) {
      made.setTspSource(World.authority(request.inner("tsa")));
    }
    return made;
  }

  static AbstractSignatureParameters parameters(Wire request) {
    return filled(
        request,
        switch (request.text("format")) {
          case "CAdES" -> new CAdESSignatureParameters();
          case "XAdES" -> new XAdESSignatureParameters();
          case "JAdES" -> jades(request, new JAdESSignatureParameters());
          case "PAdES" -> pades(request, new PAdESSignatureParameters());
          case "ASiC_CAdES" -> container(request, new ASiCWithCAdESSignatureParameters());
          case "ASiC_XAdES" -> container(request, new ASiCWithXAdESSignatureParameters());
          default -> throw new IllegalArgumentException(request.text("format"));
        });
  }

  static AbstractSignatureParameters counterParameters(Wire request) {
    return filled(
        request,
        switch (request.text("format")) {
          case "CAdES", "ASiC_CAdES" -> new CAdESCounterSignatureParameters();
          case "XAdES", "ASiC_XAdES" -> new XAdESCounterSignatureParameters();
          case "JAdES" -> new JAdESCounterSignatureParameters();
          default -> throw new IllegalArgumentException(request.text("format"));
        });
  }

  static void countering(AbstractSignatureParameters parameters, String signature) {
    if (parameters instanceof CAdESCounterSignatureParameters cades) {
      cades.setSignatureIdToCounterSign(signature);
    } else if (parameters instanceof XAdESCounterSignatureParameters xades) {
      xades.setSignatureIdToCounterSign(signature);
    } else {
      ((JAdESCounterSignatureParameters) parameters).setSignatureIdToCounterSign(signature);
    }
  }

  private static AbstractSignatureParameters filled(
      Wire request, AbstractSignatureParameters made) {
    made.setSignatureLevel(SignatureLevel.valueByName(request.text("level")));
    if (request.has("packaging")) {
      made.setSignaturePackaging(SignaturePackaging.valueOf(request.text("packaging")));
    }
    made.setDigestAlgorithm(
        DigestAlgorithm.valueOf(request.has("digest") ? request.text("digest") : "SHA256"));
    if (request.has("encryption")) {
      made.setEncryptionAlgorithm(EncryptionAlgorithm.valueOf(request.text("encryption")));
    }
    made.bLevel().setSigningDate(request.moment("at"));
    made.setDetachedContents(request.documents("detached"));
    return made;
  }

  private static JAdESSignatureParameters jades(Wire request, JAdESSignatureParameters made) {
    if (request.has("serialization")) {
      made.setJwsSerializationType(JWSSerializationType.valueOf(request.text("serialization")));
    }
    if (request.has("sig_d")) {
      made.setSigDMechanism(SigDMechanism.valueOf(request.text("sig_d")));
    }
    if (request.has("etsi_u_clear")) {
      made.setBase64UrlEncodedEtsiUComponents(!request.flag("etsi_u_clear"));
    }
    return made;
  }

  private static PAdESSignatureParameters pades(Wire request, PAdESSignatureParameters made) {
    if (request.has("reason")) {
      made.setReason(request.text("reason"));
    }
    return made;
  }

  private static ASiCWithCAdESSignatureParameters container(
      Wire request, ASiCWithCAdESSignatureParameters made) {
    made.aSiC().setContainerType(ASiCContainerType.valueOf(request.text("container")));
    return made;
  }

  private static ASiCWithXAdESSignatureParameters container(
      Wire request, ASiCWithXAdESSignatureParameters made) {
    made.aSiC().setContainerType(ASiCContainerType.valueOf(request.text("container")));
    return made;
  }
}
