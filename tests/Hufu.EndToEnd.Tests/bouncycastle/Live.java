import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * A relying party that knows nothing but a root certificate: Java's PKIX with BouncyCastle as its provider, which follows what stands in the certificate. Issuers come from id-ad-caIssuers, lists from the distribution points, status from
 * id-ad-ocsp.
 * Usage: java Live ROOT LEAF. Prints "crl ANSWER" and "ocsp ANSWER": good, revoked REASON, or failed MESSAGE.
 */
public final class Live {
    public static void main(String[] args) throws Exception {
        System.setProperty("org.bouncycastle.x509.enableCRLDP", "true");
        Security.setProperty("ocsp.enable", "true");
        Security.addProvider(new BouncyCastleProvider());
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        X509Certificate root = read(factory, Files.newInputStream(Path.of(args[0])));
        X509Certificate leaf = read(factory, Files.newInputStream(Path.of(args[1])));
        List<X509Certificate> known = new ArrayList<>(List.of(leaf));
        X509Certificate at = leaf;
        while (!at.getIssuerX500Principal().equals(root.getSubjectX500Principal()) && known.size() < 5) {
            URLConnection connection = URI.create(issuerAddress(at)).toURL().openConnection();
            connection.setConnectTimeout(10_000);
            connection.setReadTimeout(10_000);
            at = read(factory, connection.getInputStream());
            known.add(at);
        }

        System.out.println("crl " + build(root, leaf, known, false));
        System.out.println("ocsp " + build(root, leaf, known, true));
    }

    private static String build(X509Certificate root, X509Certificate leaf, List<X509Certificate> known, boolean byOcsp) throws Exception {
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(leaf);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), target);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
        CertPathBuilder builder = CertPathBuilder.getInstance("PKIX", "BC");
        parameters.setRevocationEnabled(!byOcsp);
        if (byOcsp) {
            PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
            checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.ONLY_END_ENTITY, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }

        try {
            builder.build(parameters);
            return "good";
        } catch (CertPathBuilderException refused) {
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                String message = String.valueOf(cause.getMessage());
                if (cause instanceof CertificateRevokedException revoked) {
                    return "revoked " + revoked.getRevocationReason();
                }

                if (cause instanceof CertPathValidatorException path && path.getReason() == CertPathValidatorException.BasicReason.REVOKED || message.contains("revocation after") || message.contains("ertificate revoked")) {
                    return "revoked " + message.replace('\n', ' ');
                }
            }

            StringBuilder why = new StringBuilder("failed");
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                why.append(" | ").append(cause);
            }

            return why.toString().replace('\n', ' ');
        }
    }

    private static String issuerAddress(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue("1.3.6.1.5.5.7.1.1");
        for (AccessDescription access : AuthorityInformationAccess.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getAccessDescriptions()) {
            if (access.getAccessMethod().equals(AccessDescription.id_ad_caIssuers) && access.getAccessLocation().getTagNo() == GeneralName.uniformResourceIdentifier) {
                return access.getAccessLocation().getName().toString();
            }
        }

        throw new IllegalStateException("no caIssuers in " + certificate.getSubjectX500Principal());
    }

    private static X509Certificate read(CertificateFactory factory, InputStream stream) throws Exception {
        try (stream) {
            return (X509Certificate) factory.generateCertificate(stream);
        }
    }
}
