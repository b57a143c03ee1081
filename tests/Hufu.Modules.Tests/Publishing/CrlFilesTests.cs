using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Publishing.Crls;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

/// <summary>CRLs that come in pieces: published whole or not at all.</summary>
public sealed class CrlFilesTests
{
    private static readonly byte[] Crl = SecureRandom.GetBytes(10_000_000);
    private static readonly CrlFile Announced = new(Crl.Length, Convert.ToHexStringLower(Sm3.HashData(Crl)), 3);

    [Fact]
    public async Task PiecesMakeTheFileAndComingAgainChangesNothing()
    {
        using var folder = new TempFolder();
        var files = new CrlFiles(folder["crls"]);
        foreach (var piece in Pieces().Concat(Pieces()))
        {
            files.Add(piece);
        }

        Assert.True(files.Complete(Announced));
        Assert.True(files.Complete(Announced));
        files.Add(Pieces()[0]);
        Assert.Equal(Crl, await File.ReadAllBytesAsync(files.PathOf(Announced.Digest), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AMissingOrChangedPieceIsNotPublished()
    {
        using var folder = new TempFolder();
        var files = new CrlFiles(folder["crls"]);
        Assert.False(files.Complete(Announced));
        files.Add(Pieces()[0]);
        files.Add(Pieces()[2]);
        Assert.False(files.Complete(Announced));
        var changed = Pieces()[1] with { Bytes = [.. Pieces()[1].Bytes.Reverse()] };
        files.Add(changed);
        Assert.False(files.Complete(Announced));
        files.Add(Pieces()[1]);
        Assert.True(files.Complete(Announced));
    }

    [Fact]
    public void WhatIsNoPieceIsRefused()
    {
        using var folder = new TempFolder();
        var files = new CrlFiles(folder["crls"]);
        foreach (var piece in new[] { Pieces()[0] with { Digest = "../" + new string('a', 61) }, Pieces()[0] with { Offset = -1 }, Pieces()[0] with { Bytes = [] }, Pieces()[0] with { Offset = long.MaxValue } })
        {
            Assert.Equal(RefusalCode.Malformed, Assert.Throws<RefusedException>(() => files.Add(piece)).Refusal.Code);
        }
    }

    private static CrlPiece[] Pieces() => [.. Crl.Chunk(4 << 20).Select((bytes, i) => new CrlPiece(Announced.Digest, i, (long)i * (4 << 20), bytes))];
}
