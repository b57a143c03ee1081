using System.Text;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Pki;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.EndToEnd.Tests.Registration;

/// <summary>
/// Every type of certificate on each of the four paths, apply, renew, re-key and revoke, over the REST of the running platform: CA, key centre and RA as they are, requests and signatures by openssl, the re-keyed
/// pair into a soft token, codes out of a real mail server.
/// </summary>
public sealed class EveryTypeTests(TypeStage stage) : IClassFixture<TypeStage>
{
    private const string OpenSsl = "/usr/bin/openssl";
    private const string Pin = "holder-pin-1";

    private static readonly Dictionary<string, string> Values = new()
    {
        ["organisationName"] = "北京虎符示范科技有限公司", ["creditCode"] = "91110108MA01HF261H", ["province"] = "北京市", ["agentName"] = "卫经办", ["agentIdentityNumber"] = "110101199003076632",
        ["agentPhone"] = "13800000000", ["agentEmail"] = "agent@example.cn", ["personName"] = "林持有", ["identityNumber"] = "310101197501011231", ["phone"] = "13900000000", ["email"] = "person@example.cn",
        ["hostName"] = "www.types.example.cn", ["deviceName"] = "gateway-1", ["unit"] = "信息中心", ["department"] = "信息中心", ["position"] = "法定代表人",
    };

    public static TheoryData<string> Types =>
        [.. Directory.EnumerateFiles(Tree.At("policy", "profiles"), "*.yaml").Where(file => File.ReadLines(file).Any(line => line.Trim() == "kind: holder")).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [Clause("6.1.1-a")]
    [Clause("6.2.6.2-a")]
    [MemberData(nameof(Types))]
    public async Task A_type_is_applied_for_renewed_re_keyed_and_revoked_on_the_running_platform(string type)
    {
        Assert.SkipUnless(File.Exists(OpenSsl), $"There is no {OpenSsl} here (./test installs it).");
        using Workplace work = new();
        FormText form = stage.Forms.Single(one => one.Profile == type);
        Dictionary<string, string> fields = form.Fields.Where(field => field.Required || field.Name is "province").ToDictionary(field => field.Name, field => Values[field.Name]);

        // Apply: key and request by openssl.
        byte[] request = await RequestAsync(work, "first", fresh: true);
        FetchedPair first = await stage.IssueAsync(form, await stage.ApplyAsync(form, new NewApplication(type, fields, request, "飞雪连天射白鹿", stage.Agreement.Version, AgreementAccepted: true, Publish: true)));
        string serial = SerialOf(first);
        Assert.Equal(CertificationRequest.Decode(request).PublicKey.Encode(), Certificate.Decode(first.SigningCertificate).PublicKey.Encode());
        Assert.Equal(first.EncryptionCertificate is null, first.EnvelopedKey is null);

        // Renew: the same key again; and the history of the key centre comes with it.
        byte[] again = await RequestAsync(work, "first", fresh: false);
        FetchedPair second = await stage.IssueAsync(form, await stage.PostAsync<ApplicationCreated>("/api/ra/renewals", new NewRenewal(serial, again, stage.Agreement.Version, true)));
        Assert.NotEqual(serial, SerialOf(second));
        Assert.Equal(first.EncryptionCertificate is null ? 0 : 1, second.History?.Count ?? 0);

        // Re-key: a soft token's key; the old one, in openssl's hands, signs for it. The token opens its encryption key and what is encrypted to it.
        using SoftToken token = SoftToken.Create(work.At("token"), "holder", Pin);
        token.VerifyPin(Pin);
        token.GenerateSigningPair("cert");
        byte[] next = CertificationRequest.Create(DistinguishedName.Create((Oids.CommonName, "x")), token.GetSigner("cert")).Encode();
        byte[] signature = await SignAsync(work, "first", NewRekey.TextToSign(SerialOf(second), next));
        FetchedPair third = await stage.IssueAsync(form, await stage.PostAsync<ApplicationCreated>("/api/ra/rekeys", new NewRekey(SerialOf(second), next, signature, stage.Agreement.Version, true)));
        token.ImportCertificate("cert", KeyUse.Signing, Certificate.Decode(third.SigningCertificate));
        if (third.EnvelopedKey is { } envelope)
        {
            Certificate encryption = Certificate.Decode(third.EncryptionCertificate!);
            Assert.Equal(encryption.PublicKey.Encode(), token.ImportEncryptionPair("cert", Sm2EnvelopedKey.Decode(envelope)).Encode());
            byte[] secret = Encoding.UTF8.GetBytes(type);
            Assert.Equal(secret, token.GetDecryptor("cert").Decrypt(Sm2Cipher.Encrypt(encryption.PublicKey.RequireSm2(), secret).Encode()));
        }

        // Revoke: signed in the token; both certificates of a pair.
        DateTimeOffset at = TimeProvider.System.GetUtcNow();
        PairRevoked revoked = await stage.PostAsync<PairRevoked>("/api/ra/revocations/signed", new SignedRevocation(
            SerialOf(third), RevocationReason.CessationOfOperation, at,
            token.GetSigner("cert").Sign(Encoding.UTF8.GetBytes(SignedRevocation.TextToSign(SerialOf(third), RevocationReason.CessationOfOperation, at)))));
        Assert.Equal(third.EncryptionCertificate is null ? 1 : 2, revoked.Serials.Count);
    }

    private static string SerialOf(FetchedPair pair) => Certificate.Decode(pair.SigningCertificate).SerialHex;

    private static async Task<byte[]> RequestAsync(Workplace work, string key, bool fresh)
    {
        if (fresh)
        {
            (await Command.RunAsync(OpenSsl, ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", work.At(key + ".pem")], work.Folder)).Succeeded();
        }

        (await Command.RunAsync(OpenSsl, ["req", "-new", "-sm3", "-key", work.At(key + ".pem"), "-subj", "/CN=x", "-sigopt", "distid:1234567812345678", "-out", work.At("request.pem")], work.Folder)).Succeeded();
        return CertificationRequest.DecodePemOrDer(await File.ReadAllBytesAsync(work.At("request.pem"), TestContext.Current.CancellationToken)).Encode();
    }

    private static async Task<byte[]> SignAsync(Workplace work, string key, string text)
    {
        work.Write("text", Encoding.UTF8.GetBytes(text));
        (await Command.RunAsync(OpenSsl, ["dgst", "-sm3", "-sign", work.At(key + ".pem"), "-sigopt", "distid:1234567812345678", "-out", work.At("signature"), work.At("text")], work.Folder)).Succeeded();
        return await File.ReadAllBytesAsync(work.At("signature"), TestContext.Current.CancellationToken);
    }
}
