import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.EnvelopedData;
import org.bouncycastle.asn1.cms.KeyTransRecipientInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.RecipientInfo;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;

/**
 * An independent judge of the files that `hufu demo` leaves: BouncyCastle's own verification, nothing of ours.
 * Usage: java Check.java DIR [NAME…]. Prints "pass NAME" or "fail NAME: reason", a line a check; exits 1 when one fails.
 */
public final class Check {
    private static final String GM = "1.2.156.10197.6.1.4.2";
    private static final String SM3 = "1.2.156.10197.1.401";
    private static final Set<String> GM_SIGNATURES = Set.of("1.2.156.10197.1.301.1");
    private static final Set<String> CMS_SIGNATURES = Set.of("1.2.156.10197.1.501");

    private static Path folder;
    private static DigestCalculatorProvider digests;
    private static CertificateFactory factory;

    private interface Body {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        factory = CertificateFactory.getInstance("X.509", "BC");
        folder = Path.of(args[0]);

        Map<String, Body> checks = new LinkedHashMap<>();
        checks.put("path-sign-good-before", () -> validate("crl-before.crl", "sign.cer"));
        checks.put("path-enc-good-before", () -> validate("crl-before.crl", "enc.cer"));
        checks.put("path-sign-revoked-after", () -> refusedAsRevoked("sign.cer"));
        checks.put("path-enc-revoked-after", () -> refusedAsRevoked("enc.cer"));
        checks.put("path-server-good-after", () -> validate("crl-after.crl", "server.cer"));
        checks.put("path-renewed-good-after", () -> validate("crl-after.crl", "renewed.cer"));
        checks.put("path-tsa-good-after", () -> validate("crl-after.crl", "tsa.cer"));
        checks.put("crl-revocation", Check::revocationInCrl);
        checks.put("request-server", Check::serverRequest);
        checks.put("chain", Check::chain);
        checks.put("ocsp-good", () -> ocsp("ocsp-good.der", false));
        checks.put("ocsp-revoked", () -> ocsp("ocsp-revoked.der", true));
        checks.put("timestamp", Check::timestamp);
        checks.put("document-gm", () -> signed("document.p7s", GM + ".2", GM + ".1", GM_SIGNATURES));
        checks.put("document-cms", () -> signed("document.cms", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", CMS_SIGNATURES));
        checks.put("message-gm", () -> enveloped("message.p7e", GM + ".3", GM + ".1"));
        checks.put("message-cms", () -> enveloped("message.cms", "1.2.840.113549.1.7.3", "1.2.840.113549.1.7.1"));

        if (args.length > 1) {
            checks.keySet().retainAll(Arrays.asList(args));
        }
        boolean failed = false;
        for (Map.Entry<String, Body> check : checks.entrySet()) {
            try {
                check.getValue().run();
                System.out.println("pass " + check.getKey());
            } catch (Exception | AssertionError e) {
                failed = true;
                System.out.println("fail " + check.getKey() + ": " + String.valueOf(e).replace('\n', ' '));
            }
        }
        System.exit(failed ? 1 : 0);
    }

    // RFC 5280 path validation with revocation checking on: root is the anchor, the CRLs are the root's and one of the CA's.
    private static void validate(String crl, String leaf) throws Exception {
        X509Certificate root = certificate("root.cer"), ca = certificate("ca.cer");
        CertPath path = factory.generateCertPath(List.of(certificate(leaf), ca));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(true);
        parameters.setDate(new Date());
        List<Object> material = new ArrayList<>(List.of(ca, crl("root.crl"), crl(crl)));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(material), "BC"));
        root.verify(root.getPublicKey(), "BC");
        CertPathValidator.getInstance("PKIX", "BC").validate(path, parameters);
    }

    private static void refusedAsRevoked(String leaf) throws Exception {
        try {
            validate("crl-after.crl", leaf);
        } catch (CertPathValidatorException e) {
            require(e.getIndex() == 0, "the wrong certificate of the path was refused: " + e);
            require(e.getReason() == BasicReason.REVOKED || String.valueOf(e.getMessage()).contains("revocation after"), "refused for another reason: " + e);
            return;
        }
        throw new AssertionError("accepted although revoked");
    }

    private static void revocationInCrl() throws Exception {
        X509CRL before = crl("crl-before.crl"), after = crl("crl-after.crl");
        X509Certificate sign = certificate("sign.cer"), enc = certificate("enc.cer");
        before.verify(certificate("ca.cer").getPublicKey(), "BC");
        after.verify(certificate("ca.cer").getPublicKey(), "BC");
        require(number(after).compareTo(number(before)) > 0, "the CRL number did not grow");
        for (X509Certificate certificate : List.of(sign, enc)) {
            require(before.getRevokedCertificate(certificate.getSerialNumber()) == null, "revoked in the CRL before");
            X509CRLEntry entry = after.getRevokedCertificate(certificate.getSerialNumber());
            require(entry != null, "not in the CRL after");
            require(!entry.getRevocationDate().after(after.getThisUpdate()), "revoked after the CRL was made");
        }
        for (String good : List.of("server.cer", "renewed.cer", "tsa.cer")) {
            require(after.getRevokedCertificate(certificate(good).getSerialNumber()) == null, good + " is in the CRL");
        }
    }

