using Hufu.Ca.Alarms;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>A key that a deed makes is in no backup until the share holders have come together: alarm, list, a stop after the policy's time, and the new split (6.6.2.2-a, 6.6.2.2-c).</summary>
public sealed class KeyBackupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.2.2-a")]
    [Clause("6.6.2.2-c")]
    public async Task ANewKeyStandsAsAnAlarmUntilTheBackupIsSplitAnew()
    {
        await using var ca = await BornCa.OpenAsync();
        var first = await ReadAsync(ca);
        Assert.Equal(["operational", "root"], first.Keys.Select(key => key.Ca).Order(StringComparer.Ordinal));
        Assert.All(first.Keys, key => Assert.Equal((first.Digest, null), (key.HeldBy, key.Due)));
        Assert.Empty(await AlarmsAsync(ca));

        var proposal = await ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, "ca/operational", new AuthorityProposal(AuthorityDeed.ChangeKey, "operational", "使用期届满")));
        await ca.Site.PostAsync<ActRequest, DeedDone>(
            $"/api/ca/deeds/{proposal.Id}/approval", ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{proposal.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), proposal.State));
        var made = (await ReadAsync(ca)).Keys.Single(key => key.HeldBy is null);
        Assert.Equal(("operational-2", "active", made.Since + TimeSpan.FromDays(7)), (made.Ca, made.State, made.Due));
        Assert.Contains("/api/ca/ceremony/split", Assert.Single(await AlarmsAsync(ca)).Words, StringComparison.Ordinal);
        Assert.True((await ca.Module.CheckHealthAsync(Ct)).Single(check => check.Name == "backup").Healthy);

        // Nobody splits it alone, nor somebody without the role.
        Assert.Equal("shares-too-few", await ca.Site.RefusedAsync("/api/ca/ceremony/split", Split(ca, ca.Operator)));
        Assert.Equal("role-missing", await ca.Site.RefusedAsync("/api/ca/ceremony/split", Split(ca, ca.Super)));
        foreach (var number in new[] { 1, 3, 5 })
        {
            await PresentAsync(ca, number, ca.Born.Shares);
        }

        Assert.Equal("field-invalid", await ca.Site.RefusedAsync("/api/ca/ceremony/split", Split(ca, ca.Operator, " ")));
        var act = Split(ca, ca.Operator);
        var backup = await ca.Site.PostAsync<ActRequest, BackupMade>("/api/ca/ceremony/split", act);
        Assert.Equal((5, ca.Room.Context.Identity.Device.Labels.Count), (backup.Shares.Count, backup.Keys));
        var read = await ReadAsync(ca);
        Assert.Equal(backup.Digest, read.Digest);
        Assert.All(read.Keys, key => Assert.Equal(backup.Digest, key.HeldBy));
        Assert.Empty(await AlarmsAsync(ca));

        // A connection that broke: the same shares. The presence of the holders was used up.
        var again = await ca.Site.PostAsync<ActRequest, BackupMade>("/api/ca/ceremony/split", act);
        Assert.Equal(backup.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)), again.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)));
        Assert.Equal("shares-too-few", await ca.Site.RefusedAsync("/api/ca/ceremony/split", Split(ca, ca.Operator)));

        // The old shares open nothing of the new set, the new ones prove the backup with the new key in it.
        Assert.Equal("share-invalid", await ca.Site.RefusedAsync("/api/ca/ceremony/shares", Presentation(ca, 2, ca.Born.Shares)));
        foreach (var number in new[] { 2, 3, 4 })
        {
            await PresentAsync(ca, number, backup.Shares);
        }

        var compared = await ca.Site.PostAsync<ActRequest, BackupChecked>("/api/ca/ceremony/backup-check", ca.Act(ca.Operator, ActNames.BackupVerify, "device/ca", new BackupCheck("核对")));
        Assert.True(compared.AllEqual);
        Assert.Equal(ca.Room.Context.Identity.Device.Labels.Count, compared.KeysCompared);
        Assert.Contains(compared.Steps, step => step.Digest == backup.Digest && step.Who.Contains("持有人1", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.6.2.2-c")]
    public async Task PastTheTimeOfThePolicyNothingIsIssuedUnderAKeyWithoutBackup()
    {
        await using var ca = await BornCa.OpenAsync(lasting: true);

        // An installation of before there was a list of keys: its backup holds what was certified until then.
        await ca.Room.Context.Database.WriteAsync(session => session.Execute("DELETE FROM ca_backup_keys"), Ct);
        await ca.OffForAsync(TimeSpan.FromDays(30));
        Assert.All((await ReadAsync(ca)).Keys, key => Assert.NotNull(key.HeldBy));

        // As if the CA's key had been made after its backup.
        await ca.Room.Context.Database.WriteAsync(session => session.Execute("DELETE FROM ca_backup_keys WHERE label <> 'root'"), Ct);
        await ca.OffForAsync(TimeSpan.FromDays(1));
        Assert.Equal("operational", Assert.Single((await ReadAsync(ca)).Keys, key => key.HeldBy is null).Ca);
        var refused = Refusals.Expect(RefusalCode.BackupMissing, () => ca.Module.Desks.Authorities.Demand().DemandActive("operational"));
        Assert.Contains("'operational'", refused.Evidence, StringComparison.Ordinal);
        Assert.False((await ca.Module.CheckHealthAsync(Ct)).Single(check => check.Name == "backup").Healthy);

        // Certificates of rooms and people, CRLs and deeds about the CA itself go on.
        Assert.Equal("operational", ca.Module.Desks.Authorities.Demand().DemandLine("operational").Name);
        Assert.True((await ca.Module.Desks.Crls.IssueAsync("operational", Hufu.Ca.Crls.CrlOccasion.OnDemand, "t", Ct)).Number > 0);
    }

    [Fact]
    [Clause("6.6.2.2-c")]
    public async Task AnOrderWaitsForTheBackupAndIsIssuedAfterIt()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        place.Desks.Authorities.SetUnbacked(new Dictionary<string, string> { ["operational"] = "in no backup" });
        await Refusals.ExpectAsync(RefusalCode.BackupMissing, () => place.IssueAsync(place.Order(holder)));
        await Refusals.ExpectAsync(RefusalCode.BackupMissing, () => place.IssueManyAsync([place.Order(holder)]));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        place.Desks.Authorities.SetUnbacked(new Dictionary<string, string>());
        Assert.NotNull((await place.IssueAsync(place.Order(holder))).EncryptionCertificate);
    }

    [Fact]
    [Clause("6.6.2.2-c")]
    public void ACeremonyThatBackedTheDeviceUpCountsForTheKeysThatItLeftActive()
    {
        Assert.Equal("c1", Hufu.Ca.Backups.BackupWatch.HeldBy([Ceremony("c1", "back-up", "active"), Ceremony("c2", "activate", "active")], "k"));
        Assert.Equal("c2", Hufu.Ca.Backups.BackupWatch.HeldBy([Ceremony("c1", "back-up", "active"), Ceremony("c2", "clone", "active")], "k"));
        Assert.Null(Hufu.Ca.Backups.BackupWatch.HeldBy([Ceremony("c1", "back-up", "archived"), Ceremony("c2", "generate", "active")], "k"));
        Assert.Null(Hufu.Ca.Backups.BackupWatch.HeldBy([Ceremony("c1", "back-up", "active")], "another"));

        static CeremonyTranscript Ceremony(string id, string act, string state) => new()
        {
            Id = id, Title = "x", TitleEn = "x", Place = "x", ScriptDigest = "x", Begun = DateTimeOffset.UnixEpoch, Ended = DateTimeOffset.UnixEpoch, People = [], Files = [],
            Acts = [new CeremonyAct(1, DateTimeOffset.UnixEpoch, act, "x", "x", [], null)], Keys = [new CeremonyKey("d", "ca", "k", state)],
        };
    }

    private static ActRequest Split(BornCa ca, TestPerson person, string reason = "新密钥入备份") => ca.Act(person, ActNames.BackupSplit, "device/ca", new BackupSplit(reason));

    private static Task<SharesPresented> PresentAsync(BornCa ca, int number, IReadOnlyList<ShareDelivery> shares) => ca.Site.PostAsync<ActRequest, SharesPresented>("/api/ca/ceremony/shares", Presentation(ca, number, shares));

    private static ActRequest Presentation(BornCa ca, int number, IReadOnlyList<ShareDelivery> shares)
    {
        using var share = SecretShare.Open(number, shares.Single(one => one.Number == number).EnvelopedShare, ca.Holders[number - 1].Key);
        return ca.Act(ca.Holders[number - 1], ActNames.SharePresent, "device/ca", new SharePresentation(number, share.Envelop(Certificate.Decode(ca.Born.Identity.EncryptionCertificate!).PublicKey.RequireSm2())));
    }

    private static Task<CaBackups> ReadAsync(BornCa ca) => ca.Module.Backups.ReadAsync(Ct);

    private static Task<IReadOnlyList<AlarmRow>> AlarmsAsync(BornCa ca) =>
        ca.Room.Context.Database.ReadAsync<IReadOnlyList<AlarmRow>>(session => [.. AlarmBook.Standing(session, 100).Where(alarm => alarm.Kind == AlarmKinds.KeyUnbacked)], Ct);
}
