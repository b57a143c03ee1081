using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Revocation of people's and rooms' certificates by signed acts over HTTP (6.2.7.2, 6.2.7.3-b).</summary>
public sealed class RevocationActTests
{
    [Fact]
    [Clause("6.2.7.2-a")]
    [Clause("6.2.7.3-b")]
    public async Task AnOperatorIsRevokedByTheOneWhoAppointsAndActsNoMore()
    {
        await using var ca = await BornCa.OpenAsync();
        var serial = ca.Operator.Certificate!.SerialHex;
        var refused = await ca.Site.RefusedAsync("/api/ca/revocations", Act(ca, ca.Super, serial, RevocationGround.JobChanged));
        Assert.Equal(Code(RefusalCode.RoleMissing), refused);
        var revoked = await ca.Site.PostAsync<ActRequest, PairRevoked>("/api/ca/revocations", Act(ca, ca.Administrator, serial, RevocationGround.JobChanged));
        Assert.Equal([serial], revoked.Serials);
        Assert.Equal(Code(RefusalCode.CertificateNotValid), await ca.Site.RefusedAsync("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/operational", new CrlRequest("operational"))));
    }

    [Fact]
    [Clause("6.2.7.2-a")]
    public async Task ARoomWhoseCertificateIsRevokedIsNoPeerAnyMore()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(Hufu.Ocsp.OcspModule).Assembly);
        var registered = await ca.RegisterAsync(ocsp, withEncryption: false);
        Assert.NotNull(await ca.Room.Context.Peers.FindAsync(Rooms.Ocsp, TestContext.Current.CancellationToken));
        var serial = Certificate.Decode(registered.SigningCertificate).SerialHex;
        Assert.Equal(Code(RefusalCode.RoleMissing), await ca.Site.RefusedAsync("/api/ca/revocations", Act(ca, ca.Operator, serial, RevocationGround.KeyCompromise)));
        await ca.Site.PostAsync<ActRequest, PairRevoked>("/api/ca/revocations", Act(ca, ca.Administrator, serial, RevocationGround.KeyCompromise));
        Assert.Null(await ca.Room.Context.Peers.FindAsync(Rooms.Ocsp, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ACaIsNotRevokedByThisActAndNobodyRevokesThemselves()
    {
        await using var ca = await BornCa.OpenAsync();
        var authority = Certificate.Decode(ca.Born.CaCertificate).SerialHex;
        Assert.Equal(Code(RefusalCode.StateWrong), await ca.Site.RefusedAsync("/api/ca/revocations", Act(ca, ca.Super, authority, RevocationGround.KeyCompromise, "root")));
        Assert.Equal(Code(RefusalCode.SamePerson), await ca.Site.RefusedAsync("/api/ca/revocations", Act(ca, ca.Super, ca.Super.Certificate!.SerialHex, RevocationGround.JobChanged)));
        await ca.Site.PostAsync<ActRequest, PairRevoked>("/api/ca/revocations", Act(ca, ca.AuditAdministrator, ca.Super.Certificate!.SerialHex, RevocationGround.JobChanged));
        Assert.Equal(Code(RefusalCode.StateWrong), await ca.Site.RefusedAsync("/api/ca/suspensions", ca.Act(
            ca.Administrator, ActNames.CaSuspend, $"certificate/operational/{ca.Operator.Certificate!.SerialHex}",
            new CertificateSuspension("operational", ca.Operator.Certificate.SerialHex, "x", ca.Room.Clock.GetUtcNow()))));
    }

    private static string Code(RefusalCode code) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString());

    private static ActRequest Act(BornCa ca, TestPerson person, string serial, RevocationGround ground, string issuer = "operational") => ca.Act(
        person, ActNames.CaRevoke, $"certificate/{issuer}/{serial}",
        new CertificateRevocation(issuer, serial, new RevocationCase(ground, RevocationAsker.Authority), "人事通知", ca.Room.Clock.GetUtcNow()));
}
