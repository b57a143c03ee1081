using Hufu.Hosting;

namespace Hufu.Ra.Retention;

/// <summary>Erases files that were ordered to be erased, after the order is durable; whatever a crash leaves is erased at the next start. A file that another application or a register still names stays.</summary>
internal sealed class PaperEraser(RaDesk desk)
{
    /// <summary>Erases all that wait.</summary>
    public async Task EraseAsync(CancellationToken ct)
    {
        foreach (var digest in await desk.Context.Database.ReadAsync(session => session.Query<string>("SELECT digest FROM ra_erasures ORDER BY digest"), ct))
        {
            await desk.Context.Database.WriteAsync(
                session =>
                {
                    var named = session.Scalar<long>("SELECT (SELECT COUNT(*) FROM ra_evidence WHERE digest = @Digest) + (SELECT COUNT(*) FROM ra_notices WHERE letter = @Digest)", new { Digest = digest });
                    if (named == 0 && !ArchiveMark.IsScan(session, digest))
                    {
                        desk.Context.Evidence.Erase(digest);
                    }

                    session.Execute("DELETE FROM ra_erasures WHERE digest = @Digest", new { Digest = digest });
                },
                ct);
        }
    }
}
