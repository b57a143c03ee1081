using Hufu.Contracts;
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

    private sealed class Row
    {
        public string Kind { get; set; } = "";

        public string Digest { get; set; } = "";

        public long Size { get; set; }

        public string MediaType { get; set; } = "";
    }
}
