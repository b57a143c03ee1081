using Hufu.Ca;
using Hufu.Contracts;
using Hufu.Kmc.Serving;
using Hufu.Modules.Tests.Ca;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>The real CA and the real key centre: the key centre dies somewhere in a dual issue, comes back on the same files, and everything is finished.</summary>
public sealed class KilledTests
{
    /// <summary>Where the key centre dies.</summary>
    public enum Moment
    {
        /// <summary>Before it has read the request.</summary>
        BeforeReading,

        /// <summary>The private key is enveloped and the answer signed, nothing is written.</summary>
        AnswerSigned,

        /// <summary>Inside the transaction: pair moved, answer kept, ledger written, not committed.</summary>
        BeforeCommit,

        /// <summary>All is durable; the answer never leaves.</summary>
        BeforeAnswering,
    }

    [Theory]
    [InlineData(Moment.BeforeReading, true)]
    [InlineData(Moment.BeforeReading, false)]
    [InlineData(Moment.AnswerSigned, true)]
    [InlineData(Moment.AnswerSigned, false)]
    [InlineData(Moment.BeforeCommit, true)]
    [InlineData(Moment.BeforeCommit, false)]
    [InlineData(Moment.BeforeAnswering, true)]
    [InlineData(Moment.BeforeAnswering, false)]
    public Task R23_the_key_centre_killed_at_any_step_delivers_no_half_pair_and_everything_is_finished(Moment moment, bool caDiesToo) => KillAsync(moment, caDiesToo, null);

    [Theory]
    [InlineData(Moment.BeforeReading)]
    [InlineData(Moment.AnswerSigned)]
    [InlineData(Moment.BeforeCommit)]
    [InlineData(Moment.BeforeAnswering)]
    public async Task R23_the_same_with_the_key_centre_on_PostgreSQL(Moment moment) => await KillAsync(moment, true, (await PostgresServer.SharedAsync()).ConnectionString);

    private static async Task KillAsync(Moment moment, bool caDiesToo, string? postgres)
    {
        await using var ca = await CaPlace.OpenAsync(options: new CaOptions { KeyCentreTimeout = TimeSpan.FromSeconds(20) });
        var centre = await KeyCentre.OpenAsync(spares: 3, clock: ca.Clock, postgres: postgres);
        try
        {
            var alive = true;
            var dies = true;
            Exception? fault = null;
            ca.KeyCentre.Become(centre.Certificate, async (request, ct) =>
            {
                if (!alive)
                {
                    throw new RefusedException(RefusalCode.RoomUnreachable, "dead");
                }

                try
                {
                    Die(Moment.BeforeReading);
                    var keeper = new AnswerKeeper(_ => Die(Moment.AnswerSigned), (_, _) => Die(Moment.BeforeCommit));
                    var answer = await centre.Server.AnswerAsync(Rooms.Ca, [ca.KeyCentre.Self!.Value.Certificate], centre.Serving, request, keeper, ct);
                    Die(Moment.BeforeAnswering);
                    return answer.Der;
                }
                catch (Exception other) when (other is not KilledException and not RefusedException)
                {
                    fault = other;
                    throw;
                }
                catch (KilledException)
                {
                    alive = false;
                    throw new RefusedException(RefusalCode.RoomUnreachable, "dead");
                }
            });
            using var holder = Sm2KeyPair.Generate();
            var order = ca.Order(holder);

            // It dies: the order waits, no signing certificate without its twin.
            await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ca.IssueAsync(order));
            Assert.False(alive);
            Assert.Equal(0, await ca.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing'"));
            await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ca.IssueAsync(order));

            // It comes back on its files; nothing lies between spare and in use.
            centre = await centre.RestartAsync();
            var counts = await centre.CountAsync();
            Assert.Equal(moment == Moment.BeforeAnswering ? (2L, 1L, 0L) : (3L, 0L, 0L), counts);
            if (caDiesToo)
            {
                await ca.RestartAsync();
            }

            alive = true;
            dies = false;
            var settled = await ca.Desks.Settling.SettleAsync(CancellationToken.None);
            for (var round = 0; settled.Waiting != 0 && round < 20; round++)
            {
                // As the job goes on: on a machine with much else to do, the answer may come after the CA's patience.
                settled = await ca.Desks.Settling.SettleAsync(CancellationToken.None);
            }

            Assert.True(settled.Waiting == 0, $"{settled.Waiting} wait: {fault}");
            var issued = await ca.IssueAsync(order);

            // Both certificates, one pair, and the holder opens it.
            using var opened = Sm2EnvelopedKey.Decode(issued.EnvelopedKey!).Open(holder);
            Assert.Equal(Certificate.Decode(issued.EncryptionCertificate!).PublicKey.Sm2, opened.PublicKey);
            Assert.Equal((2L, 1L, 0L), await centre.CountAsync());
            Assert.Equal(1, await ca.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing'"));
            Assert.Equal(1, await ca.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'encryption'"));

            void Die(Moment at)
            {
                if (dies && at == moment)
                {
                    throw new KilledException();
                }
            }
        }
        finally
        {
            await centre.DisposeAsync();
        }
    }

    private sealed class KilledException : Exception;
}
