using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Batches;

/// <summary>A row of ra_batches.</summary>
internal sealed class BatchRow
{
    private const string Columns = "id, token_digest, profile, organisation, office, clerk, file_digest, agreement_version, publish, state, lines";

    public string Id { get; set; } = "";

    public string TokenDigest { get; set; } = "";

    public string Profile { get; set; } = "";

    public string Organisation { get; set; } = "";

    public string Office { get; set; } = "";

    public string Clerk { get; set; } = "";

    public string FileDigest { get; set; } = "";

    public string AgreementVersion { get; set; } = "";

    public bool Publish { get; set; }

    public BatchState State { get; set; }

    public long Lines { get; set; }

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static BatchRow Get(Session session, string id) =>
        session.QueryFirst<BatchRow>($"SELECT {Columns} FROM ra_batches WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such batch.", "id");

    /// <summary>The oldest that is being taken, or null.</summary>
    public static BatchRow? Running(Session session) => session.QueryFirst<BatchRow>($"SELECT {Columns} FROM ra_batches WHERE state = @Running ORDER BY opened_at LIMIT 1", new { BatchState.Running });
}
