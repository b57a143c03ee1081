using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>Verifies single records of a room's ledger against its signed head, each time anew from the line: tree, chain, signed act, signer.</summary>
/// <remarks>It asks the room that wrote them; whoever trusts no room verifies the files (<c>hufu audit verify</c>).</remarks>
/// <param name="room">Whose ledger.</param>
internal sealed class RecordVerifier(RoomContext room)
{
    private readonly Dictionary<string, Certificate?> _certificates = new(StringComparer.Ordinal);

    /// <summary>The leaf of a line, SM3(00 || line).</summary>
    public static byte[] Leaf(string line)
    {
        using var hash = new Sm3Hash();
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(line));
        var leaf = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(leaf);
        return leaf;
    }

    /// <summary>A record by its number, or null.</summary>
    public async Task<LedgerEntry?> FindAsync(long sequence, CancellationToken ct) =>
        sequence >= 0 && sequence < room.Ledger.Size && (await room.Ledger.SearchAsync(new LedgerFilter { Below = sequence + 1, Limit = 1 }, ct).ConfigureAwait(false)) is [var entry] && entry.Sequence == sequence
            ? entry
            : null;

    /// <summary>Verifies a record.</summary>
    /// <param name="entry">The record as it was found.</param>
    /// <param name="head">A head that covers it.</param>
    /// <param name="ct">Cancels.</param>
    [Clause("6.6.1.4-d")]
    public async Task<RecordVerification> VerifyAsync(LedgerEntry entry, SignedHead head, CancellationToken ct)
    {
        var words = new List<string>();
        using var line = JsonDocument.Parse(entry.Line);
        var tree = await InTreeAsync(entry, head, ct).ConfigureAwait(false) ? RecordCheck.Holds : Say("记录不在签名头所签的树中 (the record is not in the tree of the signed head)");
        var chain = await IsChainedAsync(entry, line.RootElement, ct).ConfigureAwait(false) ? RecordCheck.Holds : Say("后一条记录所指的不是这些内容：本条被改动 (the record after it refers to other bytes than these: this one was changed)");
        if (!line.RootElement.TryGetProperty("statement", out var statement))
        {
            return new RecordVerification(tree, chain, RecordCheck.None, RecordCheck.None, words);
        }

        var (act, signer) = await ActAsync(entry, line.RootElement, statement.GetString() ?? "", words, ct).ConfigureAwait(false);
        return new RecordVerification(tree, chain, act, signer, words);

        RecordCheck Say(string what)
        {
            words.Add(what);
            return RecordCheck.Broken;
        }
    }

    private async Task<bool> InTreeAsync(LedgerEntry entry, SignedHead head, CancellationToken ct)
    {
        try
        {
            var proof = await room.Ledger.ProveInclusionAsync(entry.Sequence, head.Size, ct).ConfigureAwait(false);
            return proof.Leaf.AsSpan().SequenceEqual(Leaf(entry.Line)) && proof.Leads(Convert.FromHexString(head.Root));
        }
        catch (LedgerException)
        {
            // Rows of the tree are missing in the database: it proves nothing.
            return false;
        }
    }

    // The record after it says what its bytes were, and so tells the changed record from its neighbours, which the tree alone cannot. The last one has only what it says of the one before.
    private async Task<bool> IsChainedAsync(LedgerEntry entry, JsonElement line, CancellationToken ct)
    {
        if (await FindAsync(entry.Sequence + 1, ct).ConfigureAwait(false) is { } after)
        {
            using var next = JsonDocument.Parse(after.Line);
            return RefersTo(next.RootElement, Leaf(entry.Line));
        }

        var previous = entry.Sequence == 0 ? new byte[Sm3.HashSizeInBytes] : await FindAsync(entry.Sequence - 1, ct).ConfigureAwait(false) is { } before ? Leaf(before.Line) : null;
        return previous is not null && RefersTo(line, previous);
    }

    private static bool RefersTo(JsonElement line, byte[] leaf) => line.TryGetProperty("previous", out var told) && told.GetString() == Convert.ToHexStringLower(leaf);

    private async Task<(RecordCheck Act, RecordCheck Signer)> ActAsync(LedgerEntry entry, JsonElement line, string text, List<string> words, CancellationToken ct)
    {
        var digest = line.TryGetProperty("certificate", out var named) ? named.GetString() ?? "" : "";
        if (await CertificateAsync(digest, ct).ConfigureAwait(false) is not { } certificate)
        {
            words.Add("签名人的证书不在日志中 (the signer's certificate does not stand in the log)");
            return (RecordCheck.Broken, RecordCheck.Broken);
        }

        var act = RecordCheck.Holds;
        if (!ActStatement.TryParse(text, out var statement) || !line.TryGetProperty("signature", out var signature) || !signature.TryGetBytesFromBase64(out var bytes)
            || !new SignedAct(text, bytes).Verify(certificate.PublicKey))
        {
            words.Add("操作签名不成立 (the signature of the act does not verify)");
            return (RecordCheck.Broken, RecordCheck.Broken);
        }

        // What was refused may have been refused for just this.
        if (entry.Outcome != LedgerOutcome.Refused && (statement.Room != room.Name || statement.Act != entry.Act || statement.Object != entry.Object || statement.Person != digest))
        {
            words.Add("所签内容与记录不符 (the statement is about another act, object, room or person than the record)");
            act = RecordCheck.Broken;
        }

        return (act, await SignerAsync(certificate, digest, statement.Time, words, ct).ConfigureAwait(false));
    }

    private async Task<RecordCheck> SignerAsync(Certificate certificate, string digest, DateTimeOffset time, List<string> words, CancellationToken ct)
    {
        var before = words.Count;
        var (known, voidSince) = await room.Database.ReadAsync(session => (room.Staff.FindByCertificate(session, digest) is not null, Staff.VoidSince(session, digest)), ct).ConfigureAwait(false);
        // After a change of the CA's key, earlier certificates lead to a CA of before: then it counts that this room enrolled them.
        if (!known && !room.Identity.Chain.Any(certificate.IsSignedBy))
        {
            words.Add("签名人的证书不出自本系统的 CA (the signer's certificate leads to no CA of this room)");
        }

        if (!certificate.IsValidAt(time))
        {
            words.Add("签名时证书不在有效期内 (the certificate was not in its validity when the act was signed)");
        }

        if (voidSince is { } since && since < time)
        {
            words.Add("签名时证书已撤销 (the certificate had been revoked when the act was signed)");
        }

        return words.Count == before ? RecordCheck.Holds : RecordCheck.Broken;
    }

    private async Task<Certificate?> CertificateAsync(string digest, CancellationToken ct)
    {
        if (_certificates.TryGetValue(digest, out var kept))
        {
            return kept;
        }

        Certificate? certificate = null;
        if (digest.Length == 64 && await room.Ledger.SearchAsync(new LedgerFilter { Act = "certificate.seen", Object = digest, Limit = 1 }, ct).ConfigureAwait(false) is [var seen])
        {
            using var line = JsonDocument.Parse(seen.Line);
            if (line.RootElement.TryGetProperty("detail", out var detail) && detail.TryGetProperty("certificate", out var text) && text.TryGetBytesFromBase64(out var der) && ActStatement.Digest(der) == digest)
            {
                certificate = Certificate.Decode(der);
            }
        }

        _certificates[digest] = certificate;
        return certificate;
    }
}
