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

    [Clause("6.2.1.3-b")]
    public async Task<EvidenceStored> RunAsync(string id, string kind, string? authorization, Func<CancellationToken, Task<byte[]>> read, CancellationToken ct)
    {
        var row = await desk.Context.Database.ReadAsync(session => ApplicationStore.Get(session, id), ct);
        AccessToken.MustMatch(row, authorization);
        ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Refused);
        if (desk.HolderProfile(row.Profile).Evidence.All(known => known.Id != kind))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "This type of certificate asks for no such paper.", "kind");
        }

        // Only now is the body read: whoever may not hand in a paper costs no memory.
        var content = await read(ct);
        EvidenceRef kept;
        try
        {
            kept = await desk.Context.Evidence.PutAsync(content, SizeLimit, ct);
        }
        catch (EvidenceException fault)
        {
            throw new RefusedException(fault.Error == EvidenceError.TooLarge ? RefusalCode.TooLarge : RefusalCode.EvidenceUnreadable, fault.Message, kind);
        }

        await desk.Context.Database.WriteAsync(
            session =>
            {
                ApplicationStore.MustBe(ApplicationStore.Get(session, id), ApplicationState.Draft, ApplicationState.Refused);
                session.Execute(
                    """
                    INSERT INTO ra_evidence (application, kind, digest, size, media_type, stored_at) VALUES (@Id, @Kind, @Digest, @Size, @MediaType, @Now)
                    ON CONFLICT (application, kind) DO UPDATE SET digest = excluded.digest, size = excluded.size, media_type = excluded.media_type, stored_at = excluded.stored_at
                    """,
                    new { Id = id, Kind = kind, kept.Digest, kept.Size, kept.MediaType, desk.Now });
                desk.Record(session, "applicant", "ra.evidence.store", id, LedgerOutcome.Done, new JsonObject { ["kind"] = kind, ["digest"] = kept.Digest, ["size"] = kept.Size });
            },
            ct);
        return new EvidenceStored(kind, kept.Digest, kept.Size, kept.MediaType);
    }
}
