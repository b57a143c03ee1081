using System.Net.Http.Headers;
using Hufu.Contracts;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>A status service behind its HTTP doors, beside a CA that publishes facts.</summary>
internal sealed class OcspPlace : IAsyncDisposable
{
    private OcspPlace(TestRoom ca, TestRoom room, OcspModule module, TestSite site)
    {
        Ca = ca;
        Room = room;
        Module = module;
        Site = site;
    }

    public TestRoom Ca { get; }

    public TestRoom Room { get; }

    public OcspModule Module { get; }

    public TestSite Site { get; }

    public Certificate Issuer => Ca.Authority.Ca;

    public Certificate Responder => Room.Context.Identity.SigningCertificate!;

    /// <summary>Opens both rooms; the responder is certified and knows the CA unless told otherwise.</summary>
    public static async Task<OcspPlace> OpenAsync(bool ready = true, OcspOptions? options = null)
    {
        var ca = await TestRoom.OpenAsync(Rooms.Ca);
        ca.InstallIdentity();
        var room = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: ca);
        var module = new OcspModule(room.Context, options ?? new OcspOptions());
        var site = await TestSite.StartAsync(module.MapEndpoints);
        await module.StartAsync(CancellationToken.None);
        ca.Context.Post.Start();
        var place = new OcspPlace(ca, room, module, site);
        if (ready)
        {
            await place.InstallAsync();
        }

        return place;
    }

    public async Task InstallAsync()
    {
        var installation = Room.Certify(Room.Context.SetupCode.Pending!, withEncryption: false, Ca.Context.Identity.AsPeer());
        var key = Certificate.Decode(installation.SigningCertificate).PublicKey;
        var certificate = Ca.Authority.Issue("OCSP", key, KeyUsages.DigitalSignature, null, new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(critical: false));
        await Site.PostAsync<IdentityInstallation, SetupState>("/api/ocsp/identity", installation with { SigningCertificate = certificate.Encode() });
        await Ca.Context.Database.WriteAsync(
            session =>
            {
                Ca.Context.Peers.Register(session, Room.Context.Identity.AsPeer(), Ca.Authority.Chain);
                Ca.Context.Post.Publish(session, new AuthorityCertified("root", Ca.Authority.Root.Encode()));
                Ca.Context.Post.Publish(session, new AuthorityCertified("operational", Issuer.Encode()));
            },
            CancellationToken.None);
    }

    /// <summary>The CA says that it is at work.</summary>
    public async Task BeatAsync()
    {
        await Ca.Context.Database.WriteAsync(session => Ca.Context.Post.Publish(session, new AuthorityAlive("operational", Room.Clock.GetUtcNow())), CancellationToken.None);
        for (var i = 0; i < 2400 && !(await Module.CheckHealthAsync(CancellationToken.None)).Any(check => check.Name == "heard-operational" && check.Since >= Room.Clock.GetUtcNow().AddSeconds(-1)); i++)
        {
            await Task.Delay(25);
        }
    }

    /// <summary>The status of one serial, and the answer that says so.</summary>
    public async Task<OcspResponse> AskAboutAsync(SerialNumber serial, string hash = Oids.Sm3, byte[]? nonce = null) =>
        await AskAsync(OcspRequest.Create([OcspCertId.Create(Issuer, serial, hash)], nonce is null ? null : (ReadOnlyMemory<byte>?)nonce).Encode());

    /// <summary>A certificate of the CA, and the fact that it was issued.</summary>
    public async Task<Certificate> IssueAsync(string name)
    {
        using var key = Sm2KeyPair.Generate();
        var certificate = Ca.Authority.Issue(name, key.PublicKey);
        await Ca.Context.Database.WriteAsync(
            session => Ca.Context.Post.Publish(session, new CertificateIssued("operational", certificate.SerialHex, "person", certificate.Encode(), certificate.NotAfter)), CancellationToken.None);
        await UntilAsync(certificate.SerialNumber, OcspCertificateStatus.Good);
        return certificate;
    }

    public async Task RevokeAsync(Certificate certificate, Contracts.RevocationReason reason)
    {
        await Ca.Context.Database.WriteAsync(
            session => Ca.Context.Post.Publish(session, new CertificateRevoked("operational", certificate.SerialHex, Room.Clock.GetUtcNow(), reason)), CancellationToken.None);
        await UntilAsync(certificate.SerialNumber, OcspCertificateStatus.Revoked);
    }

    public async Task ResumeAsync(Certificate certificate)
    {
        await Ca.Context.Database.WriteAsync(
            session => Ca.Context.Post.Publish(session, new CertificateResumed("operational", certificate.SerialHex, Room.Clock.GetUtcNow())), CancellationToken.None);
        await UntilAsync(certificate.SerialNumber, OcspCertificateStatus.Good);
    }

    /// <summary>Facts travel beside the test: waits until the service knows.</summary>
    public async Task UntilAsync(SerialNumber serial, OcspCertificateStatus status)
    {
        for (var i = 0; i < 2400; i++)
        {
            var response = await AskAsync(OcspRequest.Create([OcspCertId.Create(Issuer, serial, Oids.Sm3)], null).Encode());
            if (response.Status == OcspResponseStatus.Successful && response.Responses[0].Status == status)
            {
                return;
            }

            await Task.Delay(25);
        }

        throw new TimeoutException($"The service does not learn that {serial} is {status}.");
    }

    public async Task<OcspResponse> AskAsync(byte[] request)
    {
        using var response = await PostAsync(request);
        return OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync());
    }

    public Task<HttpResponseMessage> PostAsync(byte[] request, string mediaType = "application/ocsp-request")
    {
        var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return Site.Client.PostAsync("/ocsp", content);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
        await Ca.DisposeAsync();
    }
}
