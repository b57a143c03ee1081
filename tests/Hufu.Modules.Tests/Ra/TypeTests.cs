using System.Diagnostics;
using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Hufu.Testing.Mail;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>
/// Every type of certificate on each of the four paths (apply, renew, re-key, revoke) over REST: requests and signatures by openssl, papers and checklist as the type's form asks, codes out of a real mail server.
/// The CA behind the sealed messages is the tests' own; the whole platform is played by <c>hufu demo</c>.
/// </summary>
public sealed class TypeTests
{
    private const string Id = "1234567812345678";
    private const string Single = "code-signing";

    private static readonly Kind Sm2Kind = new("SM2", ["req", "-new", "-sm3", "-sigopt", "distid:" + Id], ["dgst", "-sm3", "-sigopt", "distid:" + Id]);
    private static readonly Kind P256Kind = new("prime256v1", ["req", "-new", "-sha256"], ["dgst", "-sha256"]);

    private static readonly Dictionary<string, string> Values = new()
    {
        ["organisationName"] = "北京虎符科技有限公司", ["creditCode"] = Applicant.CreditCode, ["province"] = "北京市", ["agentName"] = "赵经办", ["agentIdentityNumber"] = Applicant.AgentIdentityNumber,
        ["agentPhone"] = Applicant.AgentPhone, ["agentEmail"] = Applicant.AgentEmail, ["personName"] = "林持有", ["identityNumber"] = "310101197501011231", ["phone"] = "13900000000", ["email"] = "person@unit.example",
        ["hostName"] = "www.unit.example", ["deviceName"] = "gateway-1", ["unit"] = "信息中心", ["department"] = "信息中心", ["position"] = "法定代表人",
    };

