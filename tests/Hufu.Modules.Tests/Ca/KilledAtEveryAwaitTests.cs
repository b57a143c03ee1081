using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The process dies before and after every await of issuing, of one order alone and of many together; then it is started again (R03, R10).</summary>
public sealed class KilledAtEveryAwaitTests
{
    private const int Together = 5;

    // 50 deaths, with HUFU_LONG=1 (./test --long) a thousand, over one database that keeps all that the earlier ones left. Half of them one order, half IssuePairs; the awaits in turn.
    [Fact]
    public async Task R03_R10_KilledAtEveryAwaitOneCertificatePerRequestAndNothingSignedWithoutAnIntent()
    {
        var runs = Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? 1_000 : 50;
        await using var place = await CaPlace.OpenAsync();
        var number = 0;
        int[] awaits = [await CountAsync(1), await CountAsync(Together)];
        Assert.True(awaits[0] >= 16 && awaits[1] >= 20, $"{awaits[0]} and {awaits[1]} awaits");
        Assert.True(awaits.Sum() <= 50, $"{awaits.Sum()} awaits: more than 50 deaths are needed to die at each");
        var orders = 1 + Together;
        for (var run = 0; run < runs; run++)
        {
            // The awaits of one shape, then those of the other, then again.
            var turn = run % awaits.Sum();
            var (many, at) = turn < awaits[0] ? (false, turn) : (true, turn - awaits[0]);
            using var batch = new Batch(place, many ? Together : 1, ref number);
            orders += batch.Orders.Length;
            var killer = new AwaitKiller(place, at);
            await place.RestartAsync(killer);
            await Assert.ThrowsAsync<KilledTests.KilledException>(() => batch.IssueAsync());
            Assert.Null(killer.Wrong);
            await place.RestartAsync();

            // What is stored is whole: two certificates, a done intent, a ledger entry; nothing else is signed for.
            Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents i WHERE state = 'done' AND (SELECT count(*) FROM ca_certificates c WHERE c.intent = i.number) <> 2"));
            Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_certificates c WHERE kind IN ('signing', 'encryption') AND NOT EXISTS (SELECT 1 FROM ca_intents i WHERE i.number = c.intent AND i.state = 'done' AND i.ledger_entry IS NOT NULL)"));
            if (run % 2 == 0)
            {
                var settled = await place.Desks.Settling.SettleAsync(CancellationToken.None);
                Assert.Equal((settled.Listed, 0, 0), (settled.Settled, settled.Failed, settled.Waiting));
                Assert.Equal(new Settlement(0, 0, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
            }

            var first = await batch.IssueAsync();
            Assert.Equal(first, await batch.IssueAsync());
            Assert.Equal(new Settlement(0, 0, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
            Assert.Equal(2 * orders, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'"));
        }

        Assert.Equal(orders, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(orders, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'done' AND ledger_entry IS NOT NULL AND order_sealed IS NULL"));
        Assert.Equal(orders, place.KeyCentre.Pairs);
        Assert.Equal(2 * orders, place.Facts.Facts.OfType<CertificateIssued>().Count(fact => fact.Profile == "organisation"));
        Assert.Equal(orders, (await KilledTests.LedgerAsync(place)).Count(line => line.Contains("\"ca.issue\"", StringComparison.Ordinal)));

        async Task<int> CountAsync(int size)
        {
            using var batch = new Batch(place, size, ref number);
            var counter = new AwaitKiller(place, int.MaxValue);
            await place.RestartAsync(counter);
            await batch.IssueAsync();
            await place.RestartAsync();
            return counter.Count;
        }
    }

    /// <summary>One order, or many in one.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly CaPlace place;
        private readonly List<Sm2KeyPair> keys = [];

        public Batch(CaPlace place, int size, ref int number)
        {
            this.place = place;
            Orders = new IssuePair[size];
            for (var i = 0; i < size; i++)
            {
                keys.Add(Sm2KeyPair.Generate());
                var fields = CaPlace.Organisation($"某市第{++number}局");
                fields["creditCode"] = CaPlace.CreditCode(number);
                Orders[i] = place.Order(keys[i], $"W{number:D6}", fields: fields);
            }
        }

        public IssuePair[] Orders { get; }

        /// <summary>The bytes of what was issued.</summary>
        public async Task<string> IssueAsync()
        {
            if (Orders.Length == 1)
            {
                return IssuingTests.Bytes(await place.IssueAsync(Orders[0]));
            }

            var issued = await place.IssueManyAsync(Orders);
            return string.Join('\n', issued.Outcomes.Select(outcome => IssuingTests.Bytes(Assert.IsType<PairIssued>(outcome.Issued))));
        }

        public void Dispose() => keys.ForEach(key => key.Dispose());
    }

    /// <summary>Dies at an await, and at every one after it: nothing of a dead process goes on.</summary>
    private sealed class AwaitKiller(CaPlace place, int at) : IIssuingProbe
    {
        private int count;

        public int Count => count;

        /// <summary>What was wrong when signing began.</summary>
        public string? Wrong { get; private set; }

        public void Awaits()
        {
            if (Interlocked.Increment(ref count) > at)
            {
                throw new KilledTests.KilledException();
            }
        }

        public void At(IssuingStep step, bool done)
        {
            if (step == IssuingStep.Sign && !done && Written() == 0)
            {
                Wrong = "Signing begins and no intent is written.";
            }
        }

        private long Written() => place.Database.ReadAsync(
            session => session.Scalar<long>("SELECT count(*) FROM ca_intents WHERE state = 'written' AND ledger_entry IS NOT NULL AND sign_tbs IS NOT NULL AND enc_tbs IS NOT NULL"), CancellationToken.None).GetAwaiter().GetResult();
    }
}
