import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.jcajce.JcaRespID;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.jcajce.provider.asymmetric.util.ECUtil;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/**
 * Makes a folder with the files of `hufu demo`, by BouncyCastle alone: what the judges (OpenSSL and Check.java) are tried on,
 * so that a judge that says yes to everything is found before it judges us. Usage: java Sample.java DIR
 */
public final class Sample {
    private static final DigestCalculatorProvider DIGESTS = digests();
    private static final Date NOW = new Date(System.currentTimeMillis() / 1000 * 1000);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AlgorithmIdentifier SM3 = new AlgorithmIdentifier(GMObjectIdentifiers.sm3);
    private static final String GM = "1.2.156.10197.6.1.4.2";

    private static Path folder;

    private record Owner(KeyPair keys, X509Certificate certificate) {
        ContentSigner signer() throws Exception {
            return new JcaContentSignerBuilder("SM3WITHSM2").setProvider("BC").build(keys.getPrivate());
        }
    }

    public static void main(String[] args) throws Exception {
        folder = Path.of(args[0]);
        Files.createDirectories(folder);

        Owner root = issue("root.cer", "Sample Root", null, 3650, KeyUsage.keyCertSign | KeyUsage.cRLSign, true, null);
        Owner ca = issue("ca.cer", "Sample CA", root, 3000, KeyUsage.keyCertSign | KeyUsage.cRLSign, true, null);
        Owner sign = issue("sign.cer", "某单位", ca, 365, KeyUsage.digitalSignature | KeyUsage.nonRepudiation, false, null);
        Owner enc = issue("enc.cer", "某单位", ca, 365, KeyUsage.keyEncipherment | KeyUsage.dataEncipherment | KeyUsage.keyAgreement, false, null);
        Owner server = issue("server.cer", "www.example.cn", ca, 365, KeyUsage.digitalSignature, false, KeyPurposeId.id_kp_serverAuth);
        issue("renewed.cer", "某单位", ca, 20, KeyUsage.digitalSignature | KeyUsage.nonRepudiation, false, null);
        Owner tsa = issue("tsa.cer", "Sample TSA", ca, 365, KeyUsage.digitalSignature | KeyUsage.nonRepudiation, false, KeyPurposeId.id_kp_timeStamping);
        Owner ocsp = issue(null, "Sample OCSP", ca, 365, KeyUsage.digitalSignature, false, KeyPurposeId.id_kp_OCSPSigning);

        JcaPKCS10CertificationRequestBuilder request =
            new JcaPKCS10CertificationRequestBuilder(new X500Name("C=CN,O=Sample,CN=www.example.cn"), server.keys.getPublic());
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(request.build(server.signer()));
        }
        write("server.csr.pem", pem.toString().getBytes(StandardCharsets.US_ASCII));

        write("root.crl", crl(root, 1, List.of()));
        write("crl-before.crl", crl(ca, 1, List.of()));
        write("crl-after.crl", crl(ca, 2, List.of(sign.certificate, enc.certificate)));
        write("ocsp-good.der", ocsp(ocsp, ca, sign.certificate, CertificateStatus.GOOD));
        write("ocsp-revoked.der", ocsp(ocsp, ca, sign.certificate, new RevokedStatus(NOW, CRLReason.keyCompromise)));

        byte[] document = "一份文件\n".getBytes(StandardCharsets.UTF_8);
        write("document.txt", document);
        CMSSignedData cms = signed(sign, ca, document, "1.2.840.113549.1.7.1");
        write("document.cms", cms.getEncoded("DER"));
        write("document.p7s", inGm(signed(sign, ca, document, GM + ".1")).getEncoded("DER"));

        write("message.txt", "一句话\n".getBytes(StandardCharsets.UTF_8));
        CMSSignedDataGenerator chain = new CMSSignedDataGenerator();
        chain.addCertificates(new JcaCertStore(List.of(sign.certificate, enc.certificate, ca.certificate)));
        write("chain.p7b", chain.generate(new CMSProcessableByteArray(new byte[0]), false).getEncoded());

