using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class DeskTests
{
    [Fact]
    public async Task A_peer_is_registered_by_a_signed_act()
    {
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc);
        kmc.InstallIdentity();
        await using var ca = await TestRoom.OpenAsync(Rooms.Ca, beside: kmc);
        using var administrator = await ca.InRoleAsync(Roles.BusinessAdministrator, "周管理");
        using var clerk = await ca.InRoleAsync(Roles.Operator, "吴操作");
        await using var site = await TestSite.StartAsync(new PeerDesk(ca.Context).MapEndpoints);
        byte[][] chain = [.. kmc.Authority.Chain.Select(certificate => certificate.Encode())];
        var registration = new PeerRegistration(kmc.Context.Identity.AsPeer(), chain);

        ActRequest Act(TestPerson person, PeerRegistration payload, string @object = "room/kmc") => person.Act(Rooms.Ca, ActNames.PeerRegister, @object, payload, ca.Clock.GetUtcNow());

        Assert.Equal("role-missing", await site.RefusedAsync("/api/ca/peers", Act(clerk, registration)));
        Assert.Equal("statement-mismatch", await site.RefusedAsync("/api/ca/peers", Act(administrator, registration, "room/ra")));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/ca/peers", Act(administrator, registration with { Chain = [chain[1]] })));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/ca/peers", Act(administrator, registration with { Peer = registration.Peer with { Name = "moon" } }, "room/moon")));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/ca/peers", Act(administrator, registration with { Peer = registration.Peer with { Name = "ca" } }, "room/ca")));
        Assert.Null(await ca.Context.Peers.FindAsync(Rooms.Kmc, CancellationToken.None));
        Assert.Null(await site.RefusedAsync("/api/ca/peers", Act(administrator, registration)));
        Assert.NotNull(await ca.Context.Peers.FindAsync(Rooms.Kmc, CancellationToken.None));
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    [Clause("6.1.3.2-a")]
    public async Task A_person_is_appointed_by_who_may_and_certified_with_their_own_key()
    {
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra);
        using var administrator = await ra.InRoleAsync(Roles.BusinessAdministrator, "周管理");
        using var auditor = await ra.InRoleAsync(Roles.Auditor, "郑审计");
        var certifier = new Certifier(ra.Authority);
        await using var site = await TestSite.StartAsync(new StaffDesk(ra.Context, certifier).MapEndpoints);
        using var clerk = new TestPerson("李录入");

        ActRequest Act(TestPerson person, string role, PersonRequest who) => person.Act(Rooms.Ra, ActNames.StaffAppoint, $"role/{role}", new Appointment(role, who), ra.Clock.GetUtcNow());

        var appointed = await site.PostAsync<ActRequest, Appointed>("/api/ra/staff", Act(administrator, Roles.EntryClerk, clerk.Request()));
        clerk.Certificate = Certificate.Decode(appointed.Certificate);
        Assert.Equal(clerk.Key.PublicKey, clerk.Certificate.PublicKey);
        Assert.Equal("录入员", certifier.Last!.RoleTitle);
        var lines = await ra.LedgerAsync();
        Assert.Contains("\"act\":\"staff.appoint\"", lines[^2], StringComparison.Ordinal);
        Assert.Contains("\"act\":\"staff.enrol\"", lines[^1], StringComparison.Ordinal);

        Assert.Equal("roles-incompatible", await site.RefusedAsync("/api/ra/staff", Act(administrator, Roles.Vetter, clerk.Request())));
        Assert.Equal("role-missing", await site.RefusedAsync("/api/ra/staff", Act(auditor, Roles.Vetter, new TestPerson("王审核").Request())));
        Assert.Equal("role-missing", await site.RefusedAsync("/api/ra/staff", Act(clerk, Roles.Vetter, new TestPerson("王审核").Request())));
        Assert.Equal("role-missing", await site.RefusedAsync("/api/ra/staff", Act(administrator, Roles.Auditor, new TestPerson("王审核").Request())));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/ra/staff", Act(administrator, "king", new TestPerson("王审核").Request())));
        Assert.Equal("malformed", await site.RefusedAsync("/api/ra/staff", Act(administrator, Roles.Vetter, new PersonRequest("王审核", [1, 2, 3]))));
        using var other = new TestPerson("王审核");
        Assert.Equal("possession-not-proven", await site.RefusedAsync("/api/ra/staff", Act(administrator, Roles.Vetter, new PersonRequest("王审核", Forged(other, clerk)))));

        var before = (await ra.Context.Database.ReadAsync(ra.Context.Staff.List, CancellationToken.None)).Count;
        certifier.Refuses = true;
        Assert.Equal("room-unreachable", await site.RefusedAsync("/api/ra/staff", Act(administrator, Roles.Vetter, other.Request())));
        Assert.Equal(before, (await ra.Context.Database.ReadAsync(ra.Context.Staff.List, CancellationToken.None)).Count);
        Assert.Contains("\"outcome\":\"failed\"", (await ra.LedgerAsync())[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledgers_head_is_signed_on_demand()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Tsa);
        await using var site = await TestSite.StartAsync(new LedgerDesk(room.Context).MapEndpoints);
        var line = await site.Client.GetStringAsync("/api/tsa/ledger/head", CancellationToken.None);
        Assert.True(Hufu.Records.SignedHead.TryParse(line, out var head));
        Assert.True(head.IsSignedBy(room.Context.Identity.AuditSigner.PublicKey));
    }

    // A request with one person's key, signed by another's.
    private static byte[] Forged(TestPerson named, TestPerson signer)
    {
        var request = CertificationRequest.Decode(named.Request().Request);
        var info = request.InfoData.ToArray();
        var bytes = request.Encode();
        var signature = signer.Key.Sign(info);
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(info);
            writer.WriteEncodedValue(request.SignatureAlgorithm.RawData.Span);
            writer.WriteBitString(signature);
        }

        Assert.NotEqual(bytes, writer.Encode());
        return writer.Encode();
    }

    private sealed class Certifier(TestAuthority authority) : IStaffCertifier
    {
        public StaffCertification? Last { get; private set; }

        public bool Refuses { get; set; }

        public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct)
        {
            Last = certification;
            return Refuses ? throw new RefusedException(RefusalCode.RoomUnreachable) : Task.FromResult(authority.Issue(certification.Name, certification.Request.PublicKey).Encode());
        }
    }
}
