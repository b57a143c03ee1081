using System.Text;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>A hierarchy on P-256, as TLS needs it: made here, read and verified here and by OpenSSL.</summary>
public sealed class P256Tests : IDisposable
{
    private static readonly DateTimeOffset s_now = TestPki.Now;
    private readonly EcdsaKeyPair _rootKey = EcdsaKeyPair.Generate(), _caKey = EcdsaKeyPair.Generate(), _serverKey = EcdsaKeyPair.Generate();
    private readonly Certificate _root, _ca, _server;

    public P256Tests()
    {
        _root = Issue("C=CN, O=虎符传输, CN=Transport Root", _rootKey.PublicKey, null, _rootKey, TestPki.Authority(1));
        _ca = Issue("C=CN, O=虎符传输, CN=Transport CA", _caKey.PublicKey, _root, _rootKey, TestPki.Authority(0));
        _server = Issue("C=CN, O=虎符传输, CN=ca.example.cn", _serverKey.PublicKey, _ca, _caKey,
        [
            new KeyUsageExtension(KeyUsages.DigitalSignature).ToExtension(), new ExtendedKeyUsage([Oids.PurposeServerAuth]).ToExtension(false),
            new SubjectAlternativeName([GeneralName.Dns("ca.example.cn")]).ToExtension(false),
        ]);
    }

    public void Dispose()
    {
        _rootKey.Dispose();
        _caKey.Dispose();
        _serverKey.Dispose();
    }

    private static Certificate Issue(string subject, SubjectPublicKeyInfo key, Certificate? issuer, ISigner signer, CertificateExtension[] extensions) =>
        Certificate.Sign(TestPki.Tbs(subject, key, issuer, extensions) with { Signature = AlgorithmIdentifier.EcdsaWithSha256, SerialNumber = SerialNumber.Create() }, signer);

    private RevocationListHeader Header() => new()
    {
        Issuer = _ca.Subject, ThisUpdate = s_now.AddHours(-1), NextUpdate = s_now.AddHours(23), Number = 7, AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(_ca),
    };

