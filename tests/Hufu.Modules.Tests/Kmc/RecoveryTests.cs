using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Recovery for the holder (6.2.8-b).</summary>
public sealed class RecoveryTests
{
    private static readonly CaseRemark Fine = new("已核对身份与理由");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.8-b")]
    public async Task A_holder_asks_on_the_user_page_follows_it_and_downloads_with_the_code()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var old = Sm2KeyPair.Generate();
        using var holder = new TestPerson("某单位经办人");
        var number = SerialNumber.Create();
        await place.GiveAsync(ca, number, old.PublicKey);
        var request = Request(holder, [number]);

        Assert.Equal("unknown-object", await place.Site.RefusedAsync("/api/kmc/recoveries/requests", Request(holder, [SerialNumber.Create()])));
        Assert.Equal("field-missing", await place.Site.RefusedAsync("/api/kmc/recoveries/requests", request with { Reason = " " }));
        Assert.Equal("possession-not-proven", await place.Site.RefusedAsync("/api/kmc/recoveries/requests", request with { SigningRequest = [.. request.SigningRequest[..^3], (byte)(request.SigningRequest[^3] ^ 1), .. request.SigningRequest[^2..]] }));
        var asked = await place.Site.PostAsync<RecoveryRequest, RecoveryStatus>("/api/kmc/recoveries/requests", request);
        Assert.Equal(CaseState.Requested, asked.State);
        var at = $"recovery/{asked.Id}";
        var listed = Assert.Single((await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Operator, ActNames.KmcCasesRead, "cases/recovery", new CaseQuery(CaseKind.Recovery, CaseState.Requested))).Cases);
        Assert.Equal("state-wrong", await place.RefusedAsync($"/recoveries/{asked.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, listed.StateToSign));
        Assert.Equal("role-missing", await place.RefusedAsync($"/recoveries/{asked.Id}/enter", staff.Business, ActNames.KmcRecoveryEnter, at, Fine, listed.StateToSign));
        var entered = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{asked.Id}/enter", staff.Operator, ActNames.KmcRecoveryEnter, at, Fine, listed.StateToSign);
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{asked.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, entered.StateToSign);
        var released = await place.DoAsync<CaseRemark, RecoveryReleased>($"/recoveries/{asked.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, Fine, approved.StateToSign);
        Assert.Equal((CaseState.Released, released.Until), await StatusAsync());
        var keys = await place.Site.PostAsync<RecoveryDownload, RecoveredKeys>($"/api/kmc/recoveries/{asked.Id}/download", new RecoveryDownload(released.Code));
        using (Sm2EnvelopedKey.Decode(Assert.Single(keys.Keys).EnvelopedKey).Open(holder.Key))
        {
            Assert.Equal((CaseState.Done, null), await StatusAsync());
        }

        // One that nobody stands behind is taken up and refused; it ends.
        var idle = await place.Site.PostAsync<RecoveryRequest, RecoveryStatus>("/api/kmc/recoveries/requests", request);
        var waiting = Assert.Single((await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Business, ActNames.KmcCasesRead, "cases/recovery", new CaseQuery(CaseKind.Recovery, CaseState.Requested))).Cases);
        var taken = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{idle.Id}/enter", staff.Operator, ActNames.KmcRecoveryEnter, $"recovery/{idle.Id}", Fine, waiting.StateToSign);
        await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{idle.Id}/refuse", staff.Business, ActNames.KmcRecoveryRefuse, $"recovery/{idle.Id}", Fine, taken.StateToSign);
        Assert.Equal(CaseState.Refused, (await place.Site.Client.GetFromJsonAsync<RecoveryStatus>($"/api/kmc/recoveries/{idle.Id}", ContractJson.Options, Cancel))!.State);

        async Task<(CaseState, DateTimeOffset?)> StatusAsync()
        {
            var status = await place.Site.Client.GetFromJsonAsync<RecoveryStatus>($"/api/kmc/recoveries/{asked.Id}", ContractJson.Options, Cancel);
            return (status!.State, status.CodeUntil);
        }
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task Gmt0038_recovery_by_two_people_and_a_one_time_code_into_the_new_key()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var old = Sm2KeyPair.Generate();
        using var holder = new TestPerson("某单位经办人");
        SerialNumber[] numbers = [SerialNumber.Create(), SerialNumber.Create()];
        var given = new[] { await place.GiveAsync(ca, numbers[0], old.PublicKey), await place.GiveAsync(ca, numbers[1], old.PublicKey) };
        await place.AskAsync(ca, new RevokeKeyRequest(numbers[1]));
        var request = Request(holder, numbers);

        Assert.Equal("role-missing", await place.RefusedAsync("/recoveries", staff.Business, ActNames.KmcRecoveryEnter, "recovery/new", request));
        var entered = await EnterAsync(place, staff, request);
        Assert.Equal(CaseState.Entered, entered.State);
        var at = $"recovery/{entered.Id}";
        Assert.Equal("role-missing", await place.RefusedAsync($"/recoveries/{entered.Id}/approve", staff.Operator, ActNames.KmcRecoveryApprove, at, Fine, entered.StateToSign));
        Assert.Equal("state-wrong", await place.RefusedAsync($"/recoveries/{entered.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, Fine, entered.StateToSign));
        Assert.Equal("state-wrong", await place.RefusedAsync($"/recoveries/{entered.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, "entered " + new string('0', 64)));
        var listed = await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Business, ActNames.KmcCasesRead, "cases/recovery", new CaseQuery(CaseKind.Recovery, CaseState.Entered));
        Assert.Equal(entered.StateToSign, Assert.Single(listed.Cases).StateToSign);
        Assert.Contains("某单位经办人", listed.Cases[0].Content, StringComparison.Ordinal);

        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{entered.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, entered.StateToSign);
        var asked = Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(numbers[1], holder.Key.PublicKey))));
        Assert.Contains("6.2.8-b", asked.Description, StringComparison.Ordinal);
        var released = await place.DoAsync<CaseRemark, RecoveryReleased>($"/recoveries/{entered.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, Fine, approved.StateToSign);
        Assert.Equal("code-wrong", await place.Site.RefusedAsync($"/api/kmc/recoveries/{entered.Id}/download", new RecoveryDownload("AAAAA-AAAAA-AAAAA-AAAAA")));
        var keys = await place.Site.PostAsync<RecoveryDownload, RecoveredKeys>(
            $"/api/kmc/recoveries/{entered.Id}/download", new RecoveryDownload(released.Code.Replace('-', ' ').ToLowerInvariant()));

        Assert.Equal(numbers.Select(number => number.ToString()), keys.Keys.Select(key => key.UserCertNo));
        for (var i = 0; i < numbers.Length; i++)
        {
            var envelope = Sm2EnvelopedKey.Decode(keys.Keys[i].EnvelopedKey);
            using var recovered = envelope.Open(holder.Key);
            using var first = given[i].ToEnvelopedKey().Open(old);
            Assert.Equal(first.PublicKey, recovered.PublicKey);
            Assert.Throws<PkiException>(() => envelope.Open(old));
        }

        Assert.Equal("code-used", await place.Site.RefusedAsync($"/api/kmc/recoveries/{entered.Id}/download", new RecoveryDownload(released.Code)));

        // The CA, too, may have the history of keys for the new signing key now.
        Assert.IsType<RestoreKeyResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(numbers[1], holder.Key.PublicKey))));
        using var stranger = Sm2KeyPair.Generate();
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(numbers[1], stranger.PublicKey))));

        var ledger = await place.Room.LedgerAsync();
        Assert.Single(ledger, line => line.Contains("\"kmc.recovery.fetched\"", StringComparison.Ordinal));
        Assert.Contains(ledger, line => line.Contains("kmc.recovery.approve", StringComparison.Ordinal) && line.Contains("孙业务", StringComparison.Ordinal));
        Assert.Contains(ledger, line => line.Contains("kmc.recovery.release", StringComparison.Ordinal) && line.Contains("李操作", StringComparison.Ordinal));
        Assert.DoesNotContain(ledger, line => line.Contains(released.Code, StringComparison.Ordinal));
        var kept = await place.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM kmc_recovery_code"), Cancel);
        Assert.Equal(0, kept);
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task A_code_has_few_tries_and_an_end()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var old = Sm2KeyPair.Generate();
        using var holder = new TestPerson("某单位经办人");
        var number = SerialNumber.Create();
        await place.GiveAsync(ca, number, old.PublicKey);

        var (shut, _) = await ReleaseAsync(place, staff, Request(holder, [number]));
        var wrong = new RecoveryDownload("00000-00000-00000-00000");
        var tries = place.Room.Context.Policy.Values.OneTimeCodeTries;
        for (var i = 1; i < tries; i++)
        {
            Assert.Equal("code-wrong", await place.Site.RefusedAsync($"/api/kmc/recoveries/{shut}/download", wrong));
        }

        Assert.Equal("tries-exhausted", await place.Site.RefusedAsync($"/api/kmc/recoveries/{shut}/download", wrong));
        Assert.Equal("tries-exhausted", await place.Site.RefusedAsync($"/api/kmc/recoveries/{shut}/download", wrong));
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(number, holder.Key.PublicKey))));

        var (late, released) = await ReleaseAsync(place, staff, Request(holder, [number]));
        Assert.Equal("code-wrong", await place.Site.RefusedAsync($"/api/kmc/recoveries/{new string('a', 32)}/download", new RecoveryDownload(released.Code)));
        place.Room.Clock.Set(released.Until);
        Assert.Equal("code-expired", await place.Site.RefusedAsync($"/api/kmc/recoveries/{late}/download", new RecoveryDownload(released.Code)));
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task What_does_not_fit_is_not_entered_and_what_is_refused_stays_refused()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var old = Sm2KeyPair.Generate();
        using var holder = new TestPerson("某单位经办人");
        var number = SerialNumber.Create();
        await place.GiveAsync(ca, number, old.PublicKey);
        var good = Request(holder, [number]);
        var forged = good.SigningRequest.ToArray();
        forged[^3] ^= 1;

        Task<string?> Refused(RecoveryRequest request) => place.RefusedAsync("/recoveries", staff.Operator, ActNames.KmcRecoveryEnter, "recovery/new", request);

        Assert.Equal("unknown-object", await Refused(good with { UserCertNumbers = ["0123"] }));
        Assert.Equal("unknown-object", await Refused(good with { Ca = "ca-9" }));
        Assert.Equal("field-invalid", await Refused(good with { UserCertNumbers = [] }));
        Assert.Equal("field-missing", await Refused(good with { Reason = " " }));
        Assert.Equal("possession-not-proven", await Refused(good with { SigningRequest = forged }));
        var entered = await EnterAsync(place, staff, good);
        var refused = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{entered.Id}/refuse", staff.Business, ActNames.KmcRecoveryRefuse, $"recovery/{entered.Id}", Fine, entered.StateToSign);
        Assert.Equal(CaseState.Refused, refused.State);
        Assert.Equal(
            "state-wrong", await place.RefusedAsync($"/recoveries/{entered.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, $"recovery/{entered.Id}", Fine, refused.StateToSign));
    }

    internal static RecoveryRequest Request(TestPerson holder, IReadOnlyList<SerialNumber> numbers) =>
        new(Rooms.Ca, [.. numbers.Select(number => number.ToString())], holder.Name, RecoveryGround.Lost, "介质丢失", holder.Request().Request);

    private static Task<CaseStep> EnterAsync(KmcPlace place, KmcStaff staff, RecoveryRequest request) =>
        place.DoAsync<RecoveryRequest, CaseStep>("/recoveries", staff.Operator, ActNames.KmcRecoveryEnter, "recovery/new", request);

    private static async Task<(string Id, RecoveryReleased Released)> ReleaseAsync(KmcPlace place, KmcStaff staff, RecoveryRequest request)
    {
        var entered = await EnterAsync(place, staff, request);
        var at = $"recovery/{entered.Id}";
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{entered.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, entered.StateToSign);
        return (entered.Id, await place.DoAsync<CaseRemark, RecoveryReleased>($"/recoveries/{entered.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, Fine, approved.StateToSign));
    }
}
