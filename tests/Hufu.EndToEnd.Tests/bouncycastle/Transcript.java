import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.util.Arrays;
import java.util.Collection;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.Store;

/** A ceremony's transcript.p7s: the content is transcript.json beside it, and every signer's signature over it verifies; one line "subject ok" or "subject why not" each. */
public final class Transcript {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        CMSSignedData data = new CMSSignedData(Files.readAllBytes(Paths.get(arguments[0], "transcript.p7s")));
        byte[] content = (byte[]) data.getSignedContent().getContent();
        if (!Arrays.equals(content, Files.readAllBytes(Paths.get(arguments[0], "transcript.json")))) {
            throw new AssertionError("the content is not transcript.json");
        }
        byte[] digest = MessageDigest.getInstance("SM3", "BC").digest(content);
        Store<X509CertificateHolder> certificates = data.getCertificates();
        for (SignerInformation signer : data.getSignerInfos().getSigners()) {
            Collection<X509CertificateHolder> found = certificates.getMatches(signer.getSID());
            X509CertificateHolder holder = found.iterator().next();
            Attribute said = signer.getSignedAttributes().get(CMSAttributes.messageDigest);
            boolean same = Arrays.equals(ASN1OctetString.getInstance(said.getAttrValues().getObjectAt(0)).getOctets(), digest);
            Signature verifier = Signature.getInstance("SM3withSM2", "BC");
            verifier.initVerify(new JcaX509CertificateConverter().setProvider("BC").getCertificate(holder));
            verifier.update(signer.getEncodedSignedAttributes());
            System.out.println(holder.getSubject().toString().replace(' ', '_') + " " + (!same ? "another digest" : verifier.verify(signer.getSignature()) ? "ok" : "wrong signature"));
        }
    }
}
