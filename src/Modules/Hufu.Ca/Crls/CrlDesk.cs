using System.Text.Json.Nodes;
using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
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

/// <summary>What the desk stands on.</summary>
internal sealed record CrlParts(
    Database Database, Ledger Ledger, PolicyValues Values, TimeProvider Clock, AuthorityRegister Authorities, PublicAddresses Addresses, IFactOutlet Facts, AlarmBook Alarms, CaOptions Options,
    CrlMaker Maker, ILogger Log);

/// <summary>
/// Makes the CRLs of a CA, full and delta, whole and in parts: from snapshots of the database into files, checked (R08, R09) before anybody sees them, then kept and handed to the outbox. Never
/// waits for a target (R20).
/// </summary>
internal sealed partial class CrlDesk(CrlParts parts) : IDisposable
{
    /// <summary>Up to here a CRL travels in one fact; a larger one in pieces.</summary>
    public const int LargestFact = 8 << 20;

    /// <summary>Size of a piece.</summary>
    public const int PieceSize = 4 << 20;

    /// <summary>Who makes the CRLs of the plan, in the ledger.</summary>
    public const string ByThePlan = "system";

    private const string IssueAct = "ca.crl.issued";
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    /// <summary>Makes, checks and publishes the next full CRLs of a CA: the one of everything, then each part, then the one of CA certificates, as far as the CA has them.</summary>
    /// <param name="ca">The CA's name.</param>
    /// <param name="occasion">Why.</param>
    /// <param name="actor">Who caused it, for the ledger.</param>
    /// <param name="ct">Cancels before it is committed.</param>
    /// <returns>The one of everything.</returns>
    /// <exception cref="RefusedException">UnknownObject, NotInitialised, ClockInDoubt, or Fault: a check failed; the old CRL stands and an alarm is raised.</exception>
    [Clause("6.2.7.5-b")]
    [Clause("6.6.2.1-e")]
    public async Task<CrlSigned> IssueAsync(string ca, CrlOccasion occasion, string actor, CancellationToken ct)
    {
        var authority = parts.Authorities.Demand().Of(ca);
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var whole = await IssueOneAsync(authority, CrlScope.All, CrlKind.Full, occasion, actor, ct).ConfigureAwait(false);
            var further = await parts.Database.ReadAsync(session => ScopesOf(session, ca), ct).ConfigureAwait(false);
            foreach (var scope in further)
            {
                await IssueOneAsync(authority, scope, CrlKind.Full, occasion, actor, ct).ConfigureAwait(false);
            }

            await TidyAsync(ca, ct).ConfigureAwait(false);
            return whole!;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Makes, checks and publishes the next delta CRLs of a CA, of everything and of each part, on top of the last full ones.</summary>
    /// <returns>The one of everything, or null when there is no full one to build on.</returns>
    /// <exception cref="RefusedException">As of full ones.</exception>
    [Clause("6.2.7.5-b")]
    public async Task<CrlSigned?> IssueDeltaAsync(string ca, string actor, CancellationToken ct)
    {
        var authority = parts.Authorities.Demand().Of(ca);
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var whole = await IssueOneAsync(authority, CrlScope.All, CrlKind.Delta, CrlOccasion.OnDemand, actor, ct).ConfigureAwait(false);
            var further = await parts.Database.ReadAsync(session => ScopesOf(session, ca), ct).ConfigureAwait(false);
            foreach (var scope in further.Where(scope => scope.Part > 0))
            {
                await IssueOneAsync(authority, scope, CrlKind.Delta, CrlOccasion.OnDemand, actor, ct).ConfigureAwait(false);
            }

            return whole;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The first CRL of a CA, before the transaction of its birth: empty, number 1.</summary>
    public CrlMade MakeFirst(Authority authority, DateTimeOffset now)
    {
        var (from, to) = Period(authority, CrlKind.Full, now);
        var der = CertificateRevocationList.Sign(
            new RevocationListHeader
            {
                Issuer = authority.Certificate.Subject, ThisUpdate = from, NextUpdate = to, Number = 1, AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(authority.Certificate),
                FurtherExtensions = Further(authority.Name, CrlScope.All, CrlKind.Full),
            },
            [], authority.Signer).Encode();
        var name = $"{authority.Name}-1.crl";
        Directory.CreateDirectory(parts.Maker.Folder);
        using (var file = new FileStream(Path.Combine(parts.Maker.Folder, name), FileMode.Create, FileAccess.Write))
        {
            file.Write(der);
            file.Flush(flushToDisk: true);
        }

        return new CrlMade(
            new CrlRow(authority.Name, "", 1, nameof(CrlKind.Full), null, 1, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), 0, der.Length, ActStatement.Digest(der), 0, name), []);
    }

    /// <summary>Keeps a CRL that was checked and leaves the fact, in the caller's transaction. One that is too large for a fact has gone ahead in pieces.</summary>
    public void Publish(Session session, CrlMade made, string actor)
    {
        var row = made.Row;
        var last = CrlStore.Latest(session, row.Issuer, row.Scope);
        CrlNumberGrows.Demand(last?.Number, Moment(last?.ThisUpdate), row.Number, Moment(row.ThisUpdate)!.Value);
        CrlStore.Insert(session, row);
        if (row.Scope.Length == 0)
        {
            RevocationStore.Listed(session, row.Issuer, row.Events ?? 0, row.ThisUpdate);
            parts.Alarms.Clear(session, AlarmKinds.RevocationUnlisted, $"ca/{row.Issuer}");
        }

        parts.Alarms.Clear(session, AlarmKinds.CrlRefused, Target(row));
        parts.Alarms.Clear(session, AlarmKinds.CrlLate, $"ca/{row.Issuer}");
        parts.Ledger.Append(session, Record(made, actor, LedgerOutcome.Done));
        var whole = row.Length <= LargestFact;
        byte[] der = [];
        if (whole)
        {
            using var file = parts.Maker.Open(session, row);
            der = file.Piece(0, LargestFact);
        }

        parts.Facts.Publish(session, new CrlIssued(
            row.Issuer, row.Number, Moment(row.ThisUpdate)!.Value, Moment(row.NextUpdate)!.Value, der, row.IsFull ? CrlKind.Full : CrlKind.Delta, row.Scope, row.Base,
            whole ? null : new Contracts.CrlFile(row.Length, row.Digest, Pieces(row.Length))));
    }

    private static int Pieces(long length) => (int)((length + PieceSize - 1) / PieceSize);

    private async Task<CrlSigned?> IssueOneAsync(Authority authority, CrlScope scope, CrlKind kind, CrlOccasion occasion, string actor, CancellationToken ct)
    {
        var now = await TrustedTimeAsync(authority, scope, kind, actor, ct).ConfigureAwait(false);
        var (ca, regular) = (authority.Name, occasion == CrlOccasion.Regular || authority.Name == AuthorityNames.Root ? 1 : 0);
        var task = await parts.Database.ReadAsync(session => Plan(session, authority, scope, kind, now), ct).ConfigureAwait(false);
        if (task is null)
        {
            return null;
        }

        var made = await parts.Maker.MakeAsync(task, ct).ConfigureAwait(false);
        made = made with { Row = made.Row with { Regular = kind == CrlKind.Full ? regular : 0 } };
        if (made.Faults.Count > 0)
        {
            await AlarmAsync(made, actor, ct).ConfigureAwait(false);
            throw new RefusedException(RefusalCode.Fault, $"The new CRL was not published: {string.Join(' ', made.Faults)}");
        }

        await SendPiecesAsync(made.Row, ct).ConfigureAwait(false);
        await parts.Database.WriteAsync(session => Publish(session, made, actor), ct).ConfigureAwait(false);
        parts.Authorities.Signed(now);
        var der = made.Row.Length > LargestFact ? [] : await File.ReadAllBytesAsync(Path.Combine(parts.Maker.Folder, made.Row.File!), ct).ConfigureAwait(false);
        return new CrlSigned(ca, made.Row.Number, (int)made.Row.Entries, parts.Addresses.Crl(CrlIssued.NameOf(ca, scope.Name, kind)), der);
    }

    // The old list stands, and that is said: an alarm, a record of the refusal (of the plan's tries the first).
    [Clause("6.6.2.8-a")]
    private async Task<DateTimeOffset> TrustedTimeAsync(Authority authority, CrlScope scope, CrlKind kind, string actor, CancellationToken ct)
    {
        try
        {
            return parts.Authorities.DemandTrustedTime(parts.Clock.GetUtcNow(), parts.Values);
        }
        catch (RefusedException refused)
        {
            var target = Target(authority.Name, scope.Name, kind);
            await parts.Database.WriteAsync(
                session =>
                {
                    if (parts.Alarms.Raise(session, AlarmKinds.CrlRefused, target, refused.Refusal.Evidence) || actor != ByThePlan)
                    {
                        parts.Ledger.Append(session, new LedgerRecord
                        {
                            Actor = actor, Act = IssueAct, Object = target, Outcome = LedgerOutcome.Refused,
                            Detail = new JsonObject { ["code"] = refused.Refusal.Code.ToString(), ["evidence"] = refused.Refusal.Evidence },
                        });
                    }
                },
                ct).ConfigureAwait(false);
            throw;
        }
    }

    // A list's file is of no use once its time is long over: its digest, number and size stay in the table and in the ledger. What a process left half-made goes too: nothing else is being made now.
    [Clause("6.2.7.5-a")]
    private async Task TidyAsync(string ca, CancellationToken ct)
    {
        var over = await parts.Database.WriteAsync(
            session => CrlStore.Over(session, ca, parts.Values.CrlFilesKeptAfterEnd.Before(parts.Clock.GetUtcNow()).ToUnixTimeMilliseconds()), ct).ConfigureAwait(false);
        foreach (var path in over.Select(name => Path.Combine(parts.Maker.Folder, name)).Concat(parts.Maker.Leftovers()))
        {
            try
            {
                File.Delete(path);
            }
            catch (IOException fault)
            {
                LogNotDeleted(parts.Log, fault, path);
            }
        }
    }

    // The pieces go before the fact that names the file, each in a transaction of its own: the outbox keeps their order, memory and log stay small.
    private async Task SendPiecesAsync(CrlRow row, CancellationToken ct)
    {
        if (row.Length <= LargestFact)
        {
            return;
        }

        using var file = CrlFile.Open(Path.Combine(parts.Maker.Folder, row.File!));
        for (var piece = 0; piece < Pieces(row.Length); piece++)
        {
            var fact = new CrlPiece(row.Digest, piece, (long)piece * PieceSize, file.Piece((long)piece * PieceSize, PieceSize));
            await parts.Database.WriteAsync(session => parts.Facts.Publish(session, fact), ct).ConfigureAwait(false);
        }
    }

    private CrlTask? Plan(Session session, Authority authority, CrlScope scope, CrlKind kind, DateTimeOffset now)
    {
        var last = CrlStore.LatestFull(session, authority.Name, scope.Name);
        if (kind == CrlKind.Delta && last?.Events is null)
        {
            return null;
        }

        var (from, to) = Period(authority, kind, now);
        return new CrlTask(
            authority, scope, kind, (CrlStore.Latest(session, authority.Name, scope.Name)?.Number ?? 0) + 1, from, to, last,
            CrlStore.LatestRegular(session, authority.Name, scope.Name)?.ThisUpdate ?? 0, Point(authority.Name, scope), Further(authority.Name, scope, kind));
    }

    // Parts: as many as are set, and as many as certificates were ever issued into, so that the union of all parts and what has none is everything (R08).
    [Clause("3.10-a")]
    private List<CrlScope> ScopesOf(Session session, string ca)
    {
        List<CrlScope> scopes = [];
        var count = Math.Max(parts.Options.CrlParts.GetValueOrDefault(ca), CrlStore.HighestPart(session, ca));
        for (var part = 1; part <= count; part++)
        {
            scopes.Add(CrlScope.OfPart(part));
        }

        if (parts.Options.AuthorityCrls.Contains(ca))
        {
            scopes.Add(CrlScope.Authorities);
        }

        return scopes;
    }

    // RFC 5280 5.2.5: a part says which one it is, by the name that stands in the certificates' distribution point.
    private IssuingDistributionPoint? Point(string ca, CrlScope scope) => scope == CrlScope.All ? null : new IssuingDistributionPoint(
        [GeneralName.Uri(parts.Addresses.Crl(CrlIssued.NameOf(ca, scope.Name, CrlKind.Full)))],
        scope == CrlScope.Authorities ? RevocationListScope.AuthorityCertificates : RevocationListScope.All);

    private IReadOnlyList<CertificateExtension> Further(string ca, CrlScope scope, CrlKind kind) =>
        kind == CrlKind.Full && scope != CrlScope.Authorities && parts.Options.DeltaCrlEvery.ContainsKey(ca)
            ? [CrlDistributionPoints.FromUris(parts.Addresses.Crl(CrlIssued.NameOf(ca, scope.Name, CrlKind.Delta))).ToExtension() with { Oid = Oids.FreshestCrl }]
            : [];

    // 6.2.7.5-a: the next CRL comes at the next regular time; nextUpdate lies beyond it, so that a late one leaves no gap.
    private (DateTimeOffset From, DateTimeOffset To) Period(Authority authority, CrlKind kind, DateTimeOffset now)
    {
        var from = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return (from, kind == CrlKind.Delta ? from + parts.Options.DeltaCrlEvery.GetValueOrDefault(authority.Name, TimeSpan.FromHours(1)) + parts.Values.CrlOverlap
            : CrlTimes.Next(authority.Name, from, parts.Values, parts.Options) is { } next ? next + parts.Values.CrlOverlap : parts.Values.RootCrlLife.After(from));
    }

    private async Task AlarmAsync(CrlMade made, string actor, CancellationToken ct)
    {
        LogRefused(parts.Log, made.Row.Number, made.Row.Issuer, string.Join(' ', made.Faults));
        await parts.Database.WriteAsync(
            session =>
            {
                parts.Alarms.Raise(session, AlarmKinds.CrlRefused, Target(made.Row), string.Join(' ', made.Faults));
                parts.Ledger.Append(session, Record(made, actor, LedgerOutcome.Failed));
            },
            ct).ConfigureAwait(false);
    }

    private static string Target(CrlRow row) => Target(row.Issuer, row.Scope, row.IsFull ? CrlKind.Full : CrlKind.Delta);

    private static string Target(string ca, string scope, CrlKind kind) => $"crl/{CrlIssued.NameOf(ca, scope, kind)}";

    private static LedgerRecord Record(CrlMade made, string actor, LedgerOutcome outcome) => new()
    {
        Actor = actor,
        Act = IssueAct,
        Object = $"{Target(made.Row)}/{made.Row.Number}",
        Outcome = outcome,
        Detail = new JsonObject
        {
            ["thisUpdate"] = made.Row.ThisUpdate,
            ["nextUpdate"] = made.Row.NextUpdate,
            ["entries"] = made.Row.Entries,
            ["base"] = made.Row.Base,
            ["crl"] = made.Row.Digest,
            ["faults"] = made.Faults.Count == 0 ? null : string.Join(' ', made.Faults),
        },
    };

    private static DateTimeOffset? Moment(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    [LoggerMessage(3021, LogLevel.Warning, "{Path} could not be deleted")]
    private static partial void LogNotDeleted(ILogger log, Exception fault, string path);

    [LoggerMessage(3020, LogLevel.Critical, "CRL {Number} of {Ca} was not published, the old one stands: {Faults}")]
    private static partial void LogRefused(ILogger log, long number, string ca, string faults);
}
