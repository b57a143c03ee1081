using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Types that a P-256 CA issues take P-256 keys and no others, all other types SM2 keys: the CA says which, the request decides nothing (R16). Requests by openssl.</summary>
public sealed class P256RequestTests
{
    private const string Type = "code-signing";
    private const string Door = "/api/ra/applications";

    [Fact]
    [Clause("6.1.3.2-a")]
    public async Task R16_a_type_takes_keys_of_its_CAs_algorithm_only_and_a_bad_request_is_refused_in_words()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "There is no /usr/bin/openssl here (./test installs it).");
        var p256 = await RequestAsync(folder, "P-256", "-sha256");
        await using var office = await RaOffice.OpenAsync();

        // Nobody has said anything of P-256: SM2 it is, as ever.
        Assert.Empty(await office.P256TypesAsync());
        await RefusedAsync(office, Type, p256, "key-weak", "SM2");
        await office.TakesP256Async(Type, "organisation");
        var before = await office.LeftAsync();
        await RefusedAsync(office, "server", p256, "key-weak", "SM2");
        await RefusedAsync(office, Type, Sm2(), "key-weak", "P-256");
        await RefusedAsync(office, Type, await RequestAsync(folder, "P-384", "-sha384"), "key-weak", "P-256");
        await RefusedAsync(office, Type, OffTheCurve(p256), "key-weak", "P-256");
        await RefusedAsync(office, Type, [.. p256[..^1], (byte)(p256[^1] ^ 1)], "possession-not-proven", "does not verify");
        await RefusedAsync(office, Type, await RequestAsync(folder, "P-256", "-sha384"), "possession-not-proven", "ecdsa-with-SHA256");
        await RefusedAsync(office, Type, p256[..^1], "malformed", "");

        // A type that comes as a pair has no P-256 CA, whatever the CA's settings say.
        await RefusedAsync(office, "organisation", p256, "state-wrong", "single");
        await RefusedAsync(office, "organisation", Sm2(), "state-wrong", "single");
        Assert.Equal(before, await office.LeftAsync());

        // Known over a stop; the key once only (R16).
        await office.ReopenAsync();
        Assert.Equal([Type, "organisation"], (await office.P256TypesAsync()).Order(StringComparer.Ordinal));
        await office.ApplyAsync(New(Type, p256));
        await RefusedAsync(office, Type, p256, "key-reused", "");

        // The last word counts.
        await office.TakesP256Async();
        await RefusedAsync(office, Type, await RequestAsync(folder, "P-256", "-sha256"), "key-weak", "SM2");
        await office.ApplyAsync(New(Type, Sm2()));
    }

    [Fact]
    public async Task R12_what_was_filed_before_the_types_CA_changed_is_corrected_with_another_key_and_a_certificate_of_before_is_re_keyed()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(20);
        office.Ca.Spoil = pair => pair with { EncryptionCertificate = null, EnvelopedKey = null };
        using var old = Sm2KeyPair.Generate();
        var first = await FileAsync(office, New(Type, Applicant.RequestBy(old)));
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(first)));
        var serial = await IssuedAsync(office, first, old);
        var draft = await FileAsync(office, New(Type, Sm2()));
        await office.TakesP256Async(Type);

        Assert.Equal("key-weak", await RaOffice.CodeOf(await office.SubmitAsync(draft)));
        Assert.Equal("key-weak", await CorrectAsync(office, draft, new Correction(draft.Fields, Sm2())));
        using var fresh = EcdsaKeyPair.Generate();
        Assert.Null(await CorrectAsync(office, draft, new Correction(draft.Fields, Applicant.RequestBy(fresh))));
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(draft)));

        // The old key cannot be renewed; it signs for a P-256 one, and that signs from then on.
        Assert.Equal("key-weak", await office.Site.RefusedAsync("/api/ra/renewals", new NewRenewal(serial, Applicant.RequestBy(old), "1.0", true)));
        using var next = EcdsaKeyPair.Generate();
        var request = Applicant.RequestBy(next);
        var text = Encoding.UTF8.GetBytes(NewRekey.TextToSign(serial, request));
        Assert.Equal("signature-invalid", await office.Site.RefusedAsync("/api/ra/rekeys", new NewRekey(serial, request, next.Sign(text), "1.0", true)));
        var created = await office.Site.PostAsync<NewRekey, ApplicationCreated>("/api/ra/rekeys", new NewRekey(serial, request, old.Sign(text), "1.0", true));
        var followed = await IssuedAsync(office, new Filed(created.Id, created.AccessToken, Type, first.Fields, request), next);

        // Revoked by the key: not by another, and not by its signature over another text.
        var at = office.Clock.GetUtcNow();
        var words = Encoding.UTF8.GetBytes(SignedRevocation.TextToSign(followed, RevocationReason.Superseded, at));
        foreach (var wrong in new[] { fresh.Sign(words), next.Sign(text), [], new byte[129], old.Sign(words) })
        {
            Assert.Equal("signature-invalid", await office.Site.RefusedAsync("/api/ra/revocations/signed", new SignedRevocation(followed, RevocationReason.Superseded, at, wrong)));
        }

        Assert.Equal([followed], (await office.Site.PostAsync<SignedRevocation, PairRevoked>("/api/ra/revocations/signed", new SignedRevocation(followed, RevocationReason.Superseded, at, next.Sign(words)))).Serials);
    }

    [Fact]
    public async Task What_has_no_encryption_key_has_none_to_recover_and_its_phrase_revokes_it()
    {
        await using var office = await RaOffice.OpenAsync();
        await office.TakesP256Async(Type);
        using var key = EcdsaKeyPair.Generate();
        var filed = await FileAsync(office, New(Type, Applicant.RequestBy(key)));
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        var serial = await IssuedAsync(office, filed, key);
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/cases", office.Clerk.Act(
            Rooms.Ra, ActNames.RaCaseEnter, "case/new",
            new NewCertificateCase(CertificateCaseKind.Recovery, serial, RevocationAsker.OrganisationRepresentative, office.Clock.GetUtcNow(), "介质损坏", "授权书原件"), office.Clock.GetUtcNow())));
        Assert.Equal([serial], (await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", new SelfRevocation(serial, Applicant.Phrase, RevocationReason.Superseded))).Serials);
    }

    private static async Task<Filed> FileAsync(RaOffice office, NewApplication application)
    {
        var created = await office.ApplyAsync(application);
        var filed = new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
        foreach (var kind in created.EvidenceMissing)
        {
            Assert.Null(await RaOffice.CodeOf(await office.PutAsync(filed, kind, RaOffice.Pdf)));
        }

        return filed;
    }

    // What was submitted, entered, approved, issued and fetched, its receipt signed with the new key; the serial.
    private static async Task<string> IssuedAsync(RaOffice office, Filed filed, ISigner key)
    {
        foreach (var paper in await office.ReadAsync(session => session.Query<string>("SELECT kind || '=' || digest FROM ra_evidence WHERE application = @Id", new { filed.Id })))
        {
            filed.Papers[paper.Split('=')[0]] = paper.Split('=')[1];
        }

        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        var pair = await office.FetchAsync(filed, await office.CodeFromMailAsync(filed.Id));
        Assert.Equal((null, null), (pair.EncryptionCertificate, pair.EnvelopedKey));
        Assert.Equal(key.PublicKey, Certificate.Decode(pair.SigningCertificate).PublicKey);
        Assert.Equal(key.PublicKey, CsrResponse.Decode(pair.CsrResponse).SigningCertificates[0].PublicKey);
        using var other = Sm2KeyPair.Generate();
        await Assert.ThrowsAnyAsync<Exception>(() => office.AcceptAsync(filed, pair, other));
        Assert.Equal(ApplicationState.Accepted, (await office.AcceptAsync(filed, pair, key)).State);
        return RaOffice.SerialOf(pair);
    }

    private static async Task<string?> CorrectAsync(RaOffice office, Filed filed, Correction correction)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Door}/{filed.Id}/correction") { Content = JsonContent.Create(correction, options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", filed.Token);
        return await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
    }

    private static async Task RefusedAsync(RaOffice office, string type, byte[] request, string code, string words)
    {
        using var refused = await office.Site.PostAsync(Door, New(type, request));
        var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(RaOffice.Ct))!;
        Assert.Equal((code, code == "state-wrong" ? "profile" : "request"), ((string?)problem["code"], (string?)problem["field"]));
        Assert.Contains(words, (string?)problem["evidence"] ?? "", StringComparison.Ordinal);
    }

    private static NewApplication New(string type, byte[] request)
    {
        var fields = Applicant.Fields();
        if (type == "server")
        {
            fields.Remove("province");
            fields["hostName"] = "www.unit.example";
        }

        return new NewApplication(type, fields, request, Applicant.Phrase, "1.0", AgreementAccepted: true, Publish: false);
    }

    private static byte[] Sm2()
    {
        using var key = Sm2KeyPair.Generate();
        return Applicant.RequestBy(key);
    }

    // The last byte of Y is another.
    private static byte[] OffTheCurve(byte[] request)
    {
        var point = CertificationRequest.Decode(request).PublicKey.PublicKey.Span;
        var (at, spoiled) = (request.AsSpan().IndexOf(point), request.ToArray());
        spoiled[at + point.Length - 1] ^= 1;
        return spoiled;
    }

    private static async Task<byte[]> RequestAsync(TempFolder folder, string curve, string digest)
    {
        await RunAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", folder["key.pem"]);
        await RunAsync("req", "-new", digest, "-key", folder["key.pem"], "-subj", "/CN=x", "-out", folder["request.pem"]);
        return CertificationRequest.DecodePemOrDer(await File.ReadAllBytesAsync(folder["request.pem"], RaOffice.Ct)).Encode();
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var openssl = Process.Start(new ProcessStartInfo("/usr/bin/openssl", arguments) { RedirectStandardError = true })!;
        var error = await openssl.StandardError.ReadToEndAsync(RaOffice.Ct);
        await openssl.WaitForExitAsync(RaOffice.Ct);
        Assert.True(openssl.ExitCode == 0, error);
    }
}
