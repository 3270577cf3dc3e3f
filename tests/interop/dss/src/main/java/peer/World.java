package peer;

import eu.europa.esig.dss.alert.SilentOnStatusAlert;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.validation.RevocationDataVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.RevocationToken;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.revocation.ocsp.ExternalResourcesOCSPSource;
import eu.europa.esig.dss.spi.x509.tsp.KeyEntityTSPSource;
import java.util.Date;
import java.util.List;

/** Whom DSS believes, and what it knows: only what the request brings, never the network. */
final class World {
  private World() {}

  static CommonCertificateVerifier verifier(Wire request) {
    CommonCertificateVerifier made = new CommonCertificateVerifier();
    CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    request.certificates("trusted").forEach(trusted::addCertificate);
    made.setTrustedCertSources(trusted);
    CommonCertificateSource more = new CommonCertificateSource();
    request.certificates("certificates").forEach(more::addCertificate);
    made.setAdjunctCertSources(more);
    made.setAIASource(null);
    made.setCrlSource(new ExternalResourcesCRLSource(files(request, "crls")));
    made.setOcspSource(new ExternalResourcesOCSPSource(files(request, "ocsps")));
    return made;
  }

  /** Alerts compare with this machine's clock, which is not the moment that tests live in. */
  static CommonCertificateVerifier signing(Wire request) {
    CommonCertificateVerifier made = verifier(request);
    SilentOnStatusAlert silent = new SilentOnStatusAlert();
    made.setAlertOnExpiredCertificate(silent);
    made.setAlertOnNotYetValidCertificate(silent);
    made.setAlertOnMissingRevocationData(silent);
    made.setAlertOnNoRevocationAfterBestSignatureTime(silent);
    made.setAlertOnUncoveredPOE(silent);
    made.setCheckRevocationForUntrustedChains(true);
    made.setRevocationDataVerifier(new Accepting());
    return made;
  }

  /** The CAs of the tests do not say where their CRLs are, which DSS wants of CRL issuers. */
  private static final class Accepting extends RevocationDataVerifier {
    @Override
    public boolean isAcceptable(
        RevocationToken<?> found,
        CertificateToken issuer,
        List<CertificateToken> chain,
        Date moment) {
      return true;
    }
  }

  static KeyEntityTSPSource authority(Wire tsa) {
    char[] password = tsa.text("password").toCharArray();
    KeyEntityTSPSource made =
        new KeyEntityTSPSource(tsa.bytes("p12"), "PKCS12", password, tsa.text("alias"), password);
    made.setTsaPolicy("1.3.6.1.4.1.55555.2");
    made.setProductionTime(tsa.moment("at"));
    return made;
  }

  private static DSSDocument[] files(Wire request, String name) {
    return request.octets(name).stream().map(InMemoryDocument::new).toArray(DSSDocument[]::new);
  }
}