    [Fact]
    public void OpenSSL_verifies_the_chain_and_the_list()
    {
        using OpenSsl openssl = new();
        openssl.Write("root.pem", Encoding.ASCII.GetBytes(_root.ToPem()));
        openssl.Write("ca.pem", Encoding.ASCII.GetBytes(_ca.ToPem()));
        openssl.Write("server.pem", Encoding.ASCII.GetBytes(_server.ToPem()));
        openssl.Write("crl.pem", Encoding.ASCII.GetBytes(Streamed().ToPem()));
        string time = s_now.ToUnixTimeSeconds().ToString();
        Assert.Contains("server.pem: OK", openssl.Run("verify", "-x509_strict", "-attime", time, "-crl_check", "-CRLfile", "crl.pem", "-trusted", "root.pem", "-untrusted", "ca.pem", "-purpose", "sslserver", "-verify_hostname", "ca.example.cn", "server.pem").Output, StringComparison.Ordinal);
        openssl.Write("crl.pem", Encoding.ASCII.GetBytes(Streamed(new RevokedEntry(_server.SerialNumber, s_now.AddHours(-2))).ToPem()));
        Assert.Contains("certificate revoked", openssl.Run("verify", "-attime", time, "-crl_check", "-CRLfile", "crl.pem", "-trusted", "root.pem", "-untrusted", "ca.pem", "server.pem").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_proves_possession_to_us_and_to_OpenSSL()
    {
        CertificationRequest request = CertificationRequest.Create(_server.Subject, _serverKey);
        Assert.Equal(Possession.Proven, request.CheckPossession());
        using OpenSsl openssl = new();
        openssl.Write("r.pem", Encoding.ASCII.GetBytes(request.ToPem()));
        Assert.Contains("verify OK", openssl.Run("req", "-in", "r.pem", "-noout", "-verify").Output, StringComparison.Ordinal);
        byte[] changed = request.Encode();
        changed[^3] ^= 1;
        Assert.Equal(Possession.WrongKey, CertificationRequest.Decode(changed).CheckPossession());
        Assert.DoesNotContain(Linter.LintRequest(request.RawData), f => f.Severity == LintSeverity.Error);
    }

    [Fact]
    public void The_path_validates_with_its_list_and_not_with_a_changed_signature()
    {
        PathRequest request = new()
        {
            TrustAnchors = [_root], Intermediates = [_ca], Time = s_now, Purpose = CertificatePurpose.TlsServer, Revocation = RevocationRequirement.None, RevocationLists = [], OcspResponses = [],
        };
        Assert.True(PathValidator.Validate(_server, request).IsValid);
        byte[] changed = _server.Encode();
        changed[^3] ^= 1;
        Assert.False(PathValidator.Validate(Certificate.Decode(changed), request).IsValid);
        Assert.False(PathValidator.Validate(_server, request with { TrustAnchors = [TestPki.Instance.Root] }).IsValid);
    }

    [Fact]
    public void The_linter_finds_nothing_wrong_and_no_SM2_missing_in_its_own_hierarchy()
    {
        foreach ((Certificate certificate, Certificate? issuer) in new (Certificate, Certificate?)[] { (_root, null), (_ca, _root), (_server, _ca) })
        {
            Assert.DoesNotContain(Linter.LintCertificate(certificate.RawData, null, issuer), f => f.Severity == LintSeverity.Error || f.RuleId == "hufu_key_not_sm2");
        }

        Assert.DoesNotContain(Linter.LintRevocationList(Streamed().RawData, _ca), f => f.Severity == LintSeverity.Error);
        Certificate mixed = Certificate.Sign(TestPki.Tbs("C=CN, O=x, CN=y", _serverKey.PublicKey, TestPki.Instance.Ca, TestPki.EndEntity(KeyUsages.Signing)), TestPki.Instance.CaKey);
        Assert.Contains(Linter.LintCertificate(mixed.RawData, null, TestPki.Instance.Ca), f => f.RuleId == "hufu_key_not_sm2");
    }

    [Fact]
    public void A_list_in_memory_and_a_streamed_one_verify()
    {
        CertificateRevocationList inMemory = CertificateRevocationList.Sign(Header(), [new RevokedEntry(SerialNumber.FromInt64(9), s_now.AddDays(-1))], _caKey);
        Assert.True(inMemory.IsSignedBy(_ca));
        Assert.True(Streamed(new RevokedEntry(SerialNumber.FromInt64(9), s_now.AddDays(-1))).IsSignedBy(_ca));
        Assert.False(inMemory.IsSignedBy(_root));
    }

    [Fact]
    public void A_point_off_the_curve_is_refused()
    {
        byte[] point = _serverKey.PublicKey.PublicKey.ToArray();
        Assert.True(SubjectPublicKeyInfo.FromP256(point).Equals(_serverKey.PublicKey));
        point[^1] ^= 1;
        Assert.Equal(PkiError.BadValue, Assert.Throws<PkiException>(() => SubjectPublicKeyInfo.FromP256(point)).Error);
        Assert.Throws<PkiException>(() => SubjectPublicKeyInfo.FromP256(new byte[65]));
        Assert.Throws<PkiException>(() => SubjectPublicKeyInfo.FromP256([]));
        Assert.False(SubjectPublicKeyInfo.Decode(_serverKey.PublicKey.Encode()[..^1].Append((byte)(_serverKey.PublicKey.PublicKey.Span[^1] ^ 1)).ToArray()).IsOnCurve);
    }

    [Fact]
    public void A_pair_comes_back_from_its_export()
    {
        using EcdsaKeyPair again = EcdsaKeyPair.Import(_caKey.Export());
        Assert.Equal(_caKey.PublicKey, again.PublicKey);
        Assert.True(_caKey.PublicKey.Verify(again.Algorithm, "x"u8, again.Sign("x"u8)));
        Assert.False(_caKey.PublicKey.Verify(again.Algorithm, "y"u8, again.Sign("x"u8)));
        Assert.Throws<PkiException>(() => EcdsaKeyPair.Import([1, 2, 3]));
        using var p384 = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        Assert.Throws<PkiException>(() => EcdsaKeyPair.Import(p384.ExportPkcs8PrivateKey()));
    }

    private CertificateRevocationList Streamed(params RevokedEntry[] entries)
    {
        using MemoryStream stream = new();
        RevocationListWriter.Write(stream, Header(), entries, _caKey);
        return CertificateRevocationList.Decode(stream.ToArray());
    }
}
