using Hufu.Contracts;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Status;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class CheckpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_reads_the_checkpoint_and_what_has_changed_since()
    {
        await using var place = await OcspPlace.OpenAsync();
        var good = await place.IssueAsync("甲");
        var held = await place.IssueAsync("乙");
        var old = await place.IssueAsync("丙");
        await place.RevokeAsync(held, RevocationReason.CertificateHold);
        await place.RevokeAsync(old, RevocationReason.KeyCompromise);
        await place.Module.CheckpointAsync(Cancel);
        await place.RevokeAsync(good, RevocationReason.Superseded);
        var later = await place.IssueAsync("丁");
        await place.ResumeAsync(held);

        var (index, used) = await RebuildAsync(place, place.Room.Context.DataDirectory);

        Assert.True(used);
        Assert.Equal(4, index.Count);
        Assert.Equal((Standing.Revoked, RevocationReason.Superseded), Of(good));
        Assert.Equal((Standing.Revoked, RevocationReason.KeyCompromise), Of(old));
        Assert.Equal(Standing.Good, Of(held).Standing);
        Assert.Equal(Standing.Good, Of(later).Standing);

        (Standing Standing, RevocationReason Reason) Of(Pki.Certificate certificate)
        {
            var standing = index.Find("operational", certificate.SerialNumber.Content);
            return (standing.Standing, standing.Reason);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task R14_a_damaged_or_foreign_checkpoint_is_not_read(int octet)
    {
        await using var place = await OcspPlace.OpenAsync();
        var revoked = await place.IssueAsync("甲");
        await place.Module.CheckpointAsync(Cancel);
        await place.RevokeAsync(revoked, RevocationReason.KeyCompromise);
        using var folder = new TempFolder();
        var file = await File.ReadAllBytesAsync(Path.Combine(place.Room.Context.DataDirectory, "status.index"), Cancel);
        file[octet < 0 ? file.Length - 2 : octet] ^= 1;
        await File.WriteAllBytesAsync(folder["status.index"], file, Cancel);

        var (index, used) = await RebuildAsync(place, folder.Path);

        Assert.False(used);
        Assert.Equal(Standing.Revoked, index.Find("operational", revoked.SerialNumber.Content).Standing);
    }

    [Fact]
    public void Many_come_back_from_a_file_as_they_went_in()
    {
        using var folder = new TempFolder();
        var index = new StatusIndex();
        for (var i = 0; i < 30_000; i++)
        {
            var serial = Crypto.Sm3.HashData(BitConverter.GetBytes(i)).AsSpan(0, i % 2 == 0 ? 16 : 20);
            index.Issued(i % 5 == 0 ? "root" : "operational", serial);
            if (i % 7 == 0)
            {
                index.Revoked(i % 5 == 0 ? "root" : "operational", serial, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + i), RevocationReason.Superseded);
            }
        }

        var checkpoint = new StatusCheckpoint(folder.Path);
        var digest = checkpoint.Write(index);
        checkpoint.Commit();
        var read = new StatusIndex();

        Assert.False(checkpoint.TryRead(new string('0', 64), read));
        Assert.Equal(0, read.Count);
        Assert.True(checkpoint.TryRead(digest, read));
        Assert.Equal((index.Count, index.RevokedCount), (read.Count, read.RevokedCount));
        for (var i = 0; i < 30_000; i++)
        {
            var serial = Crypto.Sm3.HashData(BitConverter.GetBytes(i)).AsSpan(0, i % 2 == 0 ? 16 : 20);
            var ca = i % 5 == 0 ? "root" : "operational";
            Assert.Equal(index.Find(ca, serial), read.Find(ca, serial));
        }
    }

    private static async Task<(StatusIndex Index, bool Used)> RebuildAsync(OcspPlace place, string folder)
    {
        var index = new StatusIndex();
        var used = await StatusRebuild.RunAsync(
            place.Room.Context.Database, new StatusCheckpoint(folder), index, new Issuers(index), new AuthorityWords(TimeSpan.FromHours(1)), Cancel);
        return (index, used);
    }
}
