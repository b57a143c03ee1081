using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>
/// Takes the scan of a receipt whose digest a clerk has signed for with the hand-over: it needs no signature of its own, only those bytes are taken. The application comes into the archive's next package again, with it.
/// </summary>
internal sealed class FileReceipt(RaDesk desk)
{
    /// <summary>64 hex digits, lower case.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    [Clause("6.2.4.1-a")]
    public async Task<EvidenceStored> RunAsync(string id, string digest, Func<CancellationToken, Task<byte[]>> read, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        // Nothing is read before it is known that somebody has signed for it.
        if (!IsDigest(digest) || !await desk.Context.Database.ReadAsync(session => IsNamed(session, id, digest), ct))
        {
            throw new RefusedException(RefusalCode.UnknownObject, "No hand-over names this receipt.", "digest");
        }

        var content = await read(ct);
        if (ActStatement.Digest(content) != digest)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The bytes are not those whose digest was signed.", "digest");
        }

        var kept = await desk.KeepPaperAsync(content, StoreEvidence.Receipt, ct);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                var filed = session.Execute(
                    """
                    INSERT INTO ra_evidence (application, kind, digest, size, media_type, stored_at) SELECT @Id, @Kind, @Digest, @Size, @MediaType, @Now FROM ra_applications WHERE id = @Id AND papers_destroyed_at IS NULL
                    ON CONFLICT (application, kind) DO NOTHING
                    """,
                    new { Id = id, Kind = StoreEvidence.Receipt, kept.Digest, kept.Size, kept.MediaType, desk.Now });
                if (filed == 0)
                {
                    // The same bytes again are no news; another receipt is one too many.
                    if (PaperStore.Of(session, id).Any(paper => paper.Kind == StoreEvidence.Receipt && paper.Digest == kept.Digest))
                    {
                        return;
                    }

                    throw new RefusedException(RefusalCode.StateWrong, "Another receipt is filed already, or the papers were destroyed.", "digest");
                }

                DeliveryStore.ReceiptSettled(session, id);
                session.Execute("UPDATE ra_applications SET waiting_since = @Now WHERE id = @Id AND state IN ('Accepted', 'Revoked')", new { desk.Now, Id = id });
                desk.Record(session, "system", "ra.receipt.arrived", id, LedgerOutcome.Done, new JsonObject { ["digest"] = kept.Digest, ["size"] = kept.Size });
            },
            ct);
        return new EvidenceStored(StoreEvidence.Receipt, kept.Digest, kept.Size, kept.MediaType);
    }

    private static bool IsNamed(Session session, string id, string digest) =>
        session.Scalar<long>("SELECT COUNT(*) FROM ra_deliveries WHERE application = @Id AND receipt_scan = @Digest", new { Id = id, Digest = digest }) == 1;
}
