using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Takes a paper (证明材料) for an application that is still a draft or came back.</summary>
internal sealed class StoreEvidence(RaDesk desk)
{
    /// <summary>The largest paper, in bytes.</summary>
    public const int SizeLimit = BodyLimits.Evidence;

    /// <summary>The kind under which the counter files the holder's signed receipt.</summary>
    public const string Receipt = "receipt";

    [Clause("6.2.1.3-b")]
    public async Task<EvidenceStored> RunAsync(string id, string kind, string? authorization, Func<CancellationToken, Task<byte[]>> read, CancellationToken ct)
    {
        var (row, asked) = await desk.Context.Database.ReadAsync(session => (ApplicationStore.Get(session, id), PaperStore.Asked(session, id)), ct);
        AccessToken.MustMatch(row, authorization);
        MustBeOpenFor(row, kind);
        var document = desk.Form(row.Profile).Documents.FirstOrDefault(known => known.Id == kind);
        if (document is null && kind != Receipt && !asked.Contains(kind))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "This type of certificate asks for no such paper.", "kind");
        }

        // Only now is the body read: whoever may not hand in a paper costs no memory.
        var content = await read(ct);
        var kept = await desk.KeepPaperAsync(content, kind, ct);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                MustBeOpenFor(ApplicationStore.Get(session, id), kind);
                session.Execute(
                    """
                    INSERT INTO ra_evidence (application, kind, digest, size, media_type, stored_at, valid_until) VALUES (@Id, @Kind, @Digest, @Size, @MediaType, @Now, @Until)
                    ON CONFLICT (application, kind) DO UPDATE SET digest = excluded.digest, size = excluded.size, media_type = excluded.media_type, stored_at = excluded.stored_at,
                        valid_until = excluded.valid_until
                    """,
                    new { Id = id, Kind = kind, kept.Digest, kept.Size, kept.MediaType, desk.Now, Until = document?.Valid?.After(desk.Context.Clock.GetUtcNow()).ToUnixTimeMilliseconds() });
                desk.Record(session, "applicant", "ra.evidence.store", id, LedgerOutcome.Done, new JsonObject { ["kind"] = kind, ["digest"] = kept.Digest, ["size"] = kept.Size });
            },
            ct);
        return new EvidenceStored(kind, kept.Digest, kept.Size, kept.MediaType);
    }

    // The receipt that the holder signs at the counter comes when the pair is there; every other paper before the application is submitted.
    private static void MustBeOpenFor(ApplicationRow row, string kind)
    {
        if (kind == Receipt)
        {
            ApplicationStore.MustBe(row, ApplicationState.Issued);
        }
        else
        {
            ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Refused);
        }
    }
}