        byte[] message = Files.readAllBytes(folder.resolve("message.txt"));
        write("message.cms", enveloped(enc, message, "1.2.840.113549.1.7.3", "1.2.840.113549.1.7.1", 0));
        write("message.p7e", enveloped(enc, message, GM + ".3", GM + ".1", 1));

        TimeStampRequestGenerator stampRequests = new TimeStampRequestGenerator();
        stampRequests.setCertReq(true);
        TimeStampRequest stampRequest = stampRequests.generate(GMObjectIdentifiers.sm3, MessageDigest.getInstance("SM3", "BC").digest(document), new BigInteger(64, RANDOM));
        write("timestamp.tsq", stampRequest.getEncoded());
        TimeStampTokenGenerator tokens = new TimeStampTokenGenerator(
            new JcaSignerInfoGeneratorBuilder(DIGESTS).build(tsa.signer(), tsa.certificate), DIGESTS.get(SM3), new ASN1ObjectIdentifier("1.2.156.10197.9.9"));
        tokens.addCertificates(new JcaCertStore(List.of(tsa.certificate)));
        TimeStampResponseGenerator responses = new TimeStampResponseGenerator(tokens, java.util.Set.of(GMObjectIdentifiers.sm3));
        write("timestamp.tsr", responses.generate(stampRequest, BigInteger.ONE, NOW).getEncoded());

    }

    private static Owner issue(String file, String name, Owner issuer, int days, int usage, boolean ca, KeyPurposeId purpose) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
        generator.initialize(new ECGenParameterSpec("sm2p256v1"), RANDOM);
        KeyPair keys = generator.generateKeyPair();
        X500Name subject = new X500Name("C=CN,O=Sample,CN=" + name);
        X500Name issuerName = issuer == null ? subject : new JcaX509CertificateHolder(issuer.certificate).getSubject();
        KeyPair issuerKeys = issuer == null ? keys : issuer.keys;
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
            issuerName, new BigInteger(127, RANDOM).setBit(126), NOW, new Date(NOW.getTime() + days * 86_400_000L), subject, keys.getPublic());
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(keys.getPublic()));
        builder.addExtension(Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        if (ca) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        }
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, purpose != KeyPurposeId.id_kp_serverAuth, new ExtendedKeyUsage(purpose));
        }
        if (purpose == KeyPurposeId.id_kp_OCSPSigning) {
            builder.addExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
        }
        if (!ca) {
            DistributionPointName crl = new DistributionPointName(new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, "http://127.0.0.1/crl")));
            builder.addExtension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(crl, null, null)}));
            builder.addExtension(Extension.authorityInfoAccess, false, new AuthorityInformationAccess(
                AccessDescription.id_ad_ocsp, new GeneralName(GeneralName.uniformResourceIdentifier, "http://127.0.0.1/ocsp")));
        }
        ContentSigner signer = new JcaContentSignerBuilder("SM3WITHSM2").setProvider("BC").build(issuerKeys.getPrivate());
        X509Certificate certificate = new JcaX509CertificateConverter().setProvider("BC").getCertificate(builder.build(signer));
        if (file != null) {
            write(file, certificate.getEncoded());
        }
        return new Owner(keys, certificate);
    }

    private static byte[] crl(Owner issuer, int number, List<X509Certificate> revoked) throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(new JcaX509CertificateHolder(issuer.certificate).getSubject(), NOW);
        builder.setNextUpdate(new Date(NOW.getTime() + 86_400_000L));
        builder.addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.keys.getPublic()));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
        for (X509Certificate certificate : revoked) {
            builder.addCRLEntry(certificate.getSerialNumber(), NOW, CRLReason.keyCompromise);
        }
        return builder.build(issuer.signer()).getEncoded();
    }

    private static byte[] ocsp(Owner responder, Owner ca, X509Certificate about, CertificateStatus status) throws Exception {
        BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new JcaRespID(responder.certificate.getSubjectX500Principal()));
        CertificateID id = new CertificateID(DIGESTS.get(SM3), new JcaX509CertificateHolder(ca.certificate), about.getSerialNumber());
        builder.addResponse(id, status, NOW, new Date(NOW.getTime() + 86_400_000L));
        return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL,
            builder.build(responder.signer(), new JcaX509CertificateHolder[] {new JcaX509CertificateHolder(responder.certificate)}, NOW)).getEncoded();
    }

    private static CMSSignedData signed(Owner signer, Owner ca, byte[] content, String type) throws Exception {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(DIGESTS).build(signer.signer(), signer.certificate));
        generator.addCertificates(new JcaCertStore(List.of(signer.certificate, ca.certificate)));
        return generator.generate(new CMSProcessableByteArray(new ASN1ObjectIdentifier(type), content), true);
    }

    // GM/T 0010: its own content types, version 1 throughout, digestEncryptionAlgorithm SM2-1.
    private static ContentInfo inGm(CMSSignedData cms) {
        SignedData data = SignedData.getInstance(cms.toASN1Structure().getContent());
        SignerInfo info = SignerInfo.getInstance(data.getSignerInfos().getObjectAt(0));
        ASN1Set attributes = info.getAuthenticatedAttributes();
        SignerInfo gm = new SignerInfo(info.getSID(), info.getDigestAlgorithm(), attributes,
            new AlgorithmIdentifier(GMObjectIdentifiers.sm2sign), info.getEncryptedDigest(), null);
        return new ContentInfo(new ASN1ObjectIdentifier(GM + ".2"), new DERSequence(new ASN1Encodable[] {
            new ASN1Integer(1), data.getDigestAlgorithms(), data.getEncapContentInfo(), new DERTaggedObject(false, 0, data.getCertificates()), new DERSet(gm)}));
    }

    // An envelope to one recipient: SM4-CBC, its key under SM2 as the SM2Cipher of GM/T 0009 (C1, C3, C2).
    private static byte[] enveloped(Owner recipient, byte[] content, String outer, String inner, int version) throws Exception {
        byte[] key = new byte[16], iv = new byte[16];
        RANDOM.nextBytes(key);
        RANDOM.nextBytes(iv);
        Cipher sm4 = Cipher.getInstance("SM4/CBC/PKCS5Padding", "BC");
        sm4.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "SM4"), new IvParameterSpec(iv));

        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.init(true, new ParametersWithRandom(ECUtil.generatePublicKeyParameter(recipient.keys.getPublic()), RANDOM));
        byte[] raw = engine.processBlock(key, 0, key.length); // 04 X Y C3 C2
        DERSequence cipher = new DERSequence(new ASN1Encodable[] {
            new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 1, 33))), new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 33, 65))),
            new DEROctetString(Arrays.copyOfRange(raw, 65, 97)), new DEROctetString(Arrays.copyOfRange(raw, 97, raw.length))});

        IssuerAndSerialNumber id = new IssuerAndSerialNumber(new JcaX509CertificateHolder(recipient.certificate).toASN1Structure());
        DERSequence info = new DERSequence(new ASN1Encodable[] {
            new ASN1Integer(version), id, new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.156.10197.1.301.3")), new DEROctetString(cipher)});
        DERSequence encrypted = new DERSequence(new ASN1Encodable[] {
            new ASN1ObjectIdentifier(inner), new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.156.10197.1.104.2"), new DEROctetString(iv)),
            new DERTaggedObject(false, 0, new DEROctetString(sm4.doFinal(content)))});
        return new ContentInfo(new ASN1ObjectIdentifier(outer),
            new DERSequence(new ASN1Encodable[] {new ASN1Integer(version), new DERSet(info), encrypted})).getEncoded("DER");
    }

    private static DigestCalculatorProvider digests() {
        Security.addProvider(new BouncyCastleProvider());
        try {
            return new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(String name, byte[] bytes) throws Exception {
        Files.write(folder.resolve(name), bytes);
    }
}
