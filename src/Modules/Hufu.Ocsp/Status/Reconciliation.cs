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
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
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
        lock (_taken)
        {
            _taken.Clear();
        }

        Interlocked.CompareExchange(ref _openSince, now, -1);
        Mark(await database.ReadAsync(StatusStore.LatestChange, ct));
    }

    /// <summary>Remembers outside the database how far it has come.</summary>
    public async Task MarkAsync(CancellationToken ct) => Mark(await database.ReadAsync(StatusStore.LatestChange, ct));

    /// <summary>
    /// Reconciles with a CRL: what it lists is revoked here too, with the list's time and reason. It is done when a full list of every CA that is answered for has come; a part of a divided list (issuingDistributionPoint) is taken
    /// in, and ends nothing by itself, since nobody but the CA knows how many parts there are: the CA's full list stands beside its parts.
    /// </summary>
    /// <param name="der">The CRL; signed by a CA known here, no delta, made after the need was found. Anybody may bring it: it can only revoke what its CA has revoked.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Entries read, how many of them were not revoked here before, and the CAs whose full list is still waited for.</returns>
    /// <exception cref="RefusedException">Malformed, SignatureInvalid, StatementStale, StateWrong.</exception>
    public async Task<ReconciliationReport> RunAsync(byte[] der, CancellationToken ct)
    {
        var list = Decode(der);
        var issuer = issuers.All.FirstOrDefault(one => one.Certificate.Subject.Equals(list.Issuer) && list.IsSignedBy(one.Certificate))
            ?? throw new RefusedException(RefusalCode.SignatureInvalid, "No CA known here has signed this list.", "crl");
        var point = list.IssuingDistributionPoint;
        if (list.DeltaBase is not null || point is { Scope: not RevocationListScope.All } or { IsPartialOrIndirect: true } || list.HasUnknownCriticalExtension)
        {
            throw new RefusedException(RefusalCode.StateWrong, "A delta, or a list for some reasons or kinds of certificates, does not list everything; bring the full CRL or its parts.", "crl");
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

        var waiting = point is null ? Waiting(issuer.Ca) : Waiting(null);
        if (waiting.Count == 0)
        {
            await database.WriteAsync(
                session =>
                {
                    session.Execute("UPDATE ocsp_reconciliation SET done_at = @now WHERE done_at IS NULL", new { now = now.ToUnixTimeMilliseconds() });
                    session.OnCommitted(() => Volatile.Write(ref _openSince, -1));
                },
                ct);
        }

        return new ReconciliationReport(issuer.Ca, entries, added, waiting);
    }

    // The CAs whose full list has not come since this start; a full list that has just come counts.
    private List<string> Waiting(string? came)
    {
        lock (_taken)
        {
            if (came is not null)
            {
                _taken.Add(came);
            }

            return NeededSince is null ? [] : [.. issuers.All.Select(one => one.Ca).Distinct().Where(ca => !issuers.IsRoot(ca) && !_taken.Contains(ca)).Order(StringComparer.Ordinal)];
        }
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
/// <param name="Waiting">The CAs whose full list is still to come before anything is answered; empty when it is done.</param>
internal sealed record ReconciliationReport(string Ca, long Entries, long Added, IReadOnlyList<string> Waiting);
