using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class CertificationRequestTests
{
    private static readonly DistinguishedName s_subject = DistinguishedName.Parse("C=CN, O=某单位, CN=x");

    [Fact]
    public void A_request_of_ours_is_proven_and_OpenSSL_verifies_it()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        CertificationRequest request = CertificationRequest.Create(s_subject, key, [new KeyUsageExtension(KeyUsages.Signing).ToExtension()], "Challenge 1");
        CertificationRequest again = CertificationRequest.DecodePemOrDer(Encoding.ASCII.GetBytes(request.ToPem()));
        Assert.Equal(Possession.Proven, again.CheckPossession());
        Assert.Equal("Challenge 1", again.ChallengePassword);
        Assert.Equal(Oids.KeyUsage, Assert.Single(again.RequestedExtensions).Oid);
        Assert.Equal(s_subject, again.Subject);
        using OpenSsl openssl = new();
        openssl.Write("u.csr", Encoding.ASCII.GetBytes(request.ToPem()));
        Assert.Contains("verify OK", openssl.Run("req", "-in", "u.csr", "-noout", "-verify", "-vfyopt", OpenSsl.Id).Output);
    }

    [Fact]
    public void A_request_of_OpenSSL_is_proven_with_the_id_and_told_apart_without()
    {
        using OpenSsl openssl = new();
        Assert.Equal(0, openssl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "k.pem").Code);
        Assert.Equal(0, openssl.Run("req", "-new", "-key", "k.pem", "-sm3", "-sigopt", OpenSsl.Id, "-subj", "/C=CN/O=某单位/CN=x", "-utf8", "-out", "u.csr").Code);
        Assert.Equal(0, openssl.Run("req", "-new", "-key", "k.pem", "-sm3", "-subj", "/C=CN/O=某单位/CN=x", "-utf8", "-out", "e.csr").Code);
        CertificationRequest good = CertificationRequest.DecodePemOrDer(openssl.Read("u.csr"));
        Assert.Equal(Possession.Proven, good.CheckPossession());
        Assert.Equal("C=CN, O=某单位, CN=x", good.Subject.ToString());
        Assert.Equal(Possession.EmptyId, CertificationRequest.DecodePemOrDer(openssl.Read("e.csr")).CheckPossession());
    }

    [Fact]
    public void A_signature_without_Z_and_one_by_another_key_are_told_apart()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        CertificationRequest withoutZ = CertificationRequest.Create(s_subject, new Lying(key.PublicKey, data => key.SignDigest(Sm3.HashData(data))));
        CertificationRequest wrongKey = CertificationRequest.Create(s_subject, new Lying(key.PublicKey, data => other.Sign(data)));
        CertificationRequest garbage = CertificationRequest.Create(s_subject, new Lying(key.PublicKey, _ => [1, 2, 3]));
        Assert.Equal(Possession.WithoutZ, withoutZ.CheckPossession());
        Assert.Equal(Possession.WrongKey, wrongKey.CheckPossession());
        Assert.Equal(Possession.WrongKey, garbage.CheckPossession());
    }

    [Fact]
    public void A_request_with_a_point_off_the_curve_is_refused()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        byte[] der = CertificationRequest.Create(s_subject, key).Encode();
        der[der.AsSpan().IndexOf(key.PublicKey.PublicKey.Span) + 40] ^= 1;
        Assert.Equal(PkiError.BadValue, Assert.Throws<PkiException>(() => CertificationRequest.Decode(der).CheckPossession()).Error);
    }

    private delegate byte[] Signing(ReadOnlySpan<byte> data);

    private sealed class Lying(SubjectPublicKeyInfo key, Signing sign) : ISigner
    {
        public SubjectPublicKeyInfo PublicKey => key;

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

        public byte[] Sign(ReadOnlySpan<byte> data) => sign(data);
    }
}
