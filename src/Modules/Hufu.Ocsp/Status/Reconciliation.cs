using Hufu.Contracts;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>
/// R17: a restore cannot un-revoke. A database that is older than what the room had written last is found at start; until a CRL that the CA signed after that has been read, and everything in it is revoked here too,
/// every answer is tryLater.
/// </summary>
internal sealed class Reconciliation(Database database, StatusFacts facts, Issuers issuers, TimeProvider clock, string directory)
{
    private readonly string _mark = Path.Combine(directory, "status.latest");
    private long _openSince = -1;

    /// <summary>Since when it is needed; null when it is not.</summary>
    public DateTimeOffset? NeededSince => Volatile.Read(ref _openSince) is >= 0 and var since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;

    /// <summary>Looks whether the database is older than the mark beside it.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        var latest = await database.ReadAsync(StatusStore.LatestChange, ct);
        if (Marked() > latest)
        {
            await DemandAsync($"the database ends at change {latest}, the room had written {Marked()}", ct);
        }
        else if (RestoreMark.Read(directory) is { } restored)
        {
            // hufu restore puts the mark beside the database back too; the room's own mark says it. Once is enough: it stays until the operator has reconciled all rooms.
            var since = restored.RestoredAt.ToUnixTimeMilliseconds();
            if (await database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM ocsp_reconciliation WHERE found_at >= @since", new { since }), ct) == 0)
            {
                await DemandAsync($"restored from backup {restored.Backup}", ct);
            }
        }

        Volatile.Write(ref _openSince, await database.ReadAsync(
            session => session.Scalar<long?>("SELECT MIN(found_at) FROM ocsp_reconciliation WHERE done_at IS NULL") ?? -1, ct));
    }

    /// <summary>From now on nothing is answered until it is reconciled.</summary>
    /// <param name="why">What was found, or who asked.</param>
    /// <param name="ct">Cancels.</param>
    public async Task DemandAsync(string why, CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync(session => session.Execute("INSERT INTO ocsp_reconciliation (found_at, why) VALUES (@now, @why)", new { now, why }), ct);
        Interlocked.CompareExchange(ref _openSince, now, -1);
        Mark(await database.ReadAsync(StatusStore.LatestChange, ct));
    }

    /// <summary>Remembers outside the database how far it has come.</summary>
    public async Task MarkAsync(CancellationToken ct) => Mark(await database.ReadAsync(StatusStore.LatestChange, ct));

    /// <summary>Reconciles with a full CRL: what it lists is revoked here too, with the list's time and reason.</summary>
    /// <param name="der">The CRL; signed by a CA known here, full, made after the need was found. Anybody may bring it: it can only revoke what its CA has revoked.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Entries read, and how many of them were not revoked here before.</returns>
    /// <exception cref="RefusedException">Malformed, SignatureInvalid, StatementStale, StateWrong.</exception>
    public async Task<ReconciliationReport> RunAsync(byte[] der, CancellationToken ct)
    {
        var list = Decode(der);
        var issuer = issuers.All.FirstOrDefault(one => one.Certificate.Subject.Equals(list.Issuer) && list.IsSignedBy(one.Certificate))
            ?? throw new RefusedException(RefusalCode.SignatureInvalid, "No CA known here has signed this list.", "crl");
        if (list.DeltaBase is not null || list.IssuingDistributionPoint is not null || list.HasUnknownCriticalExtension)
        {
            throw new RefusedException(RefusalCode.StateWrong, "A delta or a part does not list everything; bring the full CRL.", "crl");
        }

        var now = clock.GetUtcNow();
        if (list.NextUpdate < now || (NeededSince is { } since && list.ThisUpdate.AddSeconds(1) < since))
        {
            throw new RefusedException(RefusalCode.StatementStale, $"The list is of {list.ThisUpdate:yyyy-MM-dd'T'HH:mm:ss'Z'}; one made after the restore is needed. Let the CA sign one now.", "crl");
        }

        long entries = 0, added = 0;
        foreach (var group in list.Entries.Chunk(1000))
        {
            entries += group.Length;
            added += await database.WriteAsync(session => group.Count(entry => Take(session, issuer, entry)), ct);
        }

        await database.WriteAsync(
            session =>
            {
                session.Execute("UPDATE ocsp_reconciliation SET done_at = @now WHERE done_at IS NULL", new { now = now.ToUnixTimeMilliseconds() });
                session.OnCommitted(() => Volatile.Write(ref _openSince, -1));
            },
            ct);
        return new ReconciliationReport(issuer.Ca, entries, added);
    }

    private bool Take(Session session, Issuer issuer, RevokedEntry entry)
    {
        var serial = entry.SerialNumber.Content.ToArray();
        if (issuer.Index.Find(serial).Standing == Standing.Revoked)
        {
            return false;
        }

        facts.Revoke(session, issuer.Ca, serial, entry.RevocationDate, (Contracts.RevocationReason)(int)(entry.Reason ?? Pki.RevocationReason.Unspecified));
        return true;
    }

    private static CertificateRevocationList Decode(byte[] der)
    {
        try
        {
            return CertificateRevocationList.Decode(der);
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(RefusalCode.Malformed, unreadable.Message, "crl");
        }
    }

    private long Marked() => File.Exists(_mark) && long.TryParse(File.ReadAllText(_mark), out var marked) ? marked : 0;

    private void Mark(long change)
    {
        File.WriteAllText(_mark + ".new", change.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(_mark + ".new", _mark, overwrite: true);
    }
}

/// <summary>What a reconciliation has done.</summary>
/// <param name="Ca">The CA whose list it was.</param>
/// <param name="Entries">Entries of the list.</param>
/// <param name="Added">Those that were not revoked here before.</param>
internal sealed record ReconciliationReport(string Ca, long Entries, long Added);
