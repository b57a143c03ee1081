using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public sealed class EvidenceStoreTests : IDisposable
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n营业执照 1 0 obj\nendobj\nstartxref\n0\n%%EOF\n");
    private static readonly byte[] Png = Convert.FromHexString(
        "89504E470D0A1A0A0000000D49484452000000010000000108060000001F15C4890000000A49444154789C6360000000020001E221BC330000000049454E44AE426082");
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9];

    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    private string Folder => Path.Combine(place.Folder, "evidence");

    public void Dispose() => place.Dispose();

    [Fact]
    [Clause("6.1.3.2-f")]
    public async Task Evidence_is_kept_sealed_by_content_and_comes_back_the_same()
    {
        var store = new EvidenceStore(Folder, new TestCipher());
        foreach ((byte[] content, string type) in new[] { (Pdf, "application/pdf"), (Png, "image/png"), (Jpeg, "image/jpeg") })
        {
            EvidenceRef kept = await store.PutAsync(content, 1_000, Ct);
            Assert.Equal(new EvidenceRef(Convert.ToHexStringLower(Sm3.HashData(content)), type, content.Length), kept);
            Assert.Equal(content, await store.GetAsync(kept.Digest, Ct));
            byte[] atRest = File.ReadAllBytes(Path.Combine(Folder, kept.Digest[..2], kept.Digest + ".sealed"));
            Assert.True(atRest.AsSpan().IndexOf(content.AsSpan(0, 8)) < 0);
            Assert.Equal(kept, await store.PutAsync(content, 1_000, Ct));
            Assert.Equal(atRest, File.ReadAllBytes(Path.Combine(Folder, kept.Digest[..2], kept.Digest + ".sealed"))); // kept once
        }

        Assert.Equal(3, Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("", EvidenceError.Empty)]
    [InlineData("4D5A900003", EvidenceError.NotAllowed)] // a program
    [InlineData("3C68746D6C3E", EvidenceError.NotAllowed)] // <html>
    [InlineData("255044462D312E370A0A0A0A0A0A0A0A0A0A0A0A", EvidenceError.NotAllowed)] // a PDF without its end
    [InlineData("89504E470D0A1A0A0000000D49484452000000010000000108060000001F15C4890000000A49444154789C6360", EvidenceError.NotAllowed)] // a PNG cut off
    [InlineData("FFD8FFE000040102", EvidenceError.NotAllowed)] // a JPEG cut off
    [InlineData("0A255044462D312E370A2525454F460A0A0A0A0A", EvidenceError.NotAllowed)] // a PDF behind something else
    public async Task What_is_not_wanted_is_refused_and_leaves_nothing(string hex, EvidenceError error)
    {
        var store = new EvidenceStore(Folder, new TestCipher());
        Assert.Equal(error, (await Assert.ThrowsAsync<EvidenceException>(() => store.PutAsync(Convert.FromHexString(hex), 1_000, Ct))).Error);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task The_callers_limit_holds_and_a_failing_device_leaves_nothing()
    {
        var cipher = new TestCipher();
        var store = new EvidenceStore(Folder, cipher);
        Assert.Equal(EvidenceError.TooLarge, (await Assert.ThrowsAsync<EvidenceException>(() => store.PutAsync(Pdf, Pdf.Length - 1, Ct))).Error);
        cipher.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(Pdf, Pdf.Length, Ct));
        Assert.Empty(Directory.GetFiles(Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Altered_exchanged_and_missing_evidence_is_not_given_out()
    {
        var store = new EvidenceStore(Folder, new TestCipher());
        EvidenceRef pdf = await store.PutAsync(Pdf, 1_000, Ct);
        EvidenceRef png = await store.PutAsync(Png, 1_000, Ct);
        string pdfFile = Path.Combine(Folder, pdf.Digest[..2], pdf.Digest + ".sealed");
        string pngFile = Path.Combine(Folder, png.Digest[..2], png.Digest + ".sealed");
        async Task<EvidenceError> ErrorOf(string digest) => (await Assert.ThrowsAsync<EvidenceException>(() => store.GetAsync(digest, Ct))).Error;
        byte[] good = File.ReadAllBytes(pdfFile);
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x10;
            File.WriteAllBytes(pdfFile, bad);
            Assert.Equal(EvidenceError.Altered, await ErrorOf(pdf.Digest));
        }

        File.Copy(pngFile, pdfFile, overwrite: true);
        Assert.Equal(EvidenceError.Altered, await ErrorOf(pdf.Digest));
        await store.PutAsync(Pdf, 1_000, Ct); // put again, it is mended
        Assert.Equal(Pdf, await store.GetAsync(pdf.Digest, Ct));
        Assert.Equal(EvidenceError.Missing, await ErrorOf(new string('0', 64)));
        Assert.Equal(EvidenceError.Missing, await ErrorOf("../../etc/passwd"));
        var other = new EvidenceStore(Folder, new TestCipher());
        Assert.Equal(EvidenceError.Altered, (await Assert.ThrowsAsync<EvidenceException>(() => other.GetAsync(pdf.Digest, Ct))).Error);
    }

    /// <summary>SM4-GCM under a key of its own.</summary>
    private sealed class TestCipher : IDataCipher
    {
        private readonly byte[] key = SecureRandom.GetBytes(16);

        internal bool Fails { get; set; }

        public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
        {
            if (Fails)
            {
                throw new IOException("the device is away");
            }

            using var gcm = new Sm4Gcm(key);
            var result = new byte[12 + plaintext.Length + 16];
            SecureRandom.Fill(result.AsSpan(0, 12));
            gcm.Encrypt(result.AsSpan(0, 12), plaintext, result.AsSpan(12, plaintext.Length), result.AsSpan(12 + plaintext.Length), associatedData);
            return result;
        }

        public byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData)
        {
            using var gcm = new Sm4Gcm(key);
            var plaintext = new byte[Math.Max(0, sealedData.Length - 28)];
            return sealedData.Length >= 28 && gcm.TryDecrypt(sealedData[..12], sealedData[12..^16], sealedData[^16..], plaintext, associatedData)
                ? plaintext
                : throw new PkiException(PkiError.NotOpened, "It does not open.");
        }
    }
}