    private static BigInteger number(X509CRL crl) throws Exception {
        ASN1OctetString value = ASN1OctetString.getInstance(crl.getExtensionValue(Extension.cRLNumber.getId()));
        return ASN1Integer.getInstance(ASN1Primitive.fromByteArray(value.getOctets())).getPositiveValue();
    }

    private static void serverRequest() throws Exception {
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(folder.resolve("server.csr.pem")))) {
            PKCS10CertificationRequest request = (PKCS10CertificationRequest) parser.readObject();
            require(request.isSignatureValid(new JcaContentVerifierProviderBuilder().setProvider("BC").build(request.getSubjectPublicKeyInfo())), "the request's signature is wrong");
            require(Arrays.equals(request.getSubjectPublicKeyInfo().getPublicKeyData().getBytes(),
                new JcaX509CertificateHolder(certificate("server.cer")).getSubjectPublicKeyInfo().getPublicKeyData().getBytes()), "server.cer has another key than the request");
        }
    }

    private static void chain() throws Exception {
        Collection<X509CertificateHolder> inside = new CMSSignedData(read("chain.p7b")).getCertificates().getMatches(null);
        require(inside.contains(new JcaX509CertificateHolder(certificate("ca.cer"))), "the CA is not in chain.p7b");
        require(!inside.contains(new JcaX509CertificateHolder(certificate("root.cer"))), "the root is in chain.p7b, and comes by another way");
    }

    private static void ocsp(String file, boolean revoked) throws Exception {
        OCSPResp response = new OCSPResp(read(file));
        require(response.getStatus() == OCSPResp.SUCCESSFUL, "not successful");
        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        X509CertificateHolder ca = new JcaX509CertificateHolder(certificate("ca.cer"));

        // RFC 6960 4.2.2.2: the responder is delegated by the CA that issued the certificate.
        require(basic.getCerts().length == 1, "not exactly one certificate inside");
        X509CertificateHolder responder = basic.getCerts()[0];
        require(responder.isSignatureValid(new JcaContentVerifierProviderBuilder().setProvider("BC").build(ca)), "the responder's certificate is not of this CA");
        require(responder.isValidOn(new Date()), "the responder's certificate is not valid now");
        X509Certificate responderCertificate = new JcaX509CertificateConverter().setProvider("BC").getCertificate(responder);
        require(responderCertificate.getExtendedKeyUsage() != null && responderCertificate.getExtendedKeyUsage().contains(KeyPurposeId.id_kp_OCSPSigning.getId()),
            "the responder's certificate is not for OCSP signing");
        require(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().setProvider("BC").build(responder)), "the response's signature is wrong");

        require(basic.getResponses().length == 1, "not exactly one answer");
        SingleResp answer = basic.getResponses()[0];
        require(answer.getCertID().matchesIssuer(ca, digests), "the answer is about another CA");
        require(answer.getCertID().getSerialNumber().equals(certificate("sign.cer").getSerialNumber()), "the answer is about another certificate");
        require(!answer.getThisUpdate().after(new Date()) && answer.getNextUpdate().after(new Date()), "the answer is not valid now");
        if (revoked) {
            require(answer.getCertStatus() instanceof RevokedStatus, "the answer is not 'revoked'");
        } else {
            require(answer.getCertStatus() == CertificateStatus.GOOD, "the answer is not 'good'");
        }
    }

    private static void timestamp() throws Exception {
        TimeStampRequest request = new TimeStampRequest(read("timestamp.tsq"));
        TimeStampResponse response = new TimeStampResponse(read("timestamp.tsr"));
        response.validate(request); // status, nonce, imprint, policy, certificate asked for
        TimeStampToken token = response.getTimeStampToken();
        X509CertificateHolder tsa = new JcaX509CertificateHolder(certificate("tsa.cer"));
        require(token.getCertificates().getMatches(token.getSID()).contains(tsa), "tsa.cer is not inside the token");
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(tsa)); // signature, ESSCertID, purpose, validity at genTime
        require(token.getTimeStampInfo().getMessageImprintAlgOID().getId().equals(SM3), "the imprint is not SM3");
        Set<String> stamped = Set.of(hex(sm3(read("document.txt"))), hex(sm3(signature("document.p7s"))), hex(sm3(signature("document.cms"))), hex(sm3(read("document.p7s"))));
        require(stamped.contains(hex(token.getTimeStampInfo().getMessageImprintDigest())), "the imprint is neither the document's nor its signature's");
        Date time = token.getTimeStampInfo().getGenTime();
        require(Math.abs(time.getTime() - System.currentTimeMillis()) < 3_600_000, "stamped at " + time + ", more than an hour from now");
    }

    private static void signed(String file, String outer, String inner, Set<String> algorithms) throws Exception {
        CMSSignedData data = new CMSSignedData(read(file));
        require(data.toASN1Structure().getContentType().getId().equals(outer), "content type " + data.toASN1Structure().getContentType());
        require(data.getSignedContentTypeOID().equals(inner), "inner content type " + data.getSignedContentTypeOID());
        byte[] content = (byte[]) data.getSignedContent().getContent();
        require(Arrays.equals(content, read("document.txt")), "the content is not document.txt");
        Collection<SignerInformation> signers = data.getSignerInfos().getSigners();
        require(signers.size() == 1, "not exactly one signer");
        SignerInformation signer = signers.iterator().next();
        require(signer.getDigestAlgOID().equals(SM3), "digest algorithm " + signer.getDigestAlgOID());
        require(algorithms.contains(signer.getEncryptionAlgOID()), "signature algorithm " + signer.getEncryptionAlgOID());
        Store<X509CertificateHolder> inside = data.getCertificates();
        X509CertificateHolder certificate = new JcaX509CertificateHolder(certificate("sign.cer"));
        require(inside.getMatches(signer.getSID()).contains(certificate), "sign.cer is not inside, or did not sign");
        if (signer.getSignedAttributes() != null) {
            Attribute digest = signer.getSignedAttributes().get(CMSAttributes.messageDigest);
            require(Arrays.equals(ASN1OctetString.getInstance(digest.getAttrValues().getObjectAt(0)).getOctets(), sm3(content)), "messageDigest is not the content's SM3");
        }
        // SM2-1 is not in the provider's table of signature names; SM3withSM2 is what GM/T 0010 means by it.
        boolean valid = algorithms == GM_SIGNATURES
            ? verifies(signer, certificate, content)
            : signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate));
        require(valid, "the signature is wrong");
    }

    private static boolean verifies(SignerInformation signer, X509CertificateHolder certificate, byte[] content) throws Exception {
        java.security.Signature verifier = java.security.Signature.getInstance("SM3withSM2", "BC");
        verifier.initVerify(new JcaX509CertificateConverter().setProvider("BC").getCertificate(certificate));
        verifier.update(signer.getSignedAttributes() == null ? content : signer.getEncodedSignedAttributes());
        return verifier.verify(signer.getSignature());
    }

    private static void enveloped(String file, String outer, String inner) throws Exception {
        ContentInfo info = ContentInfo.getInstance(read(file));
        require(info.getContentType().getId().equals(outer), "content type " + info.getContentType());
        EnvelopedData data = EnvelopedData.getInstance(info.getContent());
        require(data.getEncryptedContentInfo().getContentType().getId().equals(inner), "inner content type " + data.getEncryptedContentInfo().getContentType());
        require(data.getEncryptedContentInfo().getContentEncryptionAlgorithm().getAlgorithm().getId().equals("1.2.156.10197.1.104.2"), "not sm4-cbc");
        require(data.getRecipientInfos().size() == 1, "not exactly one recipient");
        KeyTransRecipientInfo recipient = KeyTransRecipientInfo.getInstance(RecipientInfo.getInstance(data.getRecipientInfos().getObjectAt(0)).getInfo());
        require(recipient.getKeyEncryptionAlgorithm().getAlgorithm().getId().equals("1.2.156.10197.1.301.3"), "not SM2-3");
        IssuerAndSerialNumber id = IssuerAndSerialNumber.getInstance(recipient.getRecipientIdentifier().getId());
        X509CertificateHolder enc = new JcaX509CertificateHolder(certificate("enc.cer"));
        require(id.getName().equals(enc.getIssuer()) && id.getSerialNumber().getValue().equals(enc.getSerialNumber()), "not to the holder of enc.cer");
        byte[] content = data.getEncryptedContentInfo().getEncryptedContent().getOctets();
        require(content.length % 16 == 0 && content.length > Files.size(folder.resolve("message.txt")), "the content is not the message in whole padded blocks");
        require(new String(content, "ISO-8859-1").indexOf(new String(read("message.txt"), "ISO-8859-1")) < 0, "the message stands in the clear");
    }

    private static byte[] signature(String file) throws Exception {
        return new CMSSignedData(read(file)).getSignerInfos().getSigners().iterator().next().getSignature();
    }

    private static byte[] sm3(byte[] data) throws Exception {
        return MessageDigest.getInstance("SM3", "BC").digest(data);
    }

    private static String hex(byte[] data) {
        return java.util.HexFormat.of().formatHex(data);
    }

    private static X509Certificate certificate(String file) throws Exception {
        return (X509Certificate) factory.generateCertificate(Files.newInputStream(folder.resolve(file)));
    }

    private static X509CRL crl(String file) throws Exception {
        return (X509CRL) factory.generateCRL(Files.newInputStream(folder.resolve(file)));
    }

    // Whole files only: a DER element with something behind it is refused.
    private static byte[] read(String file) throws Exception {
        byte[] bytes = Files.readAllBytes(folder.resolve(file));
        if (!file.endsWith(".txt")) {
            try (ASN1InputStream stream = new ASN1InputStream(bytes)) {
                stream.readObject();
                require(stream.read() < 0, file + " has bytes behind its end");
            }
        }
        return bytes;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
