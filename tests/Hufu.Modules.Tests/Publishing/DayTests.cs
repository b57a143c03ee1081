using Hufu.Ca;
using Hufu.Ca.Alarms;
using Hufu.Contracts;
using Hufu.Modules.Tests.Ca;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

/// <summary>Two days in a minute: the CA's desks and plan, its facts over real posts, the repository's HTTP door and two real directories, one of which is down for 23 hours.</summary>
public sealed class DayTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMinutes(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R20_lists_come_at_midnight_nothing_is_later_than_a_day_and_a_directory_that_was_down_for_23_hours_catches_up_in_order()
    {
        await using var up = await SlapdServer.StartAsync();
        await using var down = await SlapdServer.StartAsync();
        await using var shelf = await PublicShelf.OpenAsync(DirectoryTests.Settings(("up", up), ("down", down)));
        var relay = new Relay(shelf);
        await using var ca = await CaPlace.OpenAsync(outlet: relay);
        var authorities = ca.Desks.Authorities.Demand();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", authorities.Root.Certificate.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", authorities.Operational.Certificate.Encode()));
        await ca.Desks.Plan.RunDueAsync(Ct);
        await relay.SendAsync();
        await DirectoryTests.DrainedAsync(shelf);

        var begin = ca.Clock.GetUtcNow();
        DateTimeOffset downFrom = begin.AddHours(2), upAgain = downFrom.AddHours(23);
        var revoked = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var listed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        List<DateTimeOffset> regular = [];
        var longest = 0L;
        for (var tick = 1; tick <= 2 * 49; tick++)
        {
            var now = begin + (tick * s_tick);
            ca.Clock.Set(now);
            if (now > shelf.Clock.GetUtcNow())
            {
                shelf.Clock.Set(now);
            }

            if (now == downFrom)
            {
                await down.StopAsync();
            }
            else if (now == upAgain)
            {
                down.Start();
                await down.UntilUpAsync();
            }

            if (tick % 8 == 0)
            {
                foreach (var serial in await CrlTests.RevokedPairAsync(ca, $"A{tick}"))
                {
                    revoked.Add(serial, now);
                }
            }

            if ((await ca.Desks.Plan.RunDueAsync(Ct)).Contains("operational"))
            {
                regular.Add(now);
            }

            await relay.SendAsync();
            var published = CertificateRevocationList.Decode((await shelf.GetAsync("/crl/operational.crl"))!);
            Assert.True(published.NextUpdate > now, $"at {now:u} the list in force had ended");
            foreach (var entry in published.Entries)
            {
                listed.TryAdd(entry.SerialNumber.ToString(), now);
            }

            // Everybody else has it while one directory is away.
            await DirectoryTests.DrainedAsync(shelf, "up");
            longest = Math.Max(longest, await shelf.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM publishing_directory_queue WHERE target = 'down'"), Ct));
        }

        // Every day at 00:00 in Shanghai, and at no other time.
        Assert.Equal([new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero)], regular);

        // What was revoked before the last list is on one, and was so within a day.
        var due = revoked.Where(one => one.Value <= regular[^1]).ToList();
        Assert.True(due.Count >= 16, $"{due.Count} revocations were due");
        Assert.All(due, one => Assert.InRange(listed[one.Key] - one.Value, TimeSpan.Zero, TimeSpan.FromHours(24)));
        Assert.Equal(0, await ca.CountAsync($"SELECT count(*) FROM ca_alarms WHERE kind IN ('{AlarmKinds.CrlLate}', '{AlarmKinds.RevocationUnlisted}', '{AlarmKinds.CrlRefused}')"));

        // The directory that was away has the same as the other, and nothing older lies over something newer.
        await DirectoryTests.DrainedAsync(shelf);
        Assert.True(longest > 0, "nothing had to wait for the directory that was down");
        var last = await shelf.GetAsync("/crl/operational.crl");
        foreach (var server in new[] { up, down })
        {
            Assert.Contains(DirectoryTests.Value("certificateRevocationList;binary", last), await server.SearchAsync("(cn=operational)", "certificateRevocationList;binary"), StringComparison.Ordinal);
        }

        Assert.Equal(0, await DirectoryTests.CompareAsync(shelf, "up"));
        Assert.Equal(0, await DirectoryTests.CompareAsync(shelf, "down"));
        Assert.Equal(0L, await shelf.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM publishing_directory_refused"), Ct));
    }

    /// <summary>The CA's facts of committed transactions, sent on in their order by the post of the room that stands for it.</summary>
    private sealed class Relay(PublicShelf shelf) : IFactOutlet
    {
        private readonly Queue<Func<Task>> _waiting = new();

        public void Publish<TFact>(Session session, TFact fact)
            where TFact : IFact
        {
            if (fact is CertificateIssued or CertificateRevoked or CertificateResumed or CrlIssued or CrlPiece)
            {
                session.OnCommitted(() =>
                {
                    lock (_waiting)
                    {
                        _waiting.Enqueue(() => shelf.TellAsync(shelf.Ca, fact));
                    }
                });
            }
        }

        public async Task SendAsync()
        {
            while (true)
            {
                Func<Task>? next;
                lock (_waiting)
                {
                    if (!_waiting.TryDequeue(out next))
                    {
                        return;
                    }
                }

                await next();
            }
        }
    }
}
