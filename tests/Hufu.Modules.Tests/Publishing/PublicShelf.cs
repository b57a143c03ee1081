using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Publishing;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

/// <summary>A repository with its HTTP door, and a CA and an RA that send it facts through real posts.</summary>
internal sealed class PublicShelf : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private PublishingOptions _options = new() { SearchPage = 2 };
    private PublishingModule _module = null!;
    private TestRoom _room = null!;

    public TestRoom Ca { get; private set; } = null!;

    public TestRoom Ra { get; private set; } = null!;

    public TestSite Site { get; private set; } = null!;

    public FakeClock Clock => Ca.Clock;

    public TestAuthority Authority => Ca.Authority;

    public HttpClient Client => Site.Client;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public PublishingModule Module => _module;

    public TestRoom Room => _room;

    /// <summary>Opens all three rooms.</summary>
    /// <param name="directories">directories.json and the password's file, or null.</param>
    /// <param name="options">What the operator sets; pages of two rows when left out.</param>
    public static async Task<PublicShelf> OpenAsync(string? directories = null, PublishingOptions? options = null)
    {
        var shelf = new PublicShelf();
        if (directories is not null)
        {
            var folder = Directory.CreateDirectory(Path.Combine(shelf._folder.Path, Rooms.Publishing)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "directories.json"), directories, Ct);
            await File.WriteAllTextAsync(Path.Combine(folder, "ldap-password"), SlapdServer.Password + "\n", Ct);
        }

        shelf._options = options ?? shelf._options;
        shelf.Ca = await TestRoom.OpenAsync(Rooms.Ca, folder: shelf._folder.Path);
        shelf.Ra = await TestRoom.OpenAsync(Rooms.Ra, beside: shelf.Ca, folder: shelf._folder.Path);
        shelf.Ca.InstallIdentity();
        shelf.Ra.InstallIdentity();
        await shelf.StartAsync(first: true);
        shelf.Ca.Context.Post.Start();
        shelf.Ra.Context.Post.Start();
        return shelf;
    }

    public async Task ReopenAsync()
    {
        await StopAsync();
        await StartAsync(first: false);
    }

    /// <summary>Publishes a fact and waits until the repository has taken note of it.</summary>
    public async Task TellAsync<TFact>(TestRoom from, TFact fact)
        where TFact : IFact
    {
        await from.Context.Database.WriteAsync(session => from.Context.Post.Publish(session, fact), Ct);
        var watch = Stopwatch.StartNew();
        while (await from.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM outbox_item WHERE state = 'waiting' AND destination = 'publishing'"), Ct) != 0)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{typeof(TFact).Name} did not arrive");
            await Task.Delay(10, Ct);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public Certificate Certify(string name)
    {
        using var key = Sm2KeyPair.Generate();
        return Authority.Issue(name, key.PublicKey);
    }

    public static CertificateIssued Issued(Certificate certificate) => new("operational", certificate.SerialHex, "organisation", certificate.Encode(), certificate.NotAfter);

    public CertificateAccepted Accepted(Certificate certificate, bool publish = true) => new("A2026112200000001", [certificate.SerialHex], publish, Clock.GetUtcNow());

    public CertificateRevoked Revoked(Certificate certificate) => new("operational", certificate.SerialHex, Clock.GetUtcNow(), Contracts.RevocationReason.Unspecified);

    public CrlIssued Crl(long number)
    {
        var now = Clock.GetUtcNow();
        var from = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var crl = CertificateRevocationList.Sign(
            new RevocationListHeader
            {
                Issuer = Authority.Ca.Subject,
                ThisUpdate = from,
                NextUpdate = from.AddHours(36),
                Number = number,
                AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(Authority.Ca),
            },
            [],
            Authority.CaKey);
        return new CrlIssued("operational", number, from, from.AddHours(36), crl.Encode());
    }

    public async Task<byte[]?> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(Ct) : await RefusedAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Ra.DisposeAsync();
        await Ca.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    private static async Task<byte[]?> RefusedAsync(HttpResponseMessage response)
    {
        Assert.Equal("unknown-object", await TestSite.CodeAsync(response));
        Assert.Equal(404, (int)response.StatusCode);
        return null;
    }

    private async Task StartAsync(bool first)
    {
        _room = await TestRoom.OpenAsync(Rooms.Publishing, typeof(PublishingModule).Assembly, Ca, _folder.Path);
        _module = new PublishingModule(_room.Context, _options);
        Site = await TestSite.StartAsync(routes => routes.MapHufu([_module], [_room.Context]));
        if (first)
        {
            // As in a ceremony: the CA certifies the room, and it is told whose facts it takes.
            var peers = new[] { Ca.Context.Identity.AsPeer(), Ra.Context.Identity.AsPeer() };
            await Site.PostAsync<IdentityInstallation, SetupState>("/api/publishing/identity", _room.Certify(_room.Context.SetupCode.Pending!, withEncryption: false, peers));
            await Ca.KnowAsync(_room);
            await Ra.KnowAsync(_room);
        }

        await _module.StartAsync(Ct);
    }

    private async Task StopAsync()
    {
        await Site.DisposeAsync();
        await _module.DisposeAsync();
        await _room.DisposeAsync();
    }
}
