using System.Text;
using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>
/// The judges judged: on files that BouncyCastle made they say yes, and no to each file with a byte changed. What they say of our own files counts only after this.
/// </summary>
public sealed class JudgeTests(JudgeTests.SampleFiles sample) : IClassFixture<JudgeTests.SampleFiles>
{
    /// <summary>A demo folder made without any code of ours.</summary>
    public sealed class SampleFiles : IAsyncLifetime
    {
        private readonly Workplace _work = new();

        public string Folder => _work.Folder;

        public async ValueTask InitializeAsync() => await BouncyCastle.MakeSampleAsync(Folder);

        public ValueTask DisposeAsync()
        {
            _work.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task OpenSSL_accepts_what_is_right()
    {
        using OpenSslChecks checks = new(sample.Folder);
        foreach (Func<Task> check in checks.All.Values)
        {
            await check();
        }
    }

    [Fact]
    public async Task BouncyCastle_accepts_what_is_right()
    {
        IReadOnlyDictionary<string, string?> results = await BouncyCastle.CheckAsync(sample.Folder);
        Assert.Equal(17, results.Count);
        Assert.Empty(results.Values.OfType<string>());
    }

    [Fact]
    public async Task Asn1crypto_accepts_what_is_right()
    {
        IReadOnlyDictionary<string, string?> results = await Asn1Crypto.CheckAsync(sample.Folder);
        Assert.Equal(12, results.Count);
        Assert.Empty(results.Values.OfType<string>());
    }

    [Theory]
    [InlineData("ca.cer", "sign.cer", "end-entities")]
    [InlineData("sign.cer", "ca.cer", "authorities")]
    [InlineData("sign.cer", "enc.cer", "pair")]
    [InlineData("server.cer", "tsa.cer", "purposes")]
    [InlineData("sign.cer", "renewed.cer", "renewal")]
    [InlineData("crl-before.crl", "crl-after.crl", "crls")]
    [InlineData("ocsp-good.der", "crl-after.crl", "crls")]
    [InlineData("document.cms", "document.p7s", "document-gm")]
    [InlineData("document.p7s", "document.cms", "document-cms")]
    [InlineData("sign.cer", "server.cer", "request")]
    public async Task Asn1crypto_refuses_a_file_in_another_s_place(string from, string to, string check)
    {
        using Workplace work = Copy();
        File.Copy(work.At(from), work.At(to), overwrite: true);
        Assert.NotNull((await Asn1Crypto.CheckAsync(work.Folder))[check]);
    }

    // File, the byte from its end that is changed (inside its signature, or near it), and the checks that have to notice.
    public static TheoryData<string, string, string> Tampered => new()
    {
        { "ca.cer", "hop-ca", "path-sign-good-before" },
        { "sign.cer", "hop-sign", "path-sign-good-before" },
        { "enc.cer", "hop-enc", "path-enc-good-before" },
        { "server.cer", "hop-server", "path-server-good-after" },
        { "renewed.cer", "hop-renewed", "path-renewed-good-after" },
        { "tsa.cer", "hop-tsa", "path-tsa-good-after" },
        { "root.crl", "crl-root", "path-sign-good-before" },
        { "crl-before.crl", "crl-before", "crl-revocation" },
        { "crl-after.crl", "crl-after", "crl-revocation" },
        { "timestamp.tsr", "timestamp", "timestamp" },
        { "document.p7s", "document-gm", "document-gm" },
        { "document.cms", "document-cms", "document-cms" },
        { "document.txt", "document-cms", "document-gm" },
    };

    [Theory, MemberData(nameof(Tampered))]
    public async Task Both_refuse_a_file_with_one_byte_changed(string file, string question, string check)
    {
        await RefusedAsync(file, bytes => bytes[^3] ^= 1, question, check);
    }

    [Theory]
    [InlineData("ocsp-good.der", "ocsp-good")]
    [InlineData("ocsp-revoked.der", "ocsp-revoked")]
    public async Task Both_refuse_an_answer_with_another_time(string file, string check)
    {
        // GeneralizedTime 20261122…Z: the last digit of the first one (producedAt).
        await RefusedAsync(file, bytes => bytes[bytes.AsSpan().IndexOf("\u0018\u000F"u8) + 15] ^= 1, check, check);
    }

    [Fact]
    public async Task Both_refuse_answers_that_are_swapped()
    {
        byte[] revoked = await File.ReadAllBytesAsync(Path.Combine(sample.Folder, "ocsp-revoked.der"), TestContext.Current.CancellationToken);
        await RefusedAsync("ocsp-good.der", _ => revoked, "ocsp-good", "ocsp-good");
    }

    [Fact]
    public async Task Both_refuse_another_request()
    {
        await RefusedAsync("timestamp.tsq", bytes => bytes[^5] ^= 1, "timestamp", "timestamp"); // inside the nonce
    }

    [Fact]
    public async Task Both_refuse_a_request_signed_with_another_key()
    {
        await RefusedAsync("server.csr.pem", bytes => Resigned(bytes), "request-server", "request-server");

        static byte[] Resigned(byte[] pem)
        {
            string text = Encoding.ASCII.GetString(pem);
            byte[] der = Convert.FromBase64String(string.Concat(text.Split('\n').Where(line => !line.StartsWith('-'))));
            der[^3] ^= 1;
            return Encoding.ASCII.GetBytes($"-----BEGIN CERTIFICATE REQUEST-----\n{Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks)}\n-----END CERTIFICATE REQUEST-----\n");
        }
    }

    [Fact]
    public async Task OpenSSL_refuses_a_signature_without_Z()
    {
        using OpenSsl openssl = new();
        using Workplace work = new();
        (string key, _) = await openssl.GenerateKeyAsync();
        // Without distid OpenSSL 3.0 signs with an empty user id: refused by everybody who takes the default one.
        (await openssl.RunAsync("req", "-new", "-key", key, "-sm3", "-subj", "/C=CN/CN=x", "-out", work.At("u.csr"))).Succeeded();
        byte[] csr = await File.ReadAllBytesAsync(work.At("u.csr"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => openssl.VerifyRequestAsync(csr));
    }

    [Theory]
    [InlineData("3003020101FF")] // behind the end
    [InlineData("300402 0101")]  // shorter than it says
    [InlineData("30810302 0101")] // length not in the shortest form
    [InlineData("3080020101 0000")] // indefinite
    public void The_walker_refuses_what_is_not_DER(string hex) =>
        Assert.Throws<InvalidDataException>(() => DerElement.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void The_walker_finds_its_way()
    {
        DerElement element = DerElement.Read(Convert.FromHexString("3013020101060A2A811CCF55060104020203020080"));
        Assert.Equal("1.2.156.10197.6.1.4.2.2", element[1].Oid);
        Assert.Equal([0x80], element[2].Bits);
        Assert.Equal([0x31, 0x01, 0x01], element[0].Retagged(0x31));
    }

    private async Task RefusedAsync(string file, Action<byte[]> change, string question, string check) =>
        await RefusedAsync(file, bytes =>
        {
            change(bytes);
            return bytes;
        }, question, check);

    private async Task RefusedAsync(string file, Func<byte[], byte[]> change, string question, string check)
    {
        using Workplace work = Copy();
        work.Write(file, change(await File.ReadAllBytesAsync(work.At(file), TestContext.Current.CancellationToken)));
        using OpenSslChecks checks = new(work.Folder);
        await Assert.ThrowsAnyAsync<Exception>(checks.All[question]);
        IReadOnlyDictionary<string, string?> results = await BouncyCastle.CheckAsync(work.Folder, check);
        Assert.NotNull(results[check]);
    }

    private Workplace Copy()
    {
        Workplace work = new();
        foreach (string path in Directory.EnumerateFiles(sample.Folder))
        {
            File.Copy(path, work.At(Path.GetFileName(path)));
        }

        return work;
    }
}
