import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Every .cer of a folder: read, its issuer found by name among them, its signature verified; one line "name ok" or "name why not" each. */
public final class Golden {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        Map<Path, X509Certificate> all = new HashMap<>();
        try (Stream<Path> files = Files.list(Paths.get(arguments[0]))) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".cer")).sorted()::iterator) {
                all.put(file, (X509Certificate) factory.generateCertificate(Files.newInputStream(file)));
            }
        }
        List<Path> names = new ArrayList<>(all.keySet());
        names.sort(null);
        for (Path name : names) {
            System.out.println(name.getFileName() + " " + verdict(all.get(name), all.values()));
        }
    }

    private static String verdict(X509Certificate certificate, Iterable<X509Certificate> all) {
        try {
            GeneralNames.fromExtensions(new JcaX509CertificateHolder(certificate).getExtensions(), org.bouncycastle.asn1.x509.Extension.subjectAlternativeName);
            String why = "its issuer is not there";
            for (X509Certificate issuer : all) {
                if (issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()) && issuer.getBasicConstraints() >= 0) {
                    certificate.verify(issuer.getPublicKey(), "BC");
                    return "ok";
                }
            }
            return why;
        } catch (Exception e) {
            return e.toString();
        }
    }
}
