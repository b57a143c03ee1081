using System.Text;

namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>Everything that OpenSSL can say about the files of a demo folder, a method a question. Each throws when the answer is no.</summary>
/// <param name="folder">The folder with the files that issue 2 lists.</param>
internal sealed class OpenSslChecks(string folder) : IDisposable
{
    private const string GmArc = "1.2.156.10197.6.1.4.2", Sm3 = "1.2.156.10197.1.401", Sm2WithSm3 = "1.2.156.10197.1.501", Sm2Sign = "1.2.156.10197.1.301.1";

    private readonly OpenSsl _openssl = new();

    /// <summary>Every question by its name.</summary>
    public IReadOnlyDictionary<string, Func<Task>> All => new Dictionary<string, Func<Task>>
    {
        ["hop-root"] = RootAsync,
        ["hop-ca"] = () => HopAsync("ca.cer", "root.cer"),
        ["hop-sign"] = () => HopAsync("sign.cer", "ca.cer"),
        ["hop-enc"] = () => HopAsync("enc.cer", "ca.cer"),
        ["hop-server"] = () => HopAsync("server.cer", "ca.cer"),
        ["hop-renewed"] = () => HopAsync("renewed.cer", "ca.cer"),
        ["hop-tsa"] = () => HopAsync("tsa.cer", "ca.cer"),
        ["crl-root"] = () => CrlAsync("root.crl", "root.cer"),
        ["crl-before"] = () => CrlAsync("crl-before.crl", "ca.cer"),
        ["crl-after"] = () => CrlAsync("crl-after.crl", "ca.cer"),
        ["request-server"] = () => _openssl.VerifyRequestAsync(Bytes("server.csr.pem")),
        ["ocsp-good"] = () => OcspAsync("ocsp-good.der", "Cert Status: good"),
        ["ocsp-revoked"] = () => OcspAsync("ocsp-revoked.der", "Cert Status: revoked"),
        ["timestamp"] = TimeStampAsync,
        ["document-gm"] = () => DocumentAsync("document.p7s", GmArc + ".2", GmArc + ".1", Sm2Sign),
        ["document-cms"] = () => DocumentAsync("document.cms", "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", Sm2WithSm3),
    };

    public void Dispose() => _openssl.Dispose();

    private Task HopAsync(string leaf, string issuer) => _openssl.VerifyHopAsync(Bytes(leaf), Bytes(issuer));

    // Certificate { tbsCertificate, signatureAlgorithm, signature }. The verify command gives a trusted certificate no user id, so its own signature is cut out.
    private async Task RootAsync()
    {
        DerElement root = Der("root.cer");
        Assert.Equal(root[0][3].Whole.ToArray(), root[0][5].Whole.ToArray()); // issuer and subject
        await _openssl.VerifySignatureAsync(Bytes("root.cer"), root[0].Whole, root[2].Bits);
    }

    // CertificateList { tbsCertList, signatureAlgorithm, signature }
    private async Task CrlAsync(string file, string issuer)
    {
        DerElement crl = Der(file);
        Assert.Equal(Sm2WithSm3, crl[1][0].Oid);
        await _openssl.VerifySignatureAsync(Bytes(issuer), crl[0].Whole, crl[2].Bits);
        Assert.True((await _openssl.RunAsync("crl", "-inform", "DER", "-in", Path.Combine(folder, file), "-noout", "-text")).ExitCode == 0, $"openssl does not read {file}");
    }

    // OCSPResponse { status, [0] { id-pkix-ocsp-basic, OCTET STRING { tbsResponseData, signatureAlgorithm, signature, [0] certs } } }
    private async Task OcspAsync(string file, string status)
    {
        DerElement bytes = Der(file)[1][0];
        Assert.Equal("1.3.6.1.5.5.7.48.1.1", bytes[0].Oid);
        DerElement basic = bytes[1][0];
        Assert.Equal(Sm2WithSm3, basic[1][0].Oid);
        DerElement responder = Assert.Single(basic[3][0].Children);
        await _openssl.VerifyHopAsync(responder.Whole.ToArray(), Bytes("ca.cer"));
        await _openssl.VerifySignatureAsync(responder.Whole.ToArray(), basic[0].Whole, basic[2].Bits);

        string text = await _openssl.ReadOcspAsync(Bytes(file));
        Assert.Contains(status, text, StringComparison.Ordinal);
        string serial = Convert.ToHexString(Der("sign.cer")[0][1].Content.Span).TrimStart('0');
        Assert.Contains($"Serial Number: {serial}\n", text.Replace(": 0", ": ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    // TimeStampResp { PKIStatusInfo, token }; TSTInfo { version, policy, messageImprint, serialNumber, genTime, … nonce }
    private async Task TimeStampAsync()
    {
        DerElement query = Der("timestamp.tsq"), reply = Der("timestamp.tsr");
        Assert.True(reply[0][0].Content.Span is [0] or [1], "the time stamp was not granted");
        SignedFile token = SignedFile.Read(reply[1]);
        Assert.Contains(token.Type, new[] { "1.2.840.113549.1.7.2", GmArc + ".2" });
        Assert.Equal("1.2.840.113549.1.9.16.1.4", token.ContentType);
        byte[] tsa = Bytes("tsa.cer");
        Assert.Contains(token.Certificates, certificate => certificate.AsSpan().SequenceEqual(tsa));
        await VerifySignerAsync(token, tsa);

        // ESSCertIDv2 { hashAlgorithm, certHash, … }: the certificate is bound into the signature, by SM3.
        DerElement identified = token.Attributes[SignedFile.SigningCertificateV2][0][0];
        Assert.Equal(Sm3, identified[0][0].Oid);
        Assert.Equal(await _openssl.Sm3Async(tsa), identified[1].Content.ToArray());

        DerElement stamp = DerElement.Read(token.Content);
        Assert.Equal(query[1].Whole.ToArray(), stamp[2].Whole.ToArray());
        DerElement nonce = query.Children.Skip(2).First(element => element.Tag == 0x02);
        Assert.Contains(stamp.Children.Skip(5), element => element.Whole.Span.SequenceEqual(nonce.Whole.Span));
    }

    private async Task DocumentAsync(string file, string type, string contentType, string signatureAlgorithm)
    {
        SignedFile signed = SignedFile.Read(Der(file));
        Assert.Equal(type, signed.Type);
        Assert.Equal(contentType, signed.ContentType);
        Assert.Equal(signatureAlgorithm, signed.SignatureAlgorithm);
        Assert.Equal(Bytes("document.txt"), signed.Content.ToArray());
        byte[] signer = Bytes("sign.cer");
        Assert.Contains(signed.Certificates, certificate => certificate.AsSpan().SequenceEqual(signer));
        await VerifySignerAsync(signed, signer);
    }

    private async Task VerifySignerAsync(SignedFile signed, byte[] certificate)
    {
        Assert.Equal(Sm3, signed.DigestAlgorithm);
        await _openssl.VerifySignatureAsync(certificate, signed.Signed, signed.Signature);
        if (signed.Attributes.Count > 0)
        {
            Assert.Equal(signed.ContentType, signed.Attributes[SignedFile.ContentTypeAttribute].Oid);
            Assert.Equal(await _openssl.Sm3Async(signed.Content), signed.Attributes[SignedFile.MessageDigest].Content.ToArray());
        }
    }

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(folder, file));

    private DerElement Der(string file)
    {
        byte[] bytes = Bytes(file);
        Assert.False(bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes("-----")), $"{file} is PEM and should be DER");
        return DerElement.Read(bytes);
    }
}
