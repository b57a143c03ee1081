using Hufu.Ca.Authorities;
using Hufu.Ca.Issuing;
using Hufu.Ca.Revocation;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Many pairs in one order, and orders that meet on their way: each still has its own outcome, its own certificate, once.</summary>
public sealed class BulkIssuingTests
{
    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task R03_EachOfManyHasItsOwnOutcomeAndKeepsIt()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(8);
        var good = holders.Orders(place);

        // Known already; another's key; another's name; a second key under the same name; unproven; a vetter who is the clerk; a profile that nobody signed for.
        var earlier = await place.IssueAsync(good[0]);
        var unproven = holders.Order(place, 5);
        var forged = unproven.Request.ToArray();
        forged[^1] ^= 1;
        IssuePair[] orders =
        [
            good[0], good[1], good[2],
            holders.Order(place, 3) with { Request = good[2].Request },
            place.Sign(holders.Order(place, 4) with { Fields = good[2].Fields, HolderIdentifier = good[2].HolderIdentifier }),
            place.Sign(unproven with { Request = forged }),
            place.Sign(holders.Order(place, 6), vetter: place.Clerk),
            holders.Order(place, 7) with { Profile = "none" },
        ];
        orders[3] = place.Sign(orders[3]);
        var first = await place.IssueManyAsync(orders);
        Assert.Equal(orders.Select(order => order.Application), first.Outcomes.Select(outcome => outcome.Application));
        Assert.Equal(IssuingTests.Bytes(earlier), IssuingTests.Bytes(first.Outcomes[0].Issued!));
        Assert.Equal(
            [null, null, null, RefusalCode.KeyReused, null, RefusalCode.PossessionNotProven, RefusalCode.RoleMissing, RefusalCode.StatementMismatch],
            first.Outcomes.Select(outcome => outcome.Refusal?.Code));
        var issued = first.Outcomes.Where(outcome => outcome.Issued is not null).ToList();
        Assert.Equal(4, issued.Count);
        foreach (var outcome in issued)
        {
            var (signing, encryption) = (Certificate.Decode(outcome.Issued!.SigningCertificate), Certificate.Decode(outcome.Issued.EncryptionCertificate!));
            var holder = holders.KeyOf(signing.PublicKey);
            using var opened = Sm2EnvelopedKey.Decode(outcome.Issued.EnvelopedKey!).Open(holder);
            Assert.Equal(encryption.PublicKey.Sm2, opened.PublicKey);
            Assert.Equal(signing.Subject, encryption.Subject);
            Assert.True(signing.IsSignedBy(Certificate.Decode(outcome.Issued.Chain[0])) && encryption.IsSignedBy(Certificate.Decode(outcome.Issued.Chain[0])));
        }

