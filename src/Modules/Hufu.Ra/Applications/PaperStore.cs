using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>The papers of an application (ra_evidence); the files lie in the evidence store.</summary>
internal static class PaperStore
{
    public static IReadOnlyList<EvidenceStored> Of(Session session, string application) =>
    [
        .. session.Query<Row>("SELECT kind, digest, size, media_type FROM ra_evidence WHERE application = @Application ORDER BY kind LIMIT 100", new { Application = application })
            .Select(paper => new EvidenceStored(paper.Kind, paper.Digest, paper.Size, paper.MediaType)),
    ];

    /// <summary>What goes into the digest that clerk and vetter sign (<see cref="ApplicationData.Digest"/>).</summary>
    public static Dictionary<string, string> Digests(Session session, string application) => Of(session, application).ToDictionary(paper => paper.Kind, paper => paper.Digest, StringComparer.Ordinal);

    /// <summary>Kinds of papers that count for a renewal at a moment (6.2.6.3-b).</summary>
    public static IReadOnlyList<string> StillValid(Session session, string application, long now) =>
        session.Query<string>("SELECT kind FROM ra_evidence WHERE application = @Application AND valid_until > @Now ORDER BY kind LIMIT 100", new { Application = application, Now = now });

    /// <summary>Gives an application the papers of another one.</summary>
    public static void TakeOver(Session session, string from, string to, IReadOnlyList<string> kinds)
    {
        foreach (var kind in kinds)
        {
            session.Execute(
                """
                INSERT INTO ra_evidence (application, kind, digest, size, media_type, stored_at, valid_until)
                SELECT @To, kind, digest, size, media_type, stored_at, valid_until FROM ra_evidence WHERE application = @From AND kind = @Kind
                """,
                new { From = from, To = to, Kind = kind });
        }
    }

    /// <summary>Asks for further papers (6.2.1.1-c): the application waits for them.</summary>
    [Clause("6.2.1.1-c")]
    public static void Ask(Session session, IDataCipher cipher, string application, IReadOnlyList<FurtherPaper> papers, long now)
    {
        foreach (var paper in papers)
        {
            session.Execute(
                """
                INSERT INTO ra_papers_asked (application, kind, why, asked_at) VALUES (@Application, @Kind, @Why, @Now)
                ON CONFLICT (application, kind) DO UPDATE SET why = excluded.why, asked_at = excluded.asked_at
                """,
                new { Application = application, paper.Kind, Why = cipher.Seal(Encoding.UTF8.GetBytes(paper.Why), Encoding.ASCII.GetBytes($"{application}/asked/{paper.Kind}")), Now = now });
            session.Execute("DELETE FROM ra_evidence WHERE application = @Application AND kind = @Kind", new { Application = application, paper.Kind });
        }
    }

    /// <summary>Kinds that a vetter has asked for.</summary>
    public static IReadOnlyList<string> Asked(Session session, string application) =>
        session.Query<string>("SELECT kind FROM ra_papers_asked WHERE application = @Application ORDER BY kind LIMIT 100", new { Application = application });

    private sealed class Row
    {
        public string Kind { get; set; } = "";

        public string Digest { get; set; } = "";

        public long Size { get; set; }

        public string MediaType { get; set; } = "";
    }
}
