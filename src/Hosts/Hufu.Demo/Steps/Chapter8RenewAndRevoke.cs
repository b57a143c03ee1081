using System.Text;
using Hufu.Contracts;
using Hufu.Demo.Scene;
using Hufu.Pki;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Demo.Steps;

/// <summary>8. A renewal inside the window; a revocation with the challenge phrase, seen in the CRL, by OCSP, and by whoever verifies a later signature.</summary>
internal static class Chapter8RenewAndRevoke
{
    private const string Email = "person@example.cn";

    public static async Task PlayAsync(Stage stage)
    {
        stage.Log.Chapter(8, "续期与撤销", "Renewal and revocation");
        await RenewAsync(stage);
        await RevokeAsync(stage);
    }

    private static async Task RenewAsync(Stage stage)
    {
        using var person = Holder.WithToken(Path.Combine(stage.Options.OutDirectory, "tokens", "holder-person"), "林持有", "holder-pin-2");
        await stage.Log.StepAsync("6.1.2-b", "A person's certificate of 20 days: applied for, issued, accepted", async () =>
        {
            var application = await Applying.SubmitAsync(stage, "person-trial", Fields(), person.Request(), "月黑雁飞高单于夜遁逃");
            await Applying.VetAndIssueAsync(stage, application);
            await ReceiveAsync(stage, person, application);
            return $"{person.Signing.Subject}, until {person.Signing.NotAfter:u}";
        });
        var old = person.Signing;
        await stage.Log.StepAsync("6.2.6.3-a", "Renewed inside its window: same key, request signed by it, clerk and vetter again", async () =>
        {
            var agreement = await stage.Platform.GetAsync<Agreement>("/api/ra/agreement");
            var renewal = await stage.Platform.PostAsync<ApplicationCreated>(
                "/api/ra/renewals", new NewRenewal(old.SerialHex, person.Request(), agreement.Version, AgreementAccepted: true));
            await Applying.VetAndIssueAsync(stage, renewal);
            await ReceiveAsync(stage, person, renewal);
            stage.Write("renewed.cer", person.Signing.Encode());
            return $"{old.SerialHex} → {person.Signing.SerialHex}, same key: {old.PublicKey.Encode().AsSpan().SequenceEqual(person.Signing.PublicKey.Encode())}";
        });
        await stage.Log.RefusedAsync("6.2.6.1-a", "The organisation's certificate is far from its end: not renewed yet", "outside-renewal-window", async () =>
        {
            var agreement = await stage.Platform.GetAsync<Agreement>("/api/ra/agreement");
            await stage.Platform.PostAsync<ApplicationCreated>(
                "/api/ra/renewals", new NewRenewal(stage.Organisation.Signing.SerialHex, stage.Organisation.Request(), agreement.Version, AgreementAccepted: true));
        });
    }

    private static async Task RevokeAsync(Stage stage)
    {
        var serial = stage.Organisation.Signing.SerialHex;
        await stage.Log.RefusedAsync("6.2.7.3-d", "A wrong challenge phrase does not revoke", "challenge-wrong", () =>
            stage.Platform.PostAsync<PairRevoked>("/api/ra/revocations", new SelfRevocation(serial, "不是这一句话", RevocationReason.KeyCompromise)));
        await stage.Log.StepAsync("6.2.7.3-d", "The holder revokes with the challenge phrase: both certificates of the pair", async () =>
        {
            var revoked = await stage.Platform.PostAsync<PairRevoked>("/api/ra/revocations", new SelfRevocation(serial, Chapter2Apply.ChallengePhrase, RevocationReason.KeyCompromise));
            return $"{string.Join(", ", revoked.Serials)} at {revoked.RevokedAt:u}";
        });
        await stage.Log.StepAsync("6.2.7.6-a", "The next CRL lists both; OCSP says revoked", async () =>
        {
            var before = CertificateRevocationList.Decode(await File.ReadAllBytesAsync(Path.Combine(stage.Options.OutDirectory, "crl-before.crl")));
            await RelyingParty.FetchCrlAsync(stage, "crl-after.crl", (long)before.Number! + 1);
            var entries = RelyingParty.RevokedIn(stage, "crl-after.crl", stage.Organisation);
            if (entries != 2)
            {
                throw new InvalidDataException($"The CRL lists {entries} of the pair's two serials.");
            }

            await RelyingParty.AskOcspAsync(stage, "ocsp-revoked.der", expectRevoked: true);
            return "the CRL lists both serials; OCSP: revoked";
        });
        await stage.Log.StepAsync("6.2.5.2-a", "A signature made now no longer verifies, and the reason is told", async () =>
        {
            var later = await RelyingParty.SignAsync(stage, Encoding.UTF8.GetBytes("撤销之后签署的文件。\n"));
            return RelyingParty.MustFailAsRevoked(stage, later, "crl-after.crl");
        });
    }

    private static async Task ReceiveAsync(Stage stage, Holder holder, ApplicationCreated application)
    {
        var pair = await Applying.FetchAsync(stage, application, Email);
        holder.Import(pair);
        await Applying.AcceptAsync(stage, application.Id, pair, holder.Signer.Sign(Encoding.UTF8.GetBytes(AcceptPair.TextToSign(application.Id, holder.Signing.SerialHex))));
    }

    private static Dictionary<string, string> Fields() => new()
    {
        ["personName"] = "林持有",
        ["identityNumber"] = "310101197501011231",
        ["phone"] = "13900000000",
        ["email"] = Email,
    };
}
