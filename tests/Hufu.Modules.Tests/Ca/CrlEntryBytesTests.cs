using Hufu.Ca.Crls;
using Hufu.Ca.Rules;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The CA's own writer of large lists says byte for byte what the kernel's says.</summary>
public sealed class CrlEntryBytesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20_000)]
    public void AListIsTheKernelsList(int count)
    {
        using var folder = new TempFolder();
        using var key = Sm2KeyPair.Generate();
        var header = new RevocationListHeader
        {
            Issuer = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "虎符运营 CA")), ThisUpdate = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero),
            NextUpdate = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), Number = 1_234_567, AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromKeyIdentifier(key.PublicKey.KeyIdentifier),
            DeltaBase = count == 3 ? 7 : null,
        };

        // Every kind of entry: each reason, with and without invalidityDate, times of both kinds, serials of one byte and of twenty-one.
        long[] times = [0, -1_000, -500, 2_524_607_999_000, 2_524_608_000_000, -631_152_000_000, -631_152_001_000, 1_795_000_000_000, 1_709_164_799_999];
        int[] reasons = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10];
        string[] serials = ["01", "7f", "0080", "00" + new string('f', 40), "00aabbccdd", "1234567890abcdef1234567890abcdef12345678"];
        List<CrlEntryKey> keys = [.. Enumerable.Range(0, count).Select(i => new CrlEntryKey(
            serials[i % serials.Length], times[i % times.Length], reasons[i % reasons.Length], i % 7 < 4 ? 0 : times[(i / 3 % (times.Length - 1)) + 1]))];
        var kernel = CertificateRevocationList.Sign(header, [.. keys.Select(entry => new RevokedEntry(
            SerialNumber.TryParse(entry.Serial.ToString(), out var serial) ? serial : throw new InvalidOperationException(), DateTimeOffset.FromUnixTimeMilliseconds(entry.RevokedAt),
            (RevocationReason)entry.Reason, entry.InvalidFrom == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(entry.InvalidFrom)))], key);

        using var spool = new CrlEntrySpool(folder["entries"]);
        keys.ForEach(spool.Add);
        CrlWritten written;
        using (var file = new FileStream(folder["list.crl"], FileMode.CreateNew))
        {
            written = CrlFileWriter.Write(file, header, spool, key, Hufu.Contracts.KeyAlgorithm.Sm2);
        }

        var bytes = File.ReadAllBytes(folder["list.crl"]);
        var ours = CertificateRevocationList.Decode(bytes);
        Assert.True(ours.TbsData.Span.SequenceEqual(kernel.TbsData.Span), "The TBS bytes differ.");
        Assert.True(key.PublicKey.Verify(ours.SignatureAlgorithm, ours.TbsData.Span, ours.Signature.Span), "The signature does not verify.");
        Assert.Equal(Crypto.Sm3.HashData(bytes), written.Digest);
        using var read = CrlFile.Open(folder["list.crl"]);
        Assert.Equal(keys.Select(entry => (entry.Serial, entry.Reason)), read.Entries().Select(entry => (entry.Serial, entry.Reason)));
    }
}
