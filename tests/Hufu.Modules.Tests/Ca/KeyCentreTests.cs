using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Step 4 with a key centre that behaves badly.</summary>
public sealed class KeyCentreTests
{
    public static TheoryData<int> WaitingMoods() =>
    [
        (int)KeyCentreMood.NotReached, (int)KeyCentreMood.Silent, (int)KeyCentreMood.Garbage, (int)KeyCentreMood.WrongTaskNumber, (int)KeyCentreMood.SignedByAnotherKey,
        (int)KeyCentreMood.EnvelopeSignedByAnotherKey, (int)KeyCentreMood.WrongCertificateNumber, (int)KeyCentreMood.KeyOffTheCurve, (int)KeyCentreMood.TryLater,
    ];

    [Theory]
    [MemberData(nameof(WaitingMoods))]
    public async Task R23_WithoutABelievableAnswerTheOrderWaitsAndIsFinishedLater(int mood)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        place.KeyCentre.Mood = (KeyCentreMood)mood;
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => place.IssueAsync(order));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing'"));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'open'"));
        Assert.Equal(new Settlement(1, 0, 0, 1), await place.Desks.Settling.SettleAsync(CancellationToken.None));

        place.KeyCentre.Mood = KeyCentreMood.Good;
        Assert.Equal(new Settlement(1, 1, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        var issued = await place.IssueAsync(order);
        Assert.NotNull(issued.EncryptionCertificate);
        Assert.Equal(1, place.KeyCentre.Pairs);
        using var opened = Sm2EnvelopedKey.Decode(issued.EnvelopedKey!).Open(holder);
        Assert.Equal(Certificate.Decode(issued.EncryptionCertificate).PublicKey.Sm2, opened.PublicKey);
    }

    [Theory]
    [InlineData((int)KeyCentreMood.FinalRefusal)]
    [InlineData((int)KeyCentreMood.SigningKeyBack)]
    public async Task R16_EncryptionKeyIsNotSigningKey_AFinalNoEndsTheIntent(int mood)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        place.KeyCentre.Mood = (KeyCentreMood)mood;
        await Refusals.ExpectAsync(RefusalCode.KeyCentreRefused, () => place.IssueAsync(order));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'failed'"));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing'"));

        // Mended, the same order is a new intent with new serials.
        place.KeyCentre.Mood = KeyCentreMood.Good;
        Assert.NotNull((await place.IssueAsync(order)).EncryptionCertificate);
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_intents"));
    }

    [Fact]
    public async Task R16_APairGivenBeforeIsNotCertifiedAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        place.KeyCentre.Mood = KeyCentreMood.KnownKeyAgain;
        var fields = CaPlace.Organisation("另一单位");
        fields["creditCode"] = "91110105MA02RRW082";
        await Refusals.ExpectAsync(RefusalCode.KeyCentreRefused, () => place.IssueAsync(place.Order(other, "A2", fields: fields)));
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'"));
    }

    [Fact]
    public async Task APairThatDoesNotMatchIsFoundByTheHolderWhoAloneCanOpenIt()
    {
        // The private half is enveloped to the holder: the CA passes it on unseen and cannot compare; the token does when it imports.
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        place.KeyCentre.Mood = KeyCentreMood.PairDoesNotMatch;
        var issued = await place.IssueAsync(place.Order(holder));
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => Sm2EnvelopedKey.Decode(issued.EnvelopedKey!).Open(holder)).Error);
    }

    [Fact]
    public async Task TheKeptOrderIsSealedAndErasedWhenDone()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        place.KeyCentre.Mood = KeyCentreMood.NotReached;
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => place.IssueAsync(place.Order(holder)));
        var kept = await place.Database.ReadAsync(session => session.QueryFirst<byte[]>("SELECT order_sealed FROM ca_intents"), CancellationToken.None);
        Assert.Equal(-1, kept.AsSpan().IndexOf("11010519491231002X"u8));
        place.KeyCentre.Mood = KeyCentreMood.Good;
        await place.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE order_sealed IS NULL"));
    }
}
