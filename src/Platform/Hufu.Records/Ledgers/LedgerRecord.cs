using System.Text.Json.Nodes;

namespace Hufu.Records;

/// <summary>How an act ended.</summary>
public enum LedgerOutcome
{
    /// <summary>It was carried out.</summary>
    Done,
    /// <summary>It was refused; the detail says why.</summary>
    Refused,
    /// <summary>It was tried and failed; the detail says why.</summary>
    Failed,
}

/// <summary>What happened, as a room tells it to its ledger: who, what, on what, with which outcome, and the signed act if there was one.</summary>
public sealed record LedgerRecord
{
    /// <summary>Who: a person, a room, or <c>system</c>; 1 to 256 bytes of UTF-8.</summary>
    public required string Actor { get; init; }

    /// <summary>What, for example <c>ra.application.approve</c>; 1 to 128 bytes.</summary>
    public required string Act { get; init; }

    /// <summary>On what, for example <c>application/A2026112200000001</c>; 1 to 512 bytes.</summary>
    public required string Object { get; init; }

    /// <summary>How it ended.</summary>
    public required LedgerOutcome Outcome { get; init; }

    /// <summary>Further facts, a flat or shallow JSON object; up to 64 KiB of text, nesting up to 8. No secrets and no more personal data than the act needs.</summary>
    public JsonObject? Detail { get; init; }

    /// <summary>
    /// Facts that only some may read (personal data), a JSON object of up to 16 KiB. It stands in the record as <c>detail.private</c>, sealed under a key of the room's device:
    /// the log proves that it was not changed, and <see cref="Ledger.OpenPrivate"/> reads it.
    /// </summary>
    public JsonObject? Private { get; init; }

    /// <summary>The canonical text of the signed act (<c>Hufu.Contracts.ActStatement</c>), up to 8 KiB.</summary>
    public string? Statement { get; init; }

    /// <summary>Its signature, DER SM2Signature, up to 256 bytes.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>The signer's certificate, DER, up to 32 KiB. The ledger keeps it once, in a record <c>certificate.seen</c>, and refers to it by its SM3 digest.</summary>
    public byte[]? Certificate { get; init; }
}

/// <summary>What the ledger answers to a record.</summary>
/// <param name="Sequence">The record's number, 0, 1, 2 …</param>
/// <param name="Time">Its time, UTC, to the millisecond.</param>
/// <param name="Leaf">Its leaf hash, SM3(00 || line), 32 bytes.</param>
public sealed record LedgerReceipt(long Sequence, DateTimeOffset Time, byte[] Leaf);
