using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class CeremonyTests
{
    [Fact]
    [Clause("6.6.2.2-a")]
    [Clause("6.6.2.2-c")]
    [Clause("6.6.2.1-a")]
    public async Task Three_of_five_holders_and_an_operator_prove_the_backup()
    {
        await using var ca = await TestRoom.OpenAsync(Rooms.Ca);
        ca.InstallIdentity();
        var device = new SplitDevice();
        var desk = new CeremonyDesk(ca.Context, device);
        await using var site = await TestSite.StartAsync(desk.MapEndpoints);
        var holders = new List<TestPerson>();
        for (var number = 1; number <= 5; number++)
        {
            var holder = await ca.InRoleAsync(Roles.ShareHolder, $"持有人{number}");
            holders.Add(holder);
            var share = number;
            await ca.Context.Database.WriteAsync(
                session =>
                {
                    var member = ca.Context.Staff.FindByCertificate(session, ActStatement.Digest(holder.Certificate!.RawData.Span))!;
                    desk.RecordHolder(session, share, member.PersonId);
                    desk.Note(session, $"发放密钥分量 {share} | 密封", member.ToString(), new string('0', 64));
                },
                CancellationToken.None);
        }

        using var operate = await ca.InRoleAsync(Roles.Operator, "吴操作");

        ActRequest Present(int holder, int number, byte[] share) => holders[holder - 1].Act(
            Rooms.Ca, ActNames.SharePresent, "device/ca", new SharePresentation(number, Sm2Cipher.Encrypt(ca.Context.Identity.EncryptionCertificate!.PublicKey.RequireSm2(), share).Encode()), ca.Clock.GetUtcNow());

        ActRequest Check(TestPerson person) => person.Act(Rooms.Ca, ActNames.BackupVerify, "device/ca", new BackupCheck("季度演练"), ca.Clock.GetUtcNow());

        Assert.Equal("share-invalid", await site.RefusedAsync("/api/ca/ceremony/shares", Present(1, 2, SplitDevice.Share(2))));
        Assert.Equal("share-invalid", await site.RefusedAsync("/api/ca/ceremony/shares", Present(1, 1, SplitDevice.Share(2))));
        Assert.Equal("share-invalid", await site.RefusedAsync("/api/ca/ceremony/shares", Present(1, 9, SplitDevice.Share(9))));
        Assert.Equal("share-invalid", await site.RefusedAsync(
            "/api/ca/ceremony/shares", holders[0].Act(Rooms.Ca, ActNames.SharePresent, "device/ca", new SharePresentation(1, [1, 2, 3]), ca.Clock.GetUtcNow())));
        Assert.Equal("shares-too-few", await site.RefusedAsync("/api/ca/ceremony/backup-check", Check(operate)));

        Assert.Equal(new SharesPresented(1, 3), await site.PostAsync<ActRequest, SharesPresented>("/api/ca/ceremony/shares", Present(1, 1, SplitDevice.Share(1))));
        Assert.Equal(new SharesPresented(1, 3), await site.PostAsync<ActRequest, SharesPresented>("/api/ca/ceremony/shares", Present(1, 1, SplitDevice.Share(1))));
        Assert.Equal(new SharesPresented(2, 3), await site.PostAsync<ActRequest, SharesPresented>("/api/ca/ceremony/shares", Present(3, 3, SplitDevice.Share(3))));
        Assert.Equal("shares-too-few", await site.RefusedAsync("/api/ca/ceremony/backup-check", Check(operate)));
        Assert.Equal(new SharesPresented(3, 3), await site.PostAsync<ActRequest, SharesPresented>("/api/ca/ceremony/shares", Present(5, 5, SplitDevice.Share(5))));
        Assert.Equal("role-missing", await site.RefusedAsync("/api/ca/ceremony/backup-check", Check(holders[0])));

        var done = await site.PostAsync<ActRequest, BackupChecked>("/api/ca/ceremony/backup-check", Check(operate));
        Assert.True(done is { KeysCompared: 5, AllEqual: true });
        Assert.Equal([1, 3, 5], device.Joined);
        Assert.All(device.Seen, share => Assert.All(share, b => Assert.Equal(0, b)));
        Assert.Equal("shares-too-few", await site.RefusedAsync("/api/ca/ceremony/backup-check", Check(operate)));

        var transcript = await site.Client.GetStringAsync("/api/ca/ceremony/transcript", CancellationToken.None);
        Assert.Contains("持有人3", transcript, StringComparison.Ordinal);
        Assert.Contains("发放密钥分量 1 \\| 密封", transcript, StringComparison.Ordinal);
        Assert.Contains("季度演练", transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_do_not_lie_on_the_table_for_long()
    {
        await using var ca = await TestRoom.OpenAsync(Rooms.Ca);
        ca.InstallIdentity();
        var desk = new CeremonyDesk(ca.Context, new SplitDevice());
        using var holder = await ca.InRoleAsync(Roles.ShareHolder, "持有人");
        await ca.Context.Database.WriteAsync(session => desk.RecordHolder(session, 1, "P0001"), CancellationToken.None);
        await ca.Context.Database.WriteAsync(session => desk.RecordHolder(session, 2, "P0001"), CancellationToken.None);

        Task<SharesPresented> Present(int number) => desk.PresentAsync(
            holder.Act(
                Rooms.Ca, ActNames.SharePresent, "device/ca",
                new SharePresentation(number, Sm2Cipher.Encrypt(ca.Context.Identity.EncryptionCertificate!.PublicKey.RequireSm2(), SplitDevice.Share(number)).Encode()), ca.Clock.GetUtcNow()),
            CancellationToken.None);

        Assert.Equal(1, (await Present(1)).Presented);
        ca.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(2, (await Present(2)).Presented);
        ca.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await Present(2)).Presented);
    }

    private sealed class SplitDevice : ICeremonyDevice
    {
        public List<byte[]> Seen { get; } = [];

        public IReadOnlyList<int> Joined { get; private set; } = [];

        public static byte[] Share(int number) => [.. Enumerable.Repeat((byte)(number + 1), 32)];

        public bool VerifyShare(int number, ReadOnlySpan<byte> share) => share.SequenceEqual(Share(number));

        public Task<BackupComparison> CompareBackupAsync(IReadOnlyList<PresentedShare> shares, CancellationToken ct)
        {
            Seen.AddRange(shares.Select(share => share.Share));
            Joined = [.. shares.Select(share => share.Number)];
            return Task.FromResult(new BackupComparison(5, true, new string('a', 64)));
        }
    }
}
