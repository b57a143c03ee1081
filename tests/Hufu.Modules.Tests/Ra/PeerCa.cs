using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Ra;

/// <summary>A CA as the RA sees it: a room of its own behind sealed messages that issues real pairs, revokes, and certifies staff. Tests make it refuse or be away.</summary>
internal sealed class PeerCa : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _revoked = new();

    private PeerCa(TestRoom room) => Room = room;

    public TestRoom Room { get; }

    /// <summary>Every order whose handler ran, in order; repeats that a receipt answered are not among them.</summary>
    public ConcurrentQueue<IssuePair> Orders { get; } = new();

    /// <summary>How many pairs each order of many had.</summary>
    public ConcurrentQueue<int> Together { get; } = new();

    /// <summary>Orders of many that are refused as a whole.</summary>
    public ConcurrentQueue<RefusalCode> RefuseTogether { get; } = new();

    public ConcurrentQueue<RevokePair> Revocations { get; } = new();

    public ConcurrentQueue<IssueStaffCertificate> StaffOrders { get; } = new();

    /// <summary>What is refused instead of done, first in first out.</summary>
    public ConcurrentQueue<RefusalCode> Refuse { get; } = new();

    /// <summary>What becomes of a pair on its way.</summary>
    public Func<PairIssued, PairIssued> Spoil { get; set; } = pair => pair;

    /// <summary>What becomes of a pair that was ordered with others. It must say the same when an order's handler runs again.</summary>
    public Func<IssuePair, PairIssued, PairIssued> SpoilTogether { get; set; } = (_, pair) => pair;

    /// <summary>Life of the pairs.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromDays(365);

    public static async Task<PeerCa> OpenAsync(string folder)
    {
        var ca = new PeerCa(await TestRoom.OpenAsync(Rooms.Ca, folder: folder));
        ca.Room.InstallIdentity();
        var post = ca.Room.Context.Post;
        post.Handle<IssuePair, PairIssued>((order, ct) =>
        {
            ca.Orders.Enqueue(order.Body);
            ca.MayRefuse();
            return ca.Room.Context.Database.WriteAsync(session => order.Reply(session, ca.Spoil(ca.Issue(order.Body))), ct);
        });
        post.Handle<IssuePairs, PairsIssued>((order, ct) =>
        {
            ca.Together.Enqueue(order.Body.Orders.Count);
            if (ca.RefuseTogether.TryDequeue(out var whole))
            {
                throw new RefusedException(whole, "the CA takes no such order");
            }

            var outcomes = order.Body.Orders.Select(one =>
            {
                ca.Orders.Enqueue(one);
                return ca.Refuse.TryDequeue(out var code) ? new PairOutcome(one.Application, null, new Refusal(code, "the CA says no")) : new PairOutcome(one.Application, ca.SpoilTogether(one, ca.Spoil(ca.Issue(one))), null);
            }).ToList();
            return ca.Room.Context.Database.WriteAsync(session => order.Reply(session, new PairsIssued(outcomes)), ct);
        });
        post.Handle<RevokePair, PairRevoked>((order, ct) =>
        {
            ca.Revocations.Enqueue(order.Body);
            ca.MayRefuse();
            var at = ca._revoked.GetOrAdd(order.Body.Serial, ca.Room.Clock.GetUtcNow());
            return ca.Room.Context.Database.WriteAsync(session => order.Reply(session, new PairRevoked([order.Body.Serial], at)), ct);
        });
        post.Handle<IssueStaffCertificate, StaffCertificateIssued>((order, ct) =>
        {
            ca.StaffOrders.Enqueue(order.Body);
            ca.MayRefuse();
            var certificate = ca.Room.Authority.Issue(order.Body.Name, CertificationRequest.Decode(order.Body.Request).PublicKey);
            return ca.Room.Context.Database.WriteAsync(session => order.Reply(session, new StaffCertificateIssued(certificate.Encode())), ct);
        });
        post.Start();
        return ca;
    }

    public void GoAway() => Room.Transport.Detach(Rooms.Ca);

    public void ComeBack() => Room.Transport.Attach(Room.Context.Post);

    public Task PublishAsync<TFact>(TFact fact)
        where TFact : IFact => Room.Context.Database.WriteAsync(session => Room.Context.Post.Publish(session, fact), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Room.DisposeAsync();
        Room.Authority.Dispose();
    }

    private void MayRefuse()
    {
        if (Refuse.TryDequeue(out var code))
        {
            throw new RefusedException(code, "the CA says no");
        }
    }

    private PairIssued Issue(IssuePair order)
    {
        var key = CertificationRequest.Decode(order.Request).PublicKey;
        using var pair = Sm2KeyPair.Generate();
        var name = order.Fields.GetValueOrDefault("organisationName") ?? order.Fields["personName"];
        var signing = Room.Authority.Issue(name, key, life: Life);
        if (key.IsP256)
        {
            // What the key centre makes pairs for is SM2.
            return new PairIssued(signing.Encode(), null, null, [.. Room.Authority.Chain.Select(certificate => certificate.Encode())]);
        }

        var encryption = Room.Authority.Issue(name, pair.PublicKey, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment, Life);
        return new PairIssued(
            signing.Encode(), encryption.Encode(), Sm2EnvelopedKey.Create(key.Sm2!, pair.PrivateKey).Encode(), [.. Room.Authority.Chain.Select(certificate => certificate.Encode())]);
    }
}