    public static TheoryData<string> Types => [.. SourceTree.Policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder).Select(profile => profile.Id).Order(StringComparer.Ordinal)];

    [Theory]
    [Clause("6.1.1-a")]
    [Clause("6.2.2.1-a")]
    [Clause("6.2.6.2-a")]
    [MemberData(nameof(Types))]
    public Task A_type_is_applied_for_renewed_re_keyed_and_revoked(string type) => WalkAsync(type, Sm2Kind);

    [Fact]
    [Clause("6.1.1-a")]
    [Clause("6.2.6.2-a")]
    public Task A_type_of_a_P256_CA_is_applied_for_renewed_re_keyed_and_revoked_with_P256_keys() => WalkAsync(Single, P256Kind);

    private static async Task WalkAsync(string type, Kind kind)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "There is no /usr/bin/openssl here (./test installs it).");
        using var folder = new TempFolder();
        await using var sink = await MailSink.StartAsync(RaOffice.Ct);
        await using var office = await RaOffice.OpenAsync(new MailSettings { SmtpHost = "127.0.0.1", SmtpPort = sink.Port, From = "ra@ca.example" });
        var profile = office.Context.Policy.HolderProfile(type);
        office.Ca.Life = TimeSpan.FromDays(20);
        office.Ca.Spoil = pair => profile.Pairs == KeyPairs.Dual ? pair : pair with { EncryptionCertificate = null, EnvelopedKey = null };
        var fields = profile.Fields.Where(field => field.Required || field.Name is "province").ToDictionary(field => field.Name, field => Values[field.Name]);
        if (kind == P256Kind)
        {
            await office.TakesP256Async(type);
        }

        // Apply.
        var request = await RequestAsync(folder, kind, "first");
        var application = new NewApplication(type, fields, request, Applicant.Phrase, "1.0", AgreementAccepted: true, Publish: true);
        var created = office.Context.Policy.Forms[type].Channels.Contains(ApplicationChannel.Online)
            ? await office.ApplyAsync(application)
            : await office.Site.PostAsync<ActRequest, ApplicationCreated>(
                "/api/ra/counter/applications", office.Clerk.Act(Rooms.Ra, ActNames.RaApplicationTake, "application/new", new CounterApplication(application, "运维人员", "工作证"), office.Clock.GetUtcNow()));
        var first = await IssueAsync(office, sink, created, new Filed(created.Id, created.AccessToken, type, fields, request), renewal: false, submitted: false);

        // Renew: the same key again.
        var again = await RequestAsync(folder, kind, "first", fresh: false);
        var renewal = await office.Site.PostAsync<NewRenewal, ApplicationCreated>("/api/ra/renewals", new NewRenewal(first, again, "1.0", true));
        var second = await IssueAsync(office, sink, renewal, new Filed(renewal.Id, renewal.AccessToken, type, fields, again, first), renewal: true, submitted: renewal.EvidenceMissing.Count == 0);

        // Re-key: another key, the old one signs for it.
        var next = await RequestAsync(folder, kind, "second");
        var signature = await SignAsync(folder, kind, "first", NewRekey.TextToSign(second, next));
        var rekey = await office.Site.PostAsync<NewRekey, ApplicationCreated>("/api/ra/rekeys", new NewRekey(second, next, signature, "1.0", true));
        var third = await IssueAsync(office, sink, rekey, new Filed(rekey.Id, rekey.AccessToken, type, fields, next), renewal: true, submitted: rekey.EvidenceMissing.Count == 0);

        // Revoke: signed with the new key.
        var at = office.Clock.GetUtcNow();
        var revoked = await office.Site.PostAsync<SignedRevocation, PairRevoked>(
            "/api/ra/revocations/signed", new SignedRevocation(third, RevocationReason.CessationOfOperation, at, await SignAsync(folder, kind, "second", SignedRevocation.TextToSign(third, RevocationReason.CessationOfOperation, at))));
        Assert.Equal(profile.Pairs == KeyPairs.Dual ? 2 : 1, revoked.Serials.Count);
        Assert.Equal(3, office.Ca.Orders.Count);
    }

    // Papers, submission, entry, a finding for each check of the checklist, issue, mail, fetch; the serial.
    private static async Task<string> IssueAsync(RaOffice office, MailSink sink, ApplicationCreated created, Filed filed, bool renewal, bool submitted)
    {
        foreach (var kind in created.EvidenceMissing)
        {
            Assert.Null(await RaOffice.CodeOf(await office.PutAsync(filed, kind, RaOffice.Pdf)));
        }

        if (!submitted)
        {
            Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        }

        foreach (var (kind, digest) in await office.ReadAsync(session => session.Query<string>("SELECT kind || '=' || digest FROM ra_evidence WHERE application = @Id", new { filed.Id }).Select(row => (row.Split('=')[0], row.Split('=')[1])).ToList()))
        {
            filed.Papers[kind] = digest;
        }

        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        var findings = office.Context.Policy.Forms[filed.Profile].ChecksFor(filed.Fields, renewal)
            .Select(check => new CheckFinding(check.Id, true, "按表核验", check.Means[0], check.Means[0] == CheckMeans.CallBack ? new CallBack("010-11112222", "114 查得", "总机转办公室") : null)).ToList();
        var watch = Stopwatch.StartNew();
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, new VettingDecision(true, findings, null)))));
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed} from approval to the pair; 30 s are allowed (GM/T 0037).");
        var code = "";
        await office.UntilAsync(async () => (code = (await sink.WaitForAsync(1, RaOffice.Ct)).Select(RaOffice.Decode).Where(mail => mail.Contains($"Application: {filed.Id}", StringComparison.Ordinal)).Select(RaOffice.CodeIn).FirstOrDefault(one => one.Length > 0) ?? "").Length > 0, "the mail with the code");
        var pair = await office.FetchAsync(filed, code);
        await office.AcceptAsync(filed, pair, null);
        return RaOffice.SerialOf(pair);
    }

    private static async Task<byte[]> RequestAsync(TempFolder folder, Kind kind, string key, bool fresh = true)
    {
        if (fresh)
        {
            await RunAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + kind.Curve, "-out", folder[key + ".pem"]);
        }

        await RunAsync([.. kind.Request, "-key", folder[key + ".pem"], "-subj", "/CN=x", "-out", folder["request.pem"]]);
        return CertificationRequest.DecodePemOrDer(await File.ReadAllBytesAsync(folder["request.pem"], RaOffice.Ct)).Encode();
    }

    private static async Task<byte[]> SignAsync(TempFolder folder, Kind kind, string key, string text)
    {
        await File.WriteAllBytesAsync(folder["text"], Encoding.UTF8.GetBytes(text), RaOffice.Ct);
        await RunAsync([.. kind.Digest, "-sign", folder[key + ".pem"], "-out", folder["signature"], folder["text"]]);
        return await File.ReadAllBytesAsync(folder["signature"], RaOffice.Ct);
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var openssl = Process.Start(new ProcessStartInfo("/usr/bin/openssl", arguments) { RedirectStandardError = true })!;
        var error = await openssl.StandardError.ReadToEndAsync(RaOffice.Ct);
        await openssl.WaitForExitAsync(RaOffice.Ct);
        Assert.True(openssl.ExitCode == 0, error);
    }

    // How openssl makes and uses keys of an algorithm.
    private sealed record Kind(string Curve, string[] Request, string[] Digest);
}
