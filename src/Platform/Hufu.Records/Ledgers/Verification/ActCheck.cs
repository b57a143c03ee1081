using System.Collections.Concurrent;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Verifies the signed acts of records with the certificates that stand in the log before them.</summary>
/// <remarks>
/// Of a record whose outcome is done or failed: the statement is an ActStatement, names the certificate of the record, this room, this act and this object, and its signature is
/// by that certificate's key. A refused act may have been refused for any of these, so nothing is claimed of it.
/// </remarks>
internal sealed class ActCheck(FindingList findings, SignerPath? path)
{
    // A table of multiples pays for itself after so many signatures of one key; it takes up to 190 KB.
    private const int TableAfter = 64;
    private const int MostTables = 256;

    private readonly Dictionary<string, Signer> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(long Sequence, string Message)> bad = new();
    private long good;
    private int tables;

    internal long Good => Interlocked.Read(ref good);

    internal int Certificates => keys.Count;

    internal void AddCertificate(long sequence, ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string name = root.GetProperty("object").GetString()!;
            byte[] der = root.GetProperty("detail").GetProperty("certificate").GetBytesFromBase64();
            if (Convert.ToHexStringLower(Sm3.HashData(der)) == name)
            {
                Certificate certificate = Certificate.Decode(der);
                keys[name] = new Signer(certificate, path?.Fault(certificate));
                return;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or PkiException)
        {
            // Said below.
        }

        findings.Add(LedgerFault.Certificate, sequence, $"Record {sequence}: the certificate is not what its digest says, or cannot be read.");
    }

    internal void Verify(long sequence, ReadOnlyMemory<byte> line, string? origin)
    {
        string? wrong;
        try
        {
            wrong = Find(line, origin);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            wrong = "the signed act cannot be read";
        }

        if (wrong is null)
        {
            Interlocked.Increment(ref good);
        }
        else
        {
            bad.Enqueue((sequence, $"Record {sequence}: {wrong}."));
        }
    }

    private string? Find(ReadOnlyMemory<byte> line, string? origin)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        string? name = root.TryGetProperty("certificate", out JsonElement certificate) ? certificate.GetString() : null;
        if (name is null || !keys.TryGetValue(name, out Signer? signer))
        {
            return "the certificate of the signed act does not stand in the log before it";
        }

        string text = root.GetProperty("statement").GetString()!;
        if (!ActStatement.TryParse(text, out ActStatement? statement))
        {
            return "the statement is not of the form of a signed act";
        }

        if (statement.Person != name)
        {
            return "the statement names another certificate than the record";
        }

        if (path is not null && (signer.PathFault ?? (signer.Certificate.IsValidAt(statement.Time) ? null : "the signer's certificate was not in its validity when the act was signed")) is { } fault)
        {
            return fault;
        }

        if (statement.Act != root.GetProperty("act").GetString() || statement.Object != root.GetProperty("object").GetString() || statement.Room != origin)
        {
            return "the statement is about another act, object or room than the record";
        }

        if (Interlocked.Increment(ref signer.Seen) == TableAfter && Interlocked.Increment(ref tables) <= MostTables)
        {
            signer.Certificate.PublicKey.Sm2?.Precompute();
        }

        return new SignedAct(text, root.GetProperty("signature").GetBytesFromBase64()).Verify(signer.Certificate.PublicKey) ? null : "the signature of the signed act does not verify";
    }

    /// <summary>Reports what was found wrong since the last call, in the order of the log.</summary>
    internal void Report()
    {
        foreach ((long sequence, string message) in bad.OrderBy(b => b.Sequence))
        {
            findings.Add(LedgerFault.Act, sequence, message, "The record itself stands as it was written if the tree holds.");
        }

        bad.Clear();
    }

    private sealed class Signer(Certificate certificate, string? pathFault)
    {
        internal int Seen;

        internal Certificate Certificate { get; } = certificate;

        internal string? PathFault { get; } = pathFault;
    }
}
