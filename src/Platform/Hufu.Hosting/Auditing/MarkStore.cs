using System.Text.Json;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The SQL of marks.</summary>
internal static class MarkStore
{
    public static string Word(MarkKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    public static void Add(Session session, RecordMarking marking, string person, long at) => session.ExecuteMany(
        "INSERT INTO hosting_audit_marks (ledger, sequence, leaf, kind, words, person, at) VALUES (@Ledger, @Sequence, @Leaf, @Kind, @Words, @Person, @At)",
        marking.Records.Select(record => new Adding(marking.Ledger, record.Sequence, record.Leaf, Word(marking.Kind), marking.Words.Trim(), person, at)).ToList());

    /// <summary>The marks of records, by record and in their order.</summary>
    public static ILookup<long, RecordMark> Of(Session session, string ledger, IReadOnlyCollection<long> records)
    {
        // IN takes a limited number of values on both engines; a page has at most 200.
        var rows = new List<Row>();
        foreach (var numbers in records.Chunk(100))
        {
            rows.AddRange(session.Query<Row>("SELECT sequence, kind, words, person, at FROM hosting_audit_marks WHERE ledger = @ledger AND sequence IN @numbers ORDER BY number LIMIT 10000", new { ledger, numbers }));
        }

        return rows.ToLookup(row => row.Sequence, row => row.ToMark());
    }

    /// <summary>Numbers of records with a mark of a kind, the highest first.</summary>
    public static IReadOnlyList<long> Marked(Session session, string ledger, MarkKind kind, long below, int limit) => session.Query<long>(
        "SELECT DISTINCT sequence FROM hosting_audit_marks WHERE ledger = @ledger AND kind = @kind AND sequence < @below ORDER BY sequence DESC LIMIT @limit", new { ledger, kind = Word(kind), below, limit });

    /// <summary>Suspicious or unanswered records that no later mark calls reviewed; the oldest first.</summary>
    public static IReadOnlyList<(long Sequence, RecordMark Mark)> Open(Session session, string ledger, int limit) =>
    [
        .. session.Query<Row>(
            """
            SELECT m.sequence, m.kind, m.words, m.person, m.at FROM hosting_audit_marks m WHERE m.ledger = @ledger AND m.kind IN ('suspicious', 'needs-answer')
            AND NOT EXISTS (SELECT 1 FROM hosting_audit_marks l WHERE l.ledger = m.ledger AND l.sequence = m.sequence AND l.number > m.number) ORDER BY m.number LIMIT @limit
            """,
            new { ledger, limit }).Select(row => (row.Sequence, row.ToMark())),
    ];

    /// <summary>How many records from a number up to another (not counted in) carry a mark of a kind.</summary>
    public static long Count(Session session, string ledger, MarkKind kind, long from, long until) => session.Scalar<long>(
        "SELECT count(DISTINCT sequence) FROM hosting_audit_marks WHERE ledger = @ledger AND kind = @kind AND sequence >= @from AND sequence < @until", new { ledger, kind = Word(kind), from, until });

    private sealed record Adding(string Ledger, long Sequence, string Leaf, string Kind, string Words, string Person, long At);

    private sealed record Row(long Sequence, string Kind, string Words, string Person, long At)
    {
        public RecordMark ToMark() => new(Enum.GetValues<MarkKind>().First(kind => Word(kind) == Kind), Words, Person, DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
