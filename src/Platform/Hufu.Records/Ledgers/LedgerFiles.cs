using System.Text;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>The exported files of a ledger: records.jsonl, heads.jsonl, head-signer.pub, head-signer.cer, README.txt.</summary>
internal sealed class LedgerFiles : IAsyncDisposable
{
    internal const string RecordsName = "records.jsonl";
    internal const string HeadsName = "heads.jsonl";
    internal const string KeyName = "head-signer.pub";
    internal const string CertificateName = "head-signer.cer";
    internal const string ReadmeName = "README.txt";

    private readonly LineFile records;
    private readonly LineFile heads;
    private readonly string directory;

    private LedgerFiles(string directory, LineFile records, LineFile heads)
    {
        this.directory = directory;
        this.records = records;
        this.heads = heads;
    }

    internal static async Task<LedgerFiles> OpenAsync(LedgerOptions options, long certain, CancellationToken ct)
    {
        PrivateFiles.MakeDirectory(options.Directory);
        Put(options.Directory, ReadmeName, Readme());
        Put(options.Directory, KeyName, Encoding.ASCII.GetBytes(PublicKeyPem(options.Signer.PublicKey)));
        LineFile records = await LineFile.OpenAsync(options.Database, LineTable.Records, Path.Combine(options.Directory, RecordsName), certain, ct).ConfigureAwait(false);
        try
        {
            LineFile heads = await LineFile.OpenAsync(options.Database, LineTable.Heads, Path.Combine(options.Directory, HeadsName), 0, ct).ConfigureAwait(false);
            PrivateFiles.FlushDirectory(options.Directory);
            return new LedgerFiles(options.Directory, records, heads);
        }
        catch
        {
            await records.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Hands over rows that were just committed, so that they need not be read back.</summary>
    internal void Offer(IReadOnlyList<LedgerRow> rows) => records.Offer(rows);

    internal async Task ExportRecordsAsync(long size, CancellationToken ct)
    {
        if (records.Count < size)
        {
            await records.CopyAsync(size, ct).ConfigureAwait(false);
            records.Flush();
        }
    }

    internal async Task ExportHeadsAsync(long count, CancellationToken ct)
    {
        if (heads.Count < count)
        {
            await heads.CopyAsync(count, ct).ConfigureAwait(false);
            heads.Flush();
        }
    }

    internal void PutCertificate(ReadOnlySpan<byte> certificate) => Put(directory, CertificateName, certificate);

    private static void Put(string directory, string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(directory, name);
        if (!File.Exists(path) || !content.SequenceEqual(File.ReadAllBytes(path)))
        {
            PrivateFiles.Replace(path, content);
        }
    }

    private static string PublicKeyPem(SubjectPublicKeyInfo key) =>
        $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(key.RawData.Span, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n")}\n-----END PUBLIC KEY-----\n";

    private static byte[] Readme()
    {
        using Stream stream = typeof(LedgerFiles).Assembly.GetManifestResourceStream("Hufu.Records.Ledgers.VERIFY.txt")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        await records.DisposeAsync().ConfigureAwait(false);
        await heads.DisposeAsync().ConfigureAwait(false);
    }
}
