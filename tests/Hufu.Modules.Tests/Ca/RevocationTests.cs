using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

public sealed class RevocationTests
{
    [Fact]
    [Clause("6.2.7.1-a")]
    [Clause("6.2.7.3-b")]
    public async Task BothOfAPairAreRevokedOnceAndAtOnce()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        var order = new RevokePair(Serial(issued.SigningCertificate), RevocationReason.CessationOfOperation, "holder: challenge phrase", place.Clock.GetUtcNow());
        var first = await RevokeAsync(place, order);
        Assert.Equal([Serial(issued.SigningCertificate), Serial(issued.EncryptionCertificate!)], first.Serials);

        // Asked again, later and for another reason: the first answer stands.
        place.Clock.Advance(TimeSpan.FromHours(1));
        var again = await RevokeAsync(place, order with { Reason = RevocationReason.Superseded });
        Assert.Equal(first.RevokedAt, again.RevokedAt);
        Assert.Equal(first.Serials, again.Serials);
        var facts = place.Facts.Facts.OfType<CertificateRevoked>().ToList();
        Assert.Equal(2, facts.Count);
        Assert.All(facts, fact => Assert.Equal(RevocationReason.CessationOfOperation, fact.Reason));
        Assert.Equal(2, (await KilledTests.LedgerAsync(place)).Count(line => line.Contains("\"ca.revoke\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TheTwinsSerialRevokesThePairToo()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        await RevokeAsync(place, new RevokePair(Serial(issued.EncryptionCertificate!), RevocationReason.KeyCompromise, "ra", place.Clock.GetUtcNow()));
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_revocations"));
    }

    [Fact]
    public async Task TheKeyCentreIsToldUntilItHears()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        await RevokeAsync(place, new RevokePair(Serial(issued.SigningCertificate), RevocationReason.Unspecified, "holder", place.Clock.GetUtcNow()));
        place.KeyCentre.Mood = KeyCentreMood.NotReached;
        await place.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Empty(place.KeyCentre.Retired);
        place.KeyCentre.Mood = KeyCentreMood.Good;
        await place.Desks.Settling.SettleAsync(CancellationToken.None);
        await place.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Equal([Serial(issued.EncryptionCertificate!)], place.KeyCentre.Retired);
    }

    [Fact]
    public async Task R21_AnotherRoomsCertificateIsUnknownToThisOne()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var serial = Serial((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var order = new RevokePair(serial, RevocationReason.Unspecified, "x", place.Clock.GetUtcNow());
        await Refusals.ExpectAsync(RefusalCode.UnknownObject, () => place.Desks.Revocation.RevokeAsync(order, "ra2", static (_, _) => { }, CancellationToken.None));
        await Refusals.ExpectAsync(RefusalCode.UnknownObject, () => RevokeAsync(place, order with { Serial = "0a0b0c0d0e0f" }));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevokeAsync(place, order with { Serial = "xyz" }));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevokeAsync(place, order with { Serial = serial.ToUpperInvariant() }));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevokeAsync(place, order with { RequestedBy = " " }));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => RevokeAsync(place, order with { Reason = (RevocationReason)6 }));
    }

    [Fact]
    public async Task NotYetEnded_AnEndedCertificateIsNotRevoked()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var signing = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var order = new RevokePair(signing.SerialHex, RevocationReason.Unspecified, "x", place.Clock.GetUtcNow());
        place.Clock.Set(signing.NotAfter + TimeSpan.FromSeconds(1));
        await Refusals.ExpectAsync(RefusalCode.CertificateNotValid, () => RevokeAsync(place, order));
        place.Clock.Set(signing.NotAfter);
        Assert.Equal(2, (await RevokeAsync(place, order)).Serials.Count);
    }

    internal static Task<PairRevoked> RevokeAsync(CaPlace place, RevokePair order) => place.Desks.Revocation.RevokeAsync(order, Rooms.Ra, static (_, _) => { }, CancellationToken.None);

    internal static string Serial(byte[] der) => Certificate.Decode(der).SerialHex;
}
