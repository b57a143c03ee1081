using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class CertificateTests
{
    private static readonly TestPki s_pki = TestPki.Instance;

    [Fact]
    public void What_is_written_is_read_back_field_by_field()
    {
        Certificate again = Certificate.Decode(s_pki.Signing.Encode());
        Assert.Equal(s_pki.Signing, again);
        Assert.Equal(3, again.Tbs.Version);
        Assert.Equal(KeyUsages.Signing, again.KeyUsage);
        Assert.Null(again.BasicConstraints);
        Assert.Equal("C=CN, O=某单位, CN=张三", again.Subject.ToString());
        Assert.Equal(s_pki.Ca.Subject, again.Issuer);
        Assert.Equal(TestPki.Now.AddDays(-1), again.NotBefore);
        Assert.Equal(TestPki.Now.AddYears(5), again.NotAfter);
        Assert.Equal(s_pki.Ca.SubjectKeyIdentifier!.Value.ToArray(), again.AuthorityKeyIdentifier!.KeyIdentifier!.Value.ToArray());
        Assert.Equal(again.Tbs.Encode(), again.TbsData.ToArray());
        Assert.True(again.IsSignedBy(s_pki.Ca));
        Assert.False(again.IsSignedBy(s_pki.Root));
        Assert.Equal(Sm3.HashData(again.Encode()), again.Sm3Digest.ToArray());
    }

    [Fact]
    public void The_signature_algorithm_has_no_parameters_and_is_the_same_inside_and_outside()
    {
        Assert.Null(s_pki.Signing.SignatureAlgorithm.Parameters);
        Assert.Equal("300A06082A811CCF55018375", Convert.ToHexString(s_pki.Signing.SignatureAlgorithm.RawData.Span));
        byte[] tbs = s_pki.Signing.TbsData.ToArray();
        AlgorithmIdentifier withNull = AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 });
        PkiException refused = Assert.Throws<PkiException>(() => Certificate.Assemble(tbs, withNull, s_pki.Signing.Signature.Span));
        Assert.Equal(PkiError.BadValue, refused.Error);
    }

    [Fact]
    public void A_certificate_with_NULL_parameters_inside_and_outside_is_accepted()
    {
        AlgorithmIdentifier withNull = AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 });
        byte[] tbs = (TestPki.Tbs("C=CN, CN=x", s_pki.SigningKey.PublicKey, s_pki.Ca) with { Signature = withNull }).Encode();
        Certificate certificate = Certificate.Assemble(tbs, withNull, s_pki.CaKey.Sign(tbs));
        Assert.True(certificate.IsSignedBy(s_pki.Ca));
        Assert.Equal(withNull, certificate.SignatureAlgorithm);
    }

    [Fact]
    public void A_changed_bit_breaks_the_signature()
    {
        byte[] der = s_pki.Signing.Encode();
        int position = der.AsSpan().IndexOf("某单位"u8) + 2;
        der[position] ^= 1;
        Assert.False(Certificate.Decode(der).IsSignedBy(s_pki.Ca));
    }

    [Theory]
    [InlineData("2049-12-31T23:59:59Z", 0x17)]
    [InlineData("2050-01-01T00:00:00Z", 0x18)]
    public void Validity_is_UTCTime_through_2049_and_GeneralizedTime_from_2050(string notAfter, byte tag)
    {
        DateTimeOffset time = DateTimeOffset.Parse(notAfter);
        TbsCertificate tbs = TestPki.Tbs("C=CN, CN=x", s_pki.SigningKey.PublicKey, s_pki.Ca) with { NotAfter = time };
        byte[] der = tbs.Encode();
        byte[] text = Encoding.ASCII.GetBytes(time.ToString(tag == 0x17 ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'"));
        int position = der.AsSpan().IndexOf(text);
        Assert.Equal(tag, der[position - 2]);
        Assert.Equal(time, TbsCertificate.Decode(der).NotAfter);
    }

    [Fact]
    public void OpenSSL_verifies_both_hops_and_reads_the_fields()
    {
        using OpenSsl openssl = new();
        openssl.Write("root.pem", Encoding.ASCII.GetBytes(s_pki.Root.ToPem()));
        openssl.Write("ca.pem", Encoding.ASCII.GetBytes(s_pki.Ca.ToPem()));
        openssl.Write("leaf.pem", Encoding.ASCII.GetBytes(s_pki.Signing.ToPem()));
        string at = TestPki.Now.ToUnixTimeSeconds().ToString();
        Assert.Contains("ca.pem: OK", openssl.Run("verify", "-attime", at, "-vfyopt", OpenSsl.Id, "-CAfile", "root.pem", "ca.pem").Output);
        Assert.Contains("leaf.pem: OK", openssl.Run("verify", "-attime", at, "-partial_chain", "-vfyopt", OpenSsl.Id, "-trusted", "ca.pem", "leaf.pem").Output);
        string text = openssl.Run("x509", "-in", "leaf.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus_space,sname", "-serial").Output;
        Assert.Contains("X509v3 Key Usage: critical", text);
        Assert.Contains("Digital Signature, Non Repudiation", text);
        Assert.Contains("CN=张三", text);
        Assert.Contains($"serial={s_pki.Signing.SerialHex.ToUpperInvariant()}", text);
    }

    [Fact]
    public void P256_certificates_of_others_are_read_and_verified()
    {
        using OpenSsl openssl = new();
        Assert.Equal(0, openssl.Run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k.pem", "-sha256", "-subj", "/C=CN/CN=transport", "-days", "30", "-out", "c.pem").Code);
        Certificate certificate = Certificate.DecodePemOrDer(openssl.Read("c.pem"));
        Assert.True(certificate.PublicKey.IsP256);
        Assert.Null(certificate.PublicKey.Sm2);
        Assert.True(certificate.IsSignedBy(certificate));
        Assert.False(certificate.IsSignedBy(s_pki.Ca));
    }

    [Fact]
    public void Explicit_parameters_are_accepted_when_they_are_those_of_the_named_curve_and_only_then()
    {
        using OpenSsl openssl = new();
        Assert.Equal(0, openssl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-pkeyopt", "ec_param_enc:explicit", "-out", "k.pem").Code);
        Assert.Equal(0, openssl.Run("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "p.der").Code);
        byte[] der = openssl.Read("p.der");
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Decode(der);
        Assert.True(der.Length > 200);
        Assert.NotNull(key.Sm2);
        Assert.Equal(SubjectPublicKeyInfo.FromSm2(key.Sm2!), key);

        byte[] curve = Convert.FromHexString("28E9FA9E9D9F5E34");
        byte[] generator = Convert.FromHexString("32C4AE2C1F198119");
        foreach (byte[] part in new[] { curve, generator })
        {
            byte[] changed = [.. der];
            changed[changed.AsSpan().IndexOf(part) + 4] ^= 1;
            Assert.Equal(PkiError.Unsupported, Assert.Throws<PkiException>(() => SubjectPublicKeyInfo.Decode(changed)).Error);
        }
    }

    [Fact]
    public void A_point_off_the_curve_is_no_key()
    {
        byte[] der = s_pki.SigningKey.PublicKey.Encode();
        der[^1] ^= 1;
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Decode(der);
        Assert.True(key.IsSm2);
        Assert.Null(key.Sm2);
        Assert.Equal(PkiError.BadValue, Assert.Throws<PkiException>(key.RequireSm2).Error);
    }
}
