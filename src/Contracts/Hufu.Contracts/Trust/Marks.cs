namespace Hufu.Contracts;

/// <summary>What an auditor says of a record.</summary>
public enum MarkKind
{
    /// <summary>Reviewed, nothing to say.</summary>
    Reviewed,

    /// <summary>Suspicious.</summary>
    Suspicious,

    /// <summary>Somebody has to answer for it.</summary>
    NeedsAnswer,
}

/// <summary>
/// Marks records: <c>POST /api/{room}/audit/marks</c>, act <see cref="ActNames.AuditRecordMark"/>, object <c>ledger/{ledger}</c>; 204. A mark stands beside the record, never in it, and is itself in the log;
/// a later one stands beside an earlier one and does not replace it.
/// </summary>
/// <param name="Ledger">Whose records.</param>
/// <param name="Kind">What is said.</param>
/// <param name="Words">In words, 1 to 500 characters; may be empty for <see cref="MarkKind.Reviewed"/> only.</param>
/// <param name="Records">1 to 200 records.</param>
public sealed record RecordMarking(string Ledger, MarkKind Kind, string Words, IReadOnlyList<MarkedRecord> Records);

/// <summary>A record as the auditor saw it: number and leaf hash, so that the mark is about exactly this content.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Leaf">Its leaf hash, 64 hex digits.</param>
public sealed record MarkedRecord(long Sequence, string Leaf);

/// <summary>A mark on a record.</summary>
/// <param name="Kind">What is said.</param>
/// <param name="Words">In words.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
public sealed record RecordMark(MarkKind Kind, string Words, string By, DateTimeOffset At);
