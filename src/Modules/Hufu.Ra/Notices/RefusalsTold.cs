using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Notices;

/// <summary>Measures whether refusals and their reasons reach the applicants in time (6.2.2.2-b), from the notices: left with the decision, sent when a mail server or gateway has taken one of them.</summary>
internal static class RefusalsTold
{
    /// <summary>How many refusals of before a moment nobody has been told of by any notice.</summary>
    [Clause("6.2.2.2-b")]
    public static long Late(Session session, long before) => session.Scalar<long>(
        """
        SELECT COUNT(*) FROM (
          SELECT application FROM ra_notices WHERE template = 'refused' AND made_at < @Before GROUP BY application, made_at HAVING MAX(COALESCE(sent_at, 0)) = 0) AS untold
        """,
        new { Before = before });

    /// <summary>The refusals of a time.</summary>
    [Clause("6.2.2.2-b")]
    public static RefusalTelling Measure(Session session, long from, long until, TimeSpan within, long now)
    {
        var rows = session.Query<Row>(
            """
            SELECT made_at, MIN(sent_at) AS sent_at FROM ra_notices WHERE template = 'refused' AND made_at >= @From AND made_at < @Until GROUP BY application, made_at
            """,
            new { From = from, Until = until });
        var most = (long)within.TotalMilliseconds;
        var longest = rows.Max(row => row.SentAt - row.MadeAt) ?? 0;
        return new RefusalTelling(
            within, rows.Count(row => row.SentAt - row.MadeAt <= most), rows.Count(row => (row.SentAt ?? now) - row.MadeAt > most), rows.Count(row => row.SentAt is null && now - row.MadeAt <= most),
            TimeSpan.FromMilliseconds(longest));
    }

    private sealed class Row
    {
        public long MadeAt { get; set; }

        public long? SentAt { get; set; }
    }
}