        // The same order again, in another turn: the same bytes, nothing new.
        var again = await place.IssueManyAsync([.. orders.Reverse()]);
        Assert.Equal(
            first.Outcomes.Select(outcome => outcome.Issued is { } one ? IssuingTests.Bytes(one) : outcome.Refusal!.Code.ToString()),
            again.Outcomes.Reverse().Select(outcome => outcome.Issued is { } one ? IssuingTests.Bytes(one) : outcome.Refusal!.Code.ToString()));
        Assert.Equal(8, await PairsAsync(place));
        Assert.Equal(4, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'done' AND order_sealed IS NULL AND sign_tbs IS NULL AND ledger_entry IS NOT NULL"));
        Assert.Equal(4, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(4, (await KilledTests.LedgerAsync(place)).Count(line => line.Contains("\"ca.issue\"", StringComparison.Ordinal) && line.Contains("\"done\"", StringComparison.Ordinal)));
        Assert.Equal(8, place.Facts.Facts.OfType<CertificateIssued>().Count(fact => fact.Profile == "organisation"));

        // An application has one order, whichever way it comes.
        var other = place.Sign(good[2] with { Fields = CaPlace.Organisation("别的局") });
        Assert.Equal(RefusalCode.StateWrong, (await place.IssueManyAsync([other])).Outcomes[0].Refusal!.Code);
    }

    [Fact]
    public async Task AnOrderOfManyIsWithinItsLimitsOrNothingHappens()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(1);
        var one = holders.Orders(place)[0];
        await Refusals.ExpectAsync(RefusalCode.Malformed, () => place.IssueManyAsync([]));
        await Refusals.ExpectAsync(RefusalCode.Malformed, () => place.IssueManyAsync([one, one]));
        await Refusals.ExpectAsync(RefusalCode.TooLarge, () => place.IssueManyAsync([.. Enumerable.Repeat(one, IssuePairs.Most + 1)]));
        await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => place.IssueManyAsync([one with { Application = "a b" }]));
        await Refusals.ExpectAsync(RefusalCode.Malformed, () => place.IssueManyAsync([one with { Entry = null! }]));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
    }

    [Fact]
    public async Task R23_WhileTheKeyCentreIsAwayTheWholeOrderWaits()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(6);
        var orders = holders.Orders(place);
        foreach (var mood in new[] { KeyCentreMood.NotReached, KeyCentreMood.Silent, KeyCentreMood.Garbage, KeyCentreMood.SignedByAnotherKey, KeyCentreMood.EnvelopeSignedByAnotherKey, KeyCentreMood.TryLater })
        {
            place.KeyCentre.Mood = mood;
            await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => place.IssueManyAsync(orders));
            Assert.Equal(6, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'open'"));
            Assert.Equal(0, await PairsAsync(place));
        }

        place.KeyCentre.Mood = KeyCentreMood.Good;
        var issued = await place.IssueManyAsync(orders);
        Assert.All(issued.Outcomes, outcome => Assert.NotNull(outcome.Issued));
        Assert.Equal(6, place.KeyCentre.Pairs);
    }

    public static TheoryData<int, bool> EveryStep() => KilledTests.EveryStep();

    [Theory]
    [MemberData(nameof(EveryStep))]
    public async Task R10_ManyKilledAtAStepAreEachSettledOnce(int number, bool done)
    {
        const int Many = 5;
        var step = (IssuingStep)number;
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(Many);
        var orders = holders.Orders(place);
        await place.RestartAsync(new KilledTests.Killer(step, done));
        await Assert.ThrowsAsync<KilledTests.KilledException>(() => place.IssueManyAsync(orders));
        await place.RestartAsync();
        var reserved = step > IssuingStep.Reserve || (step == IssuingStep.Reserve && done) ? Many : 0;
        var stored = step == IssuingStep.Reply && done ? Many : 0;
        Assert.Equal(reserved, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(2 * stored, await PairsAsync(place));

        // By the settle job or by the order's return: once.
        if (number % 2 == 0)
        {
            Assert.Equal(new Settlement(reserved - stored, reserved - stored, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        }

        var first = await place.IssueManyAsync(orders);
        var again = await place.IssueManyAsync(orders);
        Assert.Equal(first.Outcomes.Select(outcome => IssuingTests.Bytes(outcome.Issued!)), again.Outcomes.Select(outcome => IssuingTests.Bytes(outcome.Issued!)));
        Assert.Equal(2 * Many, await PairsAsync(place));
        Assert.Equal(Many, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'done' AND ledger_entry IS NOT NULL AND order_sealed IS NULL"));
        Assert.Equal(Many, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(Many, place.KeyCentre.Pairs);
        Assert.Equal(2 * Many, place.Facts.Facts.OfType<CertificateIssued>().Count(fact => fact.Profile == "organisation"));
        var lines = await KilledTests.LedgerAsync(place);
        Assert.All(first.Outcomes, outcome =>
        {
            var entry = Assert.Single(lines, line => line.Contains("\"ca.issue\"", StringComparison.Ordinal) && line.Contains(outcome.Application, StringComparison.Ordinal));
            Assert.Contains(ActStatement.Digest(Certificate.Decode(outcome.Issued!.SigningCertificate).TbsData.Span), entry, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task R14_WhatWasFoundOutAboutASignerBeforeIsAskedAgainForEveryCompany()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(4);
        var orders = holders.Orders(place);
        Assert.All((await place.IssueManyAsync(orders[..2])).Outcomes, outcome => Assert.NotNull(outcome.Issued));
        var vetter = place.Vetter.Certificate!;
        await place.Database.WriteAsync(
            session => RevocationStore.Insert(
                session,
                new NewRevocation(
                    AuthorityNames.Operational, vetter.SerialHex, vetter.NotAfter.ToUnixTimeMilliseconds(), 0, 0, null, "test", 0, Rooms.Ca, 0, 0, null, null, null)),
            CancellationToken.None);
        Assert.All((await place.IssueManyAsync(orders[2..])).Outcomes, outcome => Assert.Equal(RefusalCode.CertificateNotValid, outcome.Refusal!.Code));
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_intents"));
    }

    [Fact]
    public async Task R16_ClaimsThatAreGoneWhenTheCertificatesAreStoredStandAgainBesideThem()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(5);
        var orders = holders.Orders(place);
        var thief = new Thief(place);
        await place.RestartAsync(thief);
        Assert.All((await place.IssueManyAsync(orders)).Outcomes, outcome => Assert.NotNull(outcome.Issued));
        Assert.Equal(15, thief.Taken);
        Assert.Equal(10, await place.CountAsync("SELECT count(*) FROM ca_certificates JOIN ca_keys ON ca_keys.spki_digest = ca_certificates.spki_digest AND use = kind WHERE profile = 'organisation'"));
        Assert.Equal(10, await place.CountAsync("SELECT count(*) FROM ca_certificates JOIN ca_subjects ON ca_subjects.subject_digest = ca_certificates.subject_digest WHERE profile = 'organisation'"));
        Assert.Equal(10, await PairsAsync(place));
    }

    [Fact]
    public async Task OrdersThatMeetGoTogetherAndEachIsAnsweredForItself()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holders = new Holders(24);
        var orders = holders.Orders(place);
        orders[7] = orders[7] with { Profile = "none" };
        var answers = await Task.WhenAll(orders.Select(order => Task.Run(async () =>
        {
            try
            {
                return Certificate.Decode((await place.IssueAsync(order)).SigningCertificate).PublicKey;
            }
            catch (RefusedException refused)
            {
                Assert.Equal(RefusalCode.StatementMismatch, refused.Refusal.Code);
                return null;
            }
        })));
        Assert.Null(answers[7]);
        for (var i = 0; i < orders.Length; i++)
        {
            Assert.True(i == 7 || answers[i]!.Equals(CertificationRequest.Decode(orders[i].Request).PublicKey), $"Order {i} was answered with another's certificate.");
        }

        Assert.Equal(2 * 23, await PairsAsync(place));
    }

    // Once, between signing and storing, takes the claims away.
    private sealed class Thief(CaPlace place) : IIssuingProbe
    {
        public int Taken { get; private set; }

        public void At(IssuingStep step, bool done)
        {
            if (step == IssuingStep.Compare && !done && Taken == 0)
            {
                Taken = place.Database.WriteAsync(
                    session => session.Execute("DELETE FROM ca_keys WHERE spki_digest NOT IN (SELECT spki_digest FROM ca_certificates)")
                        + session.Execute("DELETE FROM ca_subjects WHERE subject_digest NOT IN (SELECT subject_digest FROM ca_certificates)"),
                    CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }

    private static Task<long> PairsAsync(CaPlace place) => place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'");

    /// <summary>Organisations with a key and a credit code each.</summary>
    private sealed class Holders(int count) : IDisposable
    {
        private readonly Sm2KeyPair[] keys = [.. Enumerable.Range(0, count).Select(_ => Sm2KeyPair.Generate())];

        public IssuePair[] Orders(CaPlace place) => [.. Enumerable.Range(0, keys.Length).Select(i => Order(place, i))];

        public IssuePair Order(CaPlace place, int i)
        {
            var fields = CaPlace.Organisation($"某市第{i}局");
            fields["creditCode"] = CaPlace.CreditCode(i);
            return place.Order(keys[i], $"B{i:D6}", fields: fields);
        }

        public Sm2KeyPair KeyOf(SubjectPublicKeyInfo key) => keys.Single(one => one.PublicKey.Equals(key));

        public void Dispose() => Array.ForEach(keys, key => key.Dispose());
    }
}
