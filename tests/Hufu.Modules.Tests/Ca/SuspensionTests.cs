using Hufu.Ca.Crls;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using PkiReason = Hufu.Pki.RevocationReason;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Suspension, its lifting, and what it becomes (6.2.7.1).</summary>
public sealed class SuspensionTests
{
    [Fact]
    [Clause("6.2.7.1-a")]
    public async Task SuspendedLiftedAndRevokedForGood()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var serial = RevocationTests.Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        var held = await SuspendAsync(place, serial);
        Assert.Equal(2, held.Serials.Count);
        Assert.Equal(held.SuspendedAt, (await SuspendAsync(place, serial)).SuspendedAt);
        Assert.All(place.Facts.Facts.OfType<CertificateRevoked>(), fact => Assert.Equal(RevocationReason.CertificateHold, fact.Reason));
        var list = CertificateRevocationList.Decode((await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        Assert.All(list.Entries, entry => Assert.Equal(PkiReason.CertificateHold, entry.Reason));
        Assert.Equal(2, list.Count);

        // Lifted: gone from the next list, which explains it (R09), good again in the facts; the key centre keeps the pair in use.
        place.Clock.Advance(TimeSpan.FromMinutes(1));
        await place.Desks.Revocation.ResumeAsync(new ResumePair(serial, RevocationAsker.Authority, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        Assert.Equal(2, place.Facts.Facts.OfType<CertificateResumed>().Count());
        Assert.Equal(0, (await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None)).Entries);
        await Refusals.ExpectAsync(
            RefusalCode.StateWrong,
            () => place.Desks.Revocation.ResumeAsync(new ResumePair(serial, RevocationAsker.Authority, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None));

        // Suspended again and then revoked: the suspension becomes final, and stays.
        await SuspendAsync(place, serial);
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None);
        place.Clock.Advance(TimeSpan.FromMinutes(1));
        await RevocationTests.RevokeAsync(place, new RevokePair(serial, RevocationReason.KeyCompromise, "holder", place.Clock.GetUtcNow()));
        await Refusals.ExpectAsync(RefusalCode.StateWrong, () => SuspendAsync(place, serial));
        await Refusals.ExpectAsync(
            RefusalCode.StateWrong,
            () => place.Desks.Revocation.ResumeAsync(new ResumePair(serial, RevocationAsker.Authority, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None));
        list = CertificateRevocationList.Decode((await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        Assert.All(list.Entries, entry => Assert.Equal(PkiReason.KeyCompromise, entry.Reason));
        Assert.Equal(8, await place.CountAsync("SELECT count(*) FROM ca_revocations"));
    }

    [Fact]
    public async Task OnlyHoldersAreSuspendedAndOnlyWhatIsOurs()
    {
        await using var place = await CaPlace.OpenAsync();
        await Refusals.ExpectAsync(RefusalCode.StateWrong, () => SuspendAsync(place, place.Clerk.Certificate!.SerialHex));
        await Refusals.ExpectAsync(RefusalCode.UnknownObject, () => SuspendAsync(place, "0a0b0c"));
    }

    [Fact]
    public async Task ASuspendedClerksOrdersWouldCountButARevokedOnesDoNot()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await RevocationTests.RevokeAsync(place, new RevokePair(place.Clerk.Certificate!.SerialHex, RevocationReason.AffiliationChanged, "ra", place.Clock.GetUtcNow()));
        await Refusals.ExpectAsync(RefusalCode.CertificateNotValid, () => place.IssueAsync(order));
    }

    // 6.2.7.1-a, the whole mapping: every ground of the practice statement and the reason that stands in CRL and OCSP.
    [Theory]
    [Clause("6.2.7.1-a")]
    [InlineData(RevocationGround.JobChanged, PkiReason.AffiliationChanged)]
    [InlineData(RevocationGround.SanctionedByLaw, PkiReason.PrivilegeWithdrawn)]
    [InlineData(RevocationGround.FalseInformation, PkiReason.PrivilegeWithdrawn)]
    [InlineData(RevocationGround.DutiesNotMet, PkiReason.PrivilegeWithdrawn)]
    [InlineData(RevocationGround.KeyCompromise, PkiReason.KeyCompromise)]
    [InlineData(RevocationGround.AgreementEnded, PkiReason.CessationOfOperation)]
    [InlineData(RevocationGround.HolderRequest, null)]
    [InlineData(RevocationGround.RelyingPartyRequest, null)]
    [InlineData(RevocationGround.Replaced, PkiReason.Superseded)]
    [InlineData(RevocationGround.OtherInLaw, null)]
    public async Task EveryGroundHasItsReasonInTheCrl(RevocationGround ground, PkiReason? reason)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var serial = RevocationTests.Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var asker = ground == RevocationGround.RelyingPartyRequest ? RevocationAsker.RelyingParty : RevocationAsker.Authority;
        var since = place.Clock.GetUtcNow() - TimeSpan.FromDays(3);
        var order = new RevokePair(serial, RevocationGrounds.ReasonOf(ground), "ra", place.Clock.GetUtcNow(), new RevocationCase(ground, asker, since));
        await RevocationTests.RevokeAsync(place, order);
        var list = CertificateRevocationList.Decode((await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        Assert.All(list.Entries, entry => Assert.Equal(reason, entry.Reason));
        Assert.All(list.Entries, entry => Assert.Equal(since.ToUnixTimeSeconds(), entry.InvalidityDate!.Value.ToUnixTimeSeconds()));
        Assert.Equal(2, list.Count);
    }

    [Fact]
    public void EveryGroundIsMapped() => Assert.All(Enum.GetValues<RevocationGround>(), ground => Assert.True(Enum.IsDefined(RevocationGrounds.ReasonOf(ground))));

    [Fact]
    [Clause("6.2.7.1-a")]
    public async Task AReasonThatIsNotTheGroundsAndAnInvalidityDateToComeAreRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var now = place.Clock.GetUtcNow();
        var order = new RevokePair(
            RevocationTests.Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate), RevocationReason.Superseded, "ra", now, new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevocationTests.RevokeAsync(place, order));
        await Refusals.ExpectAsync(
            RefusalCode.FieldInvalid,
            () => RevocationTests.RevokeAsync(place, order with { Reason = RevocationReason.KeyCompromise, Case = order.Case! with { InvalidFrom = now.AddHours(1) } }));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevocationTests.RevokeAsync(place, order with { Reason = RevocationReason.CertificateHold, Case = null }));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_revocations"));
    }

    // 6.2.7.2-a: an organisation's certificate.
    [Theory]
    [Clause("6.2.7.2-a")]
    [InlineData(RevocationAsker.Authority, RevocationGround.DutiesNotMet, true)]
    [InlineData(RevocationAsker.Department, RevocationGround.JobChanged, true)]
    [InlineData(RevocationAsker.OrganisationRepresentative, RevocationGround.HolderRequest, true)]
    [InlineData(RevocationAsker.RelyingParty, RevocationGround.RelyingPartyRequest, true)]
    [InlineData(RevocationAsker.RelyingParty, RevocationGround.KeyCompromise, false)]
    [InlineData(RevocationAsker.Authority, RevocationGround.RelyingPartyRequest, false)]
    [InlineData(RevocationAsker.Department, RevocationGround.HolderRequest, false)]
    [InlineData(RevocationAsker.Holder, RevocationGround.HolderRequest, false)]
    [InlineData(RevocationAsker.DeviceOwnerRepresentative, RevocationGround.HolderRequest, false)]
    public async Task WhoMayAsk(RevocationAsker asker, RevocationGround ground, bool may)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var serial = RevocationTests.Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var order = new RevokePair(serial, RevocationGrounds.ReasonOf(ground), "x", place.Clock.GetUtcNow(), new RevocationCase(ground, asker));
        if (may)
        {
            Assert.Equal(2, (await RevocationTests.RevokeAsync(place, order)).Serials.Count);
        }
        else
        {
            await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevocationTests.RevokeAsync(place, order));
        }
    }

