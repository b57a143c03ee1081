using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>R17: a key centre that was put back from a backup hands nothing out before it is reconciled. And what an ended process leaves of the initialisation is made up.</summary>
public sealed class RestoredTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R17_nothing_is_made_given_released_or_certified_while_the_key_centre_is_marked_as_restored()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = new TestPerson("某单位经办人");
        using var stranger = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await place.GiveAsync(ca, number, stranger.PublicKey);
        var entered = await place.DoAsync<RecoveryRequest, CaseStep>(
            "/recoveries", staff.Operator, ActNames.KmcRecoveryEnter, "recovery/new", RecoveryTests.Request(holder, [number]));
        var fine = new CaseRemark("已核对");
        var at = $"recovery/{entered.Id}";
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{entered.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, fine, entered.StateToSign);

        new RestoreMark("b", place.Now.AddHours(-1), place.Now, 1, 1).Set(place.Room.Context.DataDirectory);
        var silent = await Assert.ThrowsAsync<RefusedException>(() => place.GiveAsync(ca, SerialNumber.Create(), stranger.PublicKey));
        Assert.Equal(RefusalCode.RoomUnreachable, silent.Refusal.Code);
        Assert.Equal("room-unreachable", await place.RefusedAsync("/refills", staff.Operator, ActNames.KmcRefill, "store/spare", new KeyRefill(1)));
        Assert.Equal("room-unreachable", await place.RefusedAsync($"/recoveries/{entered.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, fine, approved.StateToSign));
        Assert.Equal("room-unreachable", await place.Site.RefusedAsync($"/api/kmc/recoveries/{entered.Id}/download", new RecoveryDownload("AAAAA")));
        Assert.Equal("room-unreachable", await place.RefusedAsync("/storage-key", staff.Business, ActNames.KmcStorageKeyChange, "storage-key/1", fine));
        using var late = new TestPerson("后来者");
        Assert.Equal("room-unreachable", await place.Site.RefusedAsync("/api/kmc/staff", place.Appointment(staff.Business, Roles.Operator, late)));
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check is { Name: "reconciled", Healthy: false });

        // Reconciled: everything goes on, and what was asked meanwhile is asked again by the CA.
        Assert.True(RestoreMark.Clear(place.Room.Context.DataDirectory));
        await place.GiveAsync(ca, SerialNumber.Create(), stranger.PublicKey);
        var released = await place.DoAsync<CaseRemark, RecoveryReleased>($"/recoveries/{entered.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, fine, approved.StateToSign);
        Assert.Single((await place.Site.PostAsync<RecoveryDownload, RecoveredKeys>($"/api/kmc/recoveries/{entered.Id}/download", new RecoveryDownload(released.Code))).Keys);
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check is { Name: "reconciled", Healthy: true });
    }

    [Fact]
    public async Task A_process_that_ended_before_the_ledger_had_its_certificate_makes_up_for_it()
    {
        using var folder = new TempFolder();
        KmcInitialisation request;
        KmcInitialised first;
        string file;
        byte[] certificate;
        await using (var ended = await KmcPlace.OpenAsync(folder: folder.Path))
        {
            request = ended.Request();
            first = await ended.Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", request);
            file = Path.Combine(ended.Room.Context.DataDirectory, "audit", "head-signer.cer");
            certificate = await File.ReadAllBytesAsync(file, Cancel);
        }

        // As it is when the process ends right after the initialisation's transaction.
        File.Delete(file);
        await using var place = await KmcPlace.OpenAsync(folder: folder.Path);
        Assert.Equal(certificate, await File.ReadAllBytesAsync(file, Cancel));
        File.Delete(file);
        var again = await place.Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", request);
        Assert.Equal(first.KmCertificate, again.KmCertificate);
        Assert.Equal(certificate, await File.ReadAllBytesAsync(file, Cancel));
        await place.Room.Context.Ledger.SignHeadAsync(Cancel);
        Assert.True(LedgerVerifier.Verify(Path.Combine(place.Room.Context.DataDirectory, "audit"), (SignedHead?)null).Verdict == LedgerVerdict.Whole);
    }
}
