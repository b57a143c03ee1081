using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Crls;

/// <summary>Why a CRL is made.</summary>
internal enum CrlOccasion
{
    /// <summary>By the daily plan; of the root, every one.</summary>
    Regular,

    /// <summary>Between two regular ones.</summary>
    OnDemand,
}

/// <summary>
/// Makes CRLs: from one snapshot of the database, checked (R08, R09) before anybody sees them, stored and handed to the outbox in one transaction. Never waits for a target (R20).
/// </summary>
internal sealed partial class CrlDesk(
    Database database, Ledger ledger, PolicyValues values, TimeProvider clock, AuthorityRegister authorities, PublicAddresses addresses, IFactOutlet facts, ILogger log) : IDisposable
{
    private const int PageSize = 5_000;
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    /// <summary>Makes, checks and publishes the next CRL of a CA.</summary>
    /// <param name="ca">The CA's name.</param>
    /// <param name="occasion">Why.</param>
    /// <param name="actor">Who caused it, for the ledger.</param>
    /// <param name="ct">Cancels before it is committed.</param>
    /// <exception cref="RefusedException">UnknownObject, NotInitialised, or Fault: a check failed; the old CRL stands and an alarm is raised.</exception>
    [Clause("6.2.7.5-b")]
    [Clause("6.6.2.1-e")]
    public async Task<CrlSigned> IssueAsync(string ca, CrlOccasion occasion, string actor, CancellationToken ct)
    {
        var authority = authorities.Demand().Of(ca);
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var now = authorities.DemandTrustedTime(clock.GetUtcNow(), values);
            var made = await database.ReadAsync(session => Make(session, authority, occasion, now), ct).ConfigureAwait(false);
            if (made.Faults.Count > 0)
            {
                await AlarmAsync(ca, made, actor, ct).ConfigureAwait(false);
                throw new RefusedException(RefusalCode.Fault, $"The new CRL was not published: {string.Join(' ', made.Faults)}");
            }

            await database.WriteAsync(session => Publish(session, made, actor), ct).ConfigureAwait(false);
            authorities.Signed(now);
            return new CrlSigned(ca, made.Row.Number, (int)made.Row.Entries, addresses.Crl(ca), made.Der);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The first CRL of a CA, in the transaction of its birth: empty, number 1.</summary>
    public CrlMade MakeFirst(Authority authority, DateTimeOffset now)
    {
        var (from, to) = Period(authority.Name, now);
        var der = CrlCodec.Sign(authority, 1, from, to, []);
        return new CrlMade(new CrlRow(authority.Name, 1, 1, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), 0, ActStatement.Digest(der)), der, []);
    }

    /// <summary>Stores a CRL that was checked and leaves the fact, in the caller's transaction.</summary>
    public void Publish(Session session, CrlMade made, string actor)
    {
        var last = CrlStore.Latest(session, made.Row.Issuer);
        CrlNumberGrows.Demand(last?.Number, Moment(last?.ThisUpdate), made.Row.Number, Moment(made.Row.ThisUpdate)!.Value);
        CrlStore.Insert(session, made.Row, made.Der);
        ledger.Append(session, Record(made, actor, LedgerOutcome.Done));
        facts.Publish(session, new CrlIssued(made.Row.Issuer, made.Row.Number, Moment(made.Row.ThisUpdate)!.Value, Moment(made.Row.NextUpdate)!.Value, made.Der));
    }

    private CrlMade Make(Session session, Authority authority, CrlOccasion occasion, DateTimeOffset now)
    {
        var ca = authority.Name;
        var last = CrlStore.Latest(session, ca);
        var lastRegular = CrlStore.LatestRegular(session, ca)?.ThisUpdate ?? 0;
        var number = (last?.Number ?? 0) + 1;
        var (from, to) = Period(ca, now);
        var der = CrlCodec.Sign(authority, number, from, to, Entries(session, ca, lastRegular));

        // Checked on the bytes that would go out, read back.
        List<string> faults = [];
        var entries = 0L;
        foreach (var _ in CrlCodec.Read(der, authority))
        {
            entries++;
        }

        var missing = CrlIsComplete.Missing(CrlCodec.Read(der, authority).Select(entry => entry.Serial), Unexpired(session, ca, now.ToUnixTimeMilliseconds()));
        faults.AddRange(missing.Select(serial => $"{serial} is missing."));
        var before = last is null ? [] : CrlCodec.Read(CrlStore.Der(session, ca, last.Number)!, authority);
        faults.AddRange(CrlDifferenceIsExplained.Unexplained(before, CrlCodec.Read(der, authority), lastRegular, serial => Recorded(session, ca, serial)));
        var regular = occasion == CrlOccasion.Regular || ca == AuthorityNames.Root ? 1 : 0;
        return new CrlMade(
            new CrlRow(ca, number, regular, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), entries, ActStatement.Digest(der)), der, faults);
    }

    // 6.2.7.5-a: the operational CA's next CRL comes at the next regular time; nextUpdate lies beyond it, so that a late one leaves no gap.
    private (DateTimeOffset From, DateTimeOffset To) Period(string ca, DateTimeOffset now)
    {
        var from = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return (from, ca == AuthorityNames.Root ? values.RootCrlLife.After(from) : values.NextCrlAfter(from) + values.CrlOverlap);
    }

    private static IEnumerable<CrlEntryKey> Entries(Session session, string ca, long lastRegular)
    {
        var after = "";
        while (true)
        {
            var page = RevocationStore.Page(session, ca, lastRegular, after, PageSize);
            foreach (var row in page)
            {
                yield return new CrlEntryKey(row.Serial, row.RevokedAt, row.Reason);
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = page[^1].Serial;
        }
    }

    private static IEnumerable<string> Unexpired(Session session, string ca, long at)
    {
        var after = "";
        while (true)
        {
            var page = RevocationStore.UnexpiredPage(session, ca, at, after, PageSize);
            foreach (var serial in page)
            {
                yield return serial;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            after = page[^1];
        }
    }

    private static (CrlEntryKey Entry, long NotAfter)? Recorded(Session session, string ca, string serial) =>
        RevocationStore.Find(session, ca, serial) is { } row ? (new CrlEntryKey(row.Serial, row.RevokedAt, row.Reason), row.NotAfter) : null;

    private async Task AlarmAsync(string ca, CrlMade made, string actor, CancellationToken ct)
    {
        LogRefused(log, made.Row.Number, ca, string.Join(' ', made.Faults));
        await database.WriteAsync(session => ledger.Append(session, Record(made, actor, LedgerOutcome.Failed)), ct).ConfigureAwait(false);
    }

    private static LedgerRecord Record(CrlMade made, string actor, LedgerOutcome outcome) => new()
    {
        Actor = actor,
        Act = "ca.crl.issued",
        Object = $"crl/{made.Row.Issuer}/{made.Row.Number}",
        Outcome = outcome,
        Detail = new JsonObject
        {
            ["thisUpdate"] = made.Row.ThisUpdate,
            ["nextUpdate"] = made.Row.NextUpdate,
            ["entries"] = made.Row.Entries,
            ["crl"] = made.Row.Digest,
            ["faults"] = made.Faults.Count == 0 ? null : string.Join(' ', made.Faults),
        },
    };

    private static DateTimeOffset? Moment(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    [LoggerMessage(3020, LogLevel.Critical, "CRL {Number} of {Ca} was not published, the old one stands: {Faults}")]
    private static partial void LogRefused(ILogger log, long number, string ca, string faults);
}

/// <summary>A CRL that is signed and not yet out.</summary>
/// <param name="Row">What is kept of it.</param>
/// <param name="Der">The CRL.</param>
/// <param name="Faults">Why it may not go out; empty when it may.</param>
internal sealed record CrlMade(CrlRow Row, byte[] Der, IReadOnlyList<string> Faults);
