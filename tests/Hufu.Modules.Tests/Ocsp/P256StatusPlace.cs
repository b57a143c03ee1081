using System.Net.Http.Json;
using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Modules.Tests.Ca;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>A whole CA with a P-256 hierarchy and a whole status service, each with its token, talking as they do in the platform.</summary>
internal sealed class P256StatusPlace : IAsyncDisposable
{
    public const string Transport = "transport";
    private readonly SoftHsm _hsm;

    private P256StatusPlace(SoftHsm hsm, BornCa ca, TestRoom room, OcspModule module, TestSite site)
    {
        _hsm = hsm;
        Ca = ca;
        Room = room;
        Module = module;
        Site = site;
    }

    public BornCa Ca { get; }

    public TestRoom Room { get; }

    public OcspModule Module { get; }

    public TestSite Site { get; }

    public Certificate Root { get; private set; } = null!;

    public Certificate Issuer { get; private set; } = null!;

    /// <param name="options">Given the token's settings; null for a room with its token.</param>
    public static async Task<P256StatusPlace> OpenAsync(Func<SoftHsm, OcspOptions>? options = null)
    {
        var hsm = new SoftHsm();
        var ca = await BornCa.OpenAsync(options: hsm.Options);
        var room = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: ca.Room);
        var module = new OcspModule(room.Context, (options ?? (one => one.StatusOptions))(hsm));
        await module.StartAsync(CancellationToken.None);
        var place = new P256StatusPlace(hsm, ca, room, module, await TestSite.StartAsync(module.MapEndpoints));
        await ca.RegisterAsync(room, withEncryption: false);
        var done = await place.DeedAsync(new AuthorityProposal(AuthorityDeed.Create, Transport, "浏览器与机器之间的 TLS", CommonName: "虎符测试传输 CA", Algorithm: KeyAlgorithm.P256));
        (place.Root, place.Issuer) = (Certificate.Decode(done.Links[0]), Certificate.Decode(done.Certificate!));
        return place;
    }

    /// <summary>A deed of two people of the CA.</summary>
    public async Task<DeedDone> DeedAsync(AuthorityProposal proposal)
    {
        var made = await Ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", Ca.Act(Ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
        return await Ca.Site.PostAsync<ActRequest, DeedDone>(
            $"/api/ca/deeds/{made.Id}/approval", Ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{made.Id}", new ProposalApproval("同意"), Ca.Room.Clock.GetUtcNow(), made.State));
    }

    /// <summary>Facts travel beside the test: waits until the service stands so to a CA, two minutes at most.</summary>
    public async Task<StatusSigner> UntilAsync(string ca, Func<StatusSigner, bool> stands)
    {
        StatusSigner? found = null;
        for (var i = 0; i < 4800; i++)
        {
            found = (await Site.Client.GetFromJsonAsync<StatusSigner[]>("/api/ocsp/signers", ContractJson.Options))!.SingleOrDefault(one => one.Ca == ca);
            if (found is not null && stands(found))
            {
                return found;
            }

            await OnAsync();
        }

        throw new TimeoutException($"The service does not come to it: {found}");
    }

    /// <summary>Two people of the CA certify the key that waits.</summary>
    public async Task<Certificate> CertifyAsync(string ca = Transport, string name = "P-256 证书状态")
    {
        var waiting = await UntilAsync(ca, static one => one.Request is not null);
        Assert.Equal(StatusSignerState.Waiting, waiting.State);
        var certified = await Ca.Site.PostAsync<ActRequest, StatusSignerCertified>("/api/ca/services/signers", StatusSignerTests.Seconded(Ca, new StatusSignerRegistration(ca, name, waiting.Request!)));
        await UntilAsync(ca, one => one.State == StatusSignerState.InForce && one.Certificate!.AsSpan().SequenceEqual(certified.Certificate));
        return Certificate.Decode(certified.Certificate);
    }

    /// <summary>A holder's certificate of a P-256 CA, and the fact that it was issued.</summary>
    public async Task<Certificate> IssueAsync(string name, string code, string ca = Transport)
    {
        using var key = EcdsaKeyPair.Generate();
        var fields = CaPlace.Organisation(name);
        fields["creditCode"] = code;
        var order = new DirectOrder(Ca.Room.Context.Policy.Profile("code-signing"), CertificateUse.Signing, Rooms.Ra, $"holder/{name}", fields, key.PublicKey);
        var authority = Ca.Module.Desks.Authorities.Demand().Of(ca);
        var certificate = Ca.Module.Desks.Direct.Sign(order, SerialNumber.Create(), DirectSigner.Of(authority));
        await Ca.Room.Context.Database.WriteAsync(session => Ca.Module.Desks.Direct.Store(session, order, ca, certificate), CancellationToken.None);
        return certificate;
    }

    public async Task RevokeAsync(Certificate certificate) => await Ca.Module.Desks.Revocation.RevokeAsync(
        new RevokePair(certificate.SerialHex, Contracts.RevocationReason.Superseded, "ra", Room.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);

    public async Task<OcspResponse> AskAsync(params OcspCertId[] ids) => OcspResponse.Decode(await PostAsync(OcspRequest.Create(ids, null).Encode()));

    public async Task<byte[]> PostAsync(byte[] request)
    {
        using var content = new ByteArrayContent(request) { Headers = { ContentType = new("application/ocsp-request") } };
        using var response = await Site.Client.PostAsync("/ocsp", content);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Waits until the service tells a status of a certificate of <see cref="Issuer"/>, two minutes at most.</summary>
    public async Task UntilAsync(Certificate certificate, OcspCertificateStatus status)
    {
        OcspResponse? last = null;
        for (var i = 0; i < 4800; i++)
        {
            last = await AskAsync(OcspCertId.Create(Issuer, certificate.SerialNumber, Oids.Sha256));
            if (last.Status == OcspResponseStatus.Successful && last.Responses[0].Status == status)
            {
                return;
            }

            await OnAsync();
        }

        throw new TimeoutException($"The service does not learn that {certificate.SerialHex} is {status}: {last!.Status}.");
    }

    /// <summary>A moment here and some seconds of the rooms' clock: what was sent while the other room was not set up yet is sent again.</summary>
    public async Task OnAsync()
    {
        await Task.Delay(25);
        Room.Clock.Advance(TimeSpan.FromSeconds(2));
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Module.DisposeAsync();
        await Room.DisposeAsync();
        await Ca.DisposeAsync();
        _hsm.Dispose();
    }
}
