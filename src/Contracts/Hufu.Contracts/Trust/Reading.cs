using System.Text.Json;

namespace Hufu.Contracts;

/// <summary>How an act ended, as the ledger says it.</summary>
public enum RecordOutcome
{
    /// <summary>Carried out.</summary>
    Done,

    /// <summary>Refused.</summary>
    Refused,

    /// <summary>Tried and failed.</summary>
    Failed,
}

/// <summary>
/// Asks for records, the newest first: <c>POST /api/{room}/audit/records</c>, act <see cref="ActNames.AuditRecordsRead"/>, object <c>ledger/{ledger}</c>; answered with <see cref="RecordPage"/>.
/// What is given must match, in any combination. The reading is a record of the room's ledger itself.
/// </summary>
/// <param name="Ledger">The room's own name; at the CA also a room without staff of its own (<c>ocsp</c>, <c>tsa</c>, <c>publishing</c>).</param>
/// <param name="Limit">1 to 200.</param>
/// <param name="Actor">Who, as it stands in records.</param>
/// <param name="Act">Which act.</param>
/// <param name="Object">On what.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="From">Of this time or later.</param>
/// <param name="Until">Before this time.</param>
/// <param name="Below">Only below this number: <see cref="RecordPage.Next"/> of the page before.</param>
/// <param name="Marked">Only records with a mark of this kind; with it the page goes by marks, and the other conditions are applied to what is marked.</param>
public sealed record RecordQuery(
    string Ledger, int Limit, string? Actor = null, string? Act = null, string? Object = null, RecordOutcome? Outcome = null, DateTimeOffset? From = null, DateTimeOffset? Until = null,
    long? Below = null, MarkKind? Marked = null);

/// <summary>A page of records.</summary>
/// <param name="Ledger">Whose.</param>
/// <param name="Head">The signed head that the records are verified against: the line as it stands in heads.jsonl.</param>
/// <param name="HeadHolds">Whether that head is signed by the ledger's audit key.</param>
/// <param name="Records">The records, the newest first.</param>
/// <param name="Next">Goes on below this number; null on the last page.</param>
public sealed record RecordPage(string Ledger, string Head, bool HeadHolds, IReadOnlyList<AuditRecord> Records, long? Next);

/// <summary>A record and what was found out about it just now.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">Its time.</param>
/// <param name="Actor">Who.</param>
/// <param name="Act">Which act.</param>
/// <param name="What">The act in Chinese, where policy knows it; else its name.</param>
/// <param name="Object">On what.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Line">The record itself, as it stands in records.jsonl. Sealed private fields stay sealed in it.</param>
/// <param name="Leaf">Its leaf hash, SM3(00 || line), 64 hex digits.</param>
/// <param name="Verification">What was verified.</param>
/// <param name="Sealed">Whether it has sealed private fields (<see cref="ActNames.AuditPrivateRead"/> opens them).</param>
/// <param name="Marks">What auditors have marked, the latest last.</param>
public sealed record AuditRecord(
    long Sequence, DateTimeOffset Time, string Actor, string Act, string What, string Object, RecordOutcome Outcome, string Line, string Leaf, RecordVerification Verification, bool Sealed,
    IReadOnlyList<RecordMark> Marks);

/// <summary>What a check of a record says.</summary>
public enum RecordCheck
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It does not hold: <see cref="RecordVerification.Words"/> says what is wrong.</summary>
    Broken,

    /// <summary>There is nothing to check: the record is the platform's own and carries no signed act.</summary>
    None,
}

/// <summary>The state of a record's verification.</summary>
/// <param name="Tree">The record's leaf stands in the tree of the head.</param>
/// <param name="Chain">The record after it refers to exactly these bytes (the last one: it refers to the record before it). Broken here says that it is this record that was changed, where a broken tree says the same of its neighbours too.</param>
/// <param name="Act">The signed act's statement is this act, object and room, and its signature is by the certificate's key.</param>
/// <param name="Signer">That certificate leads to the room's root, was in its validity when the act was signed, and was not revoked before.</param>
/// <param name="Words">What is wrong, in words; empty when nothing is.</param>
public sealed record RecordVerification(RecordCheck Tree, RecordCheck Chain, RecordCheck Act, RecordCheck Signer, IReadOnlyList<string> Words);

/// <summary>A record's private fields, opened: <c>POST /api/{room}/audit/records/{ledger}/{sequence}/private</c>, act <see cref="ActNames.AuditPrivateRead"/>.</summary>
/// <param name="Ledger">Whose record.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Fields">The fields, a JSON object.</param>
public sealed record PrivateFields(string Ledger, long Sequence, JsonElement Fields);
