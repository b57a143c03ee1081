using Hufu.Ca.Authorities;
using Hufu.Ca.Profiles;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Ca.Told;

/// <summary>
/// Tells a room again what happened since a moment: <c>POST /api/ca/facts</c>, act ca.facts.again (6.2.7.8-a, R14, R17). The act notes the repetition; the facts go into the room's outbox in pieces, each in one
/// transaction with the place that it has reached. What a crash or a client that left breaks off goes on with the next round.
/// </summary>
internal sealed class FactsDesk(RoomContext context, AuthorityRegister authorities, ProfileKeys keys, IFactOutlet facts) : IDisposable
{
    private const int Piece = 500;
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <exception cref="RefusedException">The act is not in order; FieldInvalid: the room hears no such facts, or the moment has not come yet.</exception>
    [Clause("6.2.7.8-a")]
    public async Task<FactsRepeated> RepeatAsync(ActRequest request, CancellationToken ct)
    {
        authorities.Demand();
        var number = await context.Acts.RunAsync<FactsAgain, long>(
            request, ActNames.CaFactsAgain, asked => new ExpectedAct(ActNames.CaFactsAgain, $"room/{asked.Room}"), Note, ct).ConfigureAwait(false);
        await GoOnAsync(ct).ConfigureAwait(false);
        var row = await context.Database.ReadAsync(session => RepeatStore.Find(session, number), ct).ConfigureAwait(false);
        return new FactsRepeated(row.Number, row.Room, DateTimeOffset.FromUnixTimeMilliseconds(row.Since), row.Standings, row.Certificates);
    }

    /// <summary>Puts what is noted into the outbox, the oldest repetition first.</summary>
    public async Task GoOnAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            while (await context.Database.WriteAsync(session => RepeatStore.Waiting(session) is { } row && GoOn(session, row), ct).ConfigureAwait(false))
            {
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private long Note(Session session, AuthorisedAct authorised, FactsAgain asked)
    {
        var now = context.Clock.GetUtcNow();
        if (!Hears<CertificateIssued>(asked.Room) && !Hears<CertificateRevoked>(asked.Room))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The room '{asked.Room}' hears nothing of certificates from a CA.", "room");
        }

        if (asked.Since > now)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"It is {now:u}.", "since");
        }

        // Moments of revocation are whole seconds.
        var since = asked.Since.ToUnixTimeSeconds() * 1000;
        authorised.Detail["since"] = since;
        return RepeatStore.Insert(session, asked.Room, since, now.ToUnixTimeMilliseconds(), authorised.Person.ToString());
    }

    private bool GoOn(Session session, RepeatRow row)
    {
        if (row.Stage == RepeatStore.Standings)
        {
            var rows = Hears<CertificateRevoked>(row.Room) ? RepeatStore.StandingsAfter(session, row, Piece) : [];
            foreach (var (lifted, run) in Runs(rows))
            {
                if (lifted)
                {
                    facts.PublishTo<CertificateResumed>(session, row.Room, [.. run.Select(one => new CertificateResumed(one.Issuer, one.Serial, one.Moment))]);
                }
                else
                {
                    facts.PublishTo<CertificateRevoked>(session, row.Room, [.. run.Select(one => new CertificateRevoked(one.Issuer, one.Serial, one.Moment, (RevocationReason)one.Reason))]);
                }
            }

            RepeatStore.MoveStanding(session, row, rows, last: rows.Count < Piece);
            return true;
        }

        var issued = Hears<CertificateIssued>(row.Room) ? RepeatStore.CertificatesAfter(session, row, Piece) : [];
        if (issued.Count > 0)
        {
            facts.PublishTo<CertificateIssued>(
                session, row.Room, [.. issued.Select(one => new CertificateIssued(one.Issuer, one.Serial, one.Profile, one.Der, DateTimeOffset.FromUnixTimeMilliseconds(one.NotAfter)))]);
        }

        if (issued.Count < Piece && Hears<ProfileChanged>(row.Room))
        {
            facts.PublishTo<ProfileChanged>(session, row.Room, [.. ProfileVersions.InForce(session).Select(ProfileDesk.FactOf)]);
            facts.PublishTo(session, row.Room, [keys.Now()]);
        }

        RepeatStore.MoveCertificates(session, row, issued, last: issued.Count < Piece);
        return true;
    }

    private static IEnumerable<(bool Lifted, List<StandingRow> Run)> Runs(IReadOnlyList<StandingRow> rows)
    {
        List<StandingRow> run = [];
        foreach (var row in rows)
        {
            if (run.Count > 0 && run[0].IsLifted != row.IsLifted)
            {
                yield return (run[0].IsLifted, run);
                run = [];
            }

            run.Add(row);
        }

        if (run.Count > 0)
        {
            yield return (run[0].IsLifted, run);
        }
    }

    private static bool Hears<TFact>(string room)
        where TFact : IFact => Rooms.IsName(room) && AccessTable.Default.Allows(AccessTable.Fact, typeof(TFact).Name, Rooms.Ca, room);
}
