using System.Net.Http.Headers;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Hufu.Tsa;

namespace Hufu.Modules.Tests.Tsa;

/// <summary>A time-stamping authority behind its HTTP doors.</summary>
internal sealed class TsaPlace : IAsyncDisposable
{
    private TsaPlace(TestRoom room, TsaModule module, TestSite site)
    {
        Room = room;
        Module = module;
        Site = site;
    }

    public TestRoom Room { get; }

    public TsaModule Module { get; }

    public TestSite Site { get; }

    public Certificate Certificate => Room.Context.Identity.SigningCertificate!;

    public static async Task<TsaPlace> OpenAsync(bool ready = true, TsaOptions? options = null, TestRoom? beside = null, string? folder = null)
    {
        var room = await TestRoom.OpenAsync(Rooms.Tsa, typeof(TsaModule).Assembly, beside, folder);
        var module = new TsaModule(room.Context, options ?? new TsaOptions());
        var site = await TestSite.StartAsync(module.MapEndpoints);
        await module.StartAsync(CancellationToken.None);
        var place = new TsaPlace(room, module, site);
        if (ready && !room.Context.Identity.IsInstalled)
        {
            var installation = room.Certify(room.Context.SetupCode.Pending!, withEncryption: false, []);
            var key = Certificate.Decode(installation.SigningCertificate).PublicKey;
            var certificate = room.Authority.Issue("TSA", key, KeyUsages.DigitalSignature | KeyUsages.NonRepudiation, null, new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(critical: true));
            using var ca = Sm2KeyPair.Generate();
            var peer = new PeerInfo(Rooms.Ca, room.Authority.Issue("CA", ca.PublicKey).Encode(), null);
            await site.PostAsync<IdentityInstallation, SetupState>("/api/tsa/identity", installation with { SigningCertificate = certificate.Encode(), Peers = [peer] });
        }

        return place;
    }

    public async Task<TimeStampResponse> AskAsync(byte[] request, string path = "/tsa")
    {
        using var response = await PostAsync(request, path);
        return TimeStampResponse.Decode(await response.Content.ReadAsByteArrayAsync());
    }

    public Task<HttpResponseMessage> PostAsync(byte[] request, string path = "/tsa", string mediaType = "application/timestamp-query")
    {
        var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return Site.Client.PostAsync(path, content);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
    }
}
