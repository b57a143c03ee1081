using System.Text;
using Hufu.Contracts;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Pki;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.EndToEnd.Tests.Registration;

/// <summary>A type that a P-256 CA issues, on all four paths over the running platform: the CA's keys in SoftHSM 2, the holder's in openssl's hands.</summary>
public sealed class P256TypeTests(P256Stage stage) : IClassFixture<P256Stage>
{
    private const string OpenSsl = "/usr/bin/openssl";

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["organisationName"] = "北京虎符示范科技有限公司", ["creditCode"] = "91110108MA01HF261H", ["agentName"] = "卫经办", ["agentIdentityNumber"] = "110101199003076632", ["agentPhone"] = "13800000000",
        ["agentEmail"] = "agent@example.cn",
    };

    [Fact]
    [Clause("6.1.1-a")]
    [Clause("6.1.3.2-a")]
    public async Task A_type_of_a_P256_CA_is_applied_for_renewed_re_keyed_and_revoked_on_the_running_platform()
    {
        Assert.SkipUnless(File.Exists(OpenSsl), $"There is no {OpenSsl} here (./test installs it).");
        using Workplace work = new();
        FormText form = Assert.Single(stage.Forms, one => one.Keys == KeyAlgorithm.P256);
        Assert.Equal(P256Stage.Type, form.Profile);

        // Each type takes the keys of its CA and no others.
        using Sm2KeyPair sm2 = Sm2KeyPair.Generate();
        byte[] request = await RequestAsync(work, "first", fresh: true);
        Assert.Equal(("key-weak", "request"), await stage.RefusedAsync("/api/ra/applications", New(form.Profile, CertificationRequest.Create(DistinguishedName.Create((Oids.CommonName, "x")), sm2).Encode())));
        Assert.Equal(("key-weak", "request"), await stage.RefusedAsync("/api/ra/applications", New("organisation", request)));

        // The page says so, and offers the agent, which makes SM2 keys, where such a key is taken.
        string other = await stage.PageAsync("/apply/organisation?lang=en"), own = await stage.PageAsync($"/apply/{form.Profile}?lang=en");
        Assert.True(other.Contains("data-agent=\"request\"", StringComparison.Ordinal) && !other.Contains("P-256", StringComparison.Ordinal));
        Assert.True(own.Contains("P-256", StringComparison.Ordinal) && !own.Contains("data-agent=\"request\"", StringComparison.Ordinal));

        FetchedPair first = await stage.IssueAsync(form, await stage.ApplyAsync(form, New(form.Profile, request)));
        Certificate certificate = Certificate.Decode(first.SigningCertificate), issuer = CsrResponse.Decode(first.CsrResponse).SigningCertificates[1];
        Assert.Equal(CertificationRequest.Decode(request).PublicKey, certificate.PublicKey);
        Assert.True(issuer.PublicKey.IsP256 && certificate.IsSignedBy(issuer));
        Assert.Equal((null, null), (first.EncryptionCertificate, first.EnvelopedKey));

        byte[] again = await RequestAsync(work, "first", fresh: false);
        FetchedPair second = await stage.IssueAsync(form, await stage.PostAsync<ApplicationCreated>("/api/ra/renewals", new NewRenewal(certificate.SerialHex, again, stage.Agreement.Version, true)));
        string renewed = Certificate.Decode(second.SigningCertificate).SerialHex;
        Assert.NotEqual(certificate.SerialHex, renewed);

        byte[] next = await RequestAsync(work, "second", fresh: true);
        FetchedPair third = await stage.IssueAsync(form, await stage.PostAsync<ApplicationCreated>(
            "/api/ra/rekeys", new NewRekey(renewed, next, await SignAsync(work, "first", NewRekey.TextToSign(renewed, next)), stage.Agreement.Version, true)));
        string serial = Certificate.Decode(third.SigningCertificate).SerialHex;
        Assert.Equal(CertificationRequest.Decode(next).PublicKey, Certificate.Decode(third.SigningCertificate).PublicKey);

        DateTimeOffset at = TimeProvider.System.GetUtcNow();
        PairRevoked revoked = await stage.PostAsync<PairRevoked>("/api/ra/revocations/signed", new SignedRevocation(
            serial, RevocationReason.CessationOfOperation, at, await SignAsync(work, "second", SignedRevocation.TextToSign(serial, RevocationReason.CessationOfOperation, at))));
        Assert.Equal([serial], revoked.Serials);
    }

    private NewApplication New(string type, byte[] request) => new(type, Fields, request, "飞雪连天射白鹿", stage.Agreement.Version, AgreementAccepted: true, Publish: true);

    private static async Task<byte[]> RequestAsync(Workplace work, string key, bool fresh)
    {
        if (fresh)
        {
            (await Command.RunAsync(OpenSsl, ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out", work.At(key + ".pem")], work.Folder)).Succeeded();
        }

        (await Command.RunAsync(OpenSsl, ["req", "-new", "-sha256", "-key", work.At(key + ".pem"), "-subj", "/CN=x", "-out", work.At("request.pem")], work.Folder)).Succeeded();
        return CertificationRequest.DecodePemOrDer(await File.ReadAllBytesAsync(work.At("request.pem"), TestContext.Current.CancellationToken)).Encode();
    }

    private static async Task<byte[]> SignAsync(Workplace work, string key, string text)
    {
        work.Write("text", Encoding.UTF8.GetBytes(text));
        (await Command.RunAsync(OpenSsl, ["dgst", "-sha256", "-sign", work.At(key + ".pem"), "-out", work.At("signature"), work.At("text")], work.Folder)).Succeeded();
        return await File.ReadAllBytesAsync(work.At("signature"), TestContext.Current.CancellationToken);
    }
}
