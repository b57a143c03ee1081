namespace Hufu.Contracts;

/// <summary>
/// Concludes the review of a month (6.6.1.4-b): <c>POST /api/{room}/audit/months/{ledger}/{yyyy-MM}</c>, act <see cref="ActNames.AuditMonthReview"/>, object <c>month/{ledger}/{yyyy-MM}</c>; answered with
/// <see cref="MonthReviewed"/>. The platform makes the summary from the records, as PDF with the auditor's words, statement and signature in it, and seals it with a GM/T 0010 signature by the room's audit key.
/// The PDF: <c>POST …/{yyyy-MM}/summary</c>, the signature: <c>POST …/{yyyy-MM}/signature</c>, both act <see cref="ActNames.AuditMonthRead"/> with payload <see cref="ReadingPurpose"/>.
/// </summary>
/// <param name="Conclusion">What the auditor concludes, 1 to 2,000 characters.</param>
/// <param name="Breaches">Grave breaches of policy and what was done about them; 1 to 2,000 characters, such as 无.</param>
public sealed record MonthReview(string Conclusion, string Breaches);

/// <summary>A month that was reviewed.</summary>
/// <param name="Ledger">Whose ledger.</param>
/// <param name="Month">The month, <c>yyyy-MM</c>.</param>
/// <param name="By">Who reviewed it.</param>
/// <param name="At">When.</param>
/// <param name="Records">Records of the month.</param>
/// <param name="Anomalies">Anomalies found in it.</param>
/// <param name="Summary">SM3 (hex) of the PDF.</param>
public sealed record MonthReviewed(string Ledger, string Month, string By, DateTimeOffset At, long Records, int Anomalies, string Summary);

/// <summary>What auditors have to do: <c>GET /api/{room}/audit/duties</c>, in a session; act <see cref="ActNames.AuditDutiesRead"/>.</summary>
/// <param name="Months">Months that are over and not reviewed, the oldest first; at most 120 a ledger.</param>
/// <param name="Reviewed">The latest months that were, the latest first; at most 24 a ledger.</param>
/// <param name="Answers">Records marked as in need of an answer or suspicious, and not marked as reviewed since; at most 100.</param>
/// <param name="Revocations">Certificates of people whose role has ended, void in the room: the CA has still to revoke them. At most 100.</param>
public sealed record AuditDuties(IReadOnlyList<MonthDuty> Months, IReadOnlyList<MonthReviewed> Reviewed, IReadOnlyList<OpenMark> Answers, IReadOnlyList<RevocationDuty> Revocations);

/// <summary>A month that waits for its review.</summary>
/// <param name="Ledger">Whose ledger.</param>
/// <param name="Month">The month, <c>yyyy-MM</c>.</param>
/// <param name="Due">Until when it is to be reviewed (policy: <c>month-review-within</c>).</param>
/// <param name="Overdue">Whether that has passed.</param>
public sealed record MonthDuty(string Ledger, string Month, DateTimeOffset Due, bool Overdue);

/// <summary>A mark that nobody has closed.</summary>
/// <param name="Ledger">Whose record.</param>
/// <param name="Sequence">The record.</param>
/// <param name="Mark">The mark.</param>
public sealed record OpenMark(string Ledger, long Sequence, RecordMark Mark);

/// <summary>A certificate that the CA has still to revoke, because its person has left the last role (6.6.1.2-a).</summary>
/// <param name="Serial">Its serial, hex.</param>
/// <param name="Person">Whose.</param>
/// <param name="VoidSince">Since when it is void in this room.</param>
public sealed record RevocationDuty(string Serial, string Person, DateTimeOffset VoidSince);