    [Fact]
    [Clause("6.2.7.2-a")]
    public void WhoMayAskByKindOfHolder()
    {
        string[] person = ["6.1.2-b"], device = ["6.1.2-c"], unknown = [];
        Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.Holder, RevocationGround.HolderRequest, person);
        Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.OrganisationRepresentative, RevocationGround.JobChanged, person);
        Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.DeviceOwnerRepresentative, RevocationGround.HolderRequest, device);
        Refusals.Expect(RefusalCode.FieldInvalid, () => Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.Holder, RevocationGround.HolderRequest, device));
        Refusals.Expect(RefusalCode.FieldInvalid, () => Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.DeviceOwnerRepresentative, RevocationGround.HolderRequest, person));
        Refusals.Expect(RefusalCode.FieldInvalid, () => Hufu.Ca.Rules.AskerMayAsk.Demand(RevocationAsker.Holder, RevocationGround.HolderRequest, unknown));
    }

    // 6.2.7.3: 8 hours when an authority is sure, 24 when the holder asks; later is done all the same and raises an alarm.
    [Theory]
    [Clause("6.2.7.3-a")]
    [Clause("6.2.7.3-b")]
    [InlineData(RevocationAsker.Authority, 8, 0)]
    [InlineData(RevocationAsker.OrganisationRepresentative, 24, 0)]
    [InlineData(RevocationAsker.Authority, 8, 1)]
    [InlineData(RevocationAsker.OrganisationRepresentative, 24, 1)]
    public async Task DeadlinesAreMeasuredToTheSecond(RevocationAsker asker, int hours, int secondsLate)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var serial = RevocationTests.Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var asked = place.Clock.GetUtcNow();
        place.Clock.Advance(TimeSpan.FromHours(hours) + TimeSpan.FromSeconds(secondsLate));
        await RevocationTests.RevokeAsync(place, new RevokePair(serial, RevocationReason.Unspecified, "x", asked, new RevocationCase(RevocationGround.HolderRequest, asker)));
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_revocations"));
        Assert.Equal(secondsLate, await place.CountAsync("SELECT count(*) FROM ca_alarms WHERE kind = 'revocation-late'"));
    }

    [Fact]
    [Clause("6.2.7.6-a")]
    public async Task ARevocationOnNoCrlAfterADayRaisesAnAlarmUntilItIsListed()
    {
        await using var place = await CaPlace.OpenAsync();
        await place.Desks.Plan.RunDueAsync(CancellationToken.None);
        await CrlTests.RevokedPairAsync(place, "A1");

        // Every CRL from now on is refused by its check: the certificates' table says that one more is revoked.
        await place.Database.WriteAsync(session => session.Execute("UPDATE ca_certificates SET revoked = 1 WHERE kind = 'staff'"), CancellationToken.None);
        place.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<AggregateException>(() => place.Desks.Plan.RunDueAsync(CancellationToken.None));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_alarms WHERE kind = 'revocation-unlisted' AND cleared_at IS NULL"));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_alarms WHERE kind = 'crl-late' AND cleared_at IS NULL"));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_alarms WHERE kind = 'crl-refused' AND cleared_at IS NULL"));
        await place.Database.WriteAsync(session => session.Execute("UPDATE ca_certificates SET revoked = 0 WHERE kind = 'staff'"), CancellationToken.None);
        await place.Desks.Plan.RunDueAsync(CancellationToken.None);
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_alarms WHERE cleared_at IS NULL"));
    }

    internal static Task<PairSuspended> SuspendAsync(CaPlace place, string serial) => place.Desks.Revocation.SuspendAsync(
        new SuspendPair(serial, RevocationAsker.Authority, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
}
