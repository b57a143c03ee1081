using Hufu.Ca.Crls;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

public sealed class CrlTests
{
    [Fact]
    [Clause("6.2.7.5-b")]
    [Clause("6.6.2.1-e")]
    public async Task ACrlHasWhatTheStatementAsksForAndItsCasSignature()
    {
        await using var place = await CaPlace.OpenAsync();
        var serials = await RevokedPairAsync(place, "A1");
        var signed = await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None);
        var list = CertificateRevocationList.Decode(signed.Der);
        var authorities = place.Desks.Authorities.Demand();
        Assert.True(list.IsSignedBy(authorities.Operational.Certificate));
        Assert.Equal(2, list.Version);
        Assert.Equal(1, list.Number);
        Assert.NotNull(list.NextUpdate);
        Assert.True(list.AuthorityKeyIdentifier!.KeyIdentifier!.Value.Span.SequenceEqual(authorities.Operational.Certificate.SubjectKeyIdentifier!.Value.Span));
        Assert.Equal(serials.Order(StringComparer.Ordinal), list.Entries.Select(entry => entry.SerialNumber.ToString()));
        Assert.All(list.Entries, entry => Assert.Equal(Pki.RevocationReason.CessationOfOperation, entry.Reason));
        var root = CertificateRevocationList.Decode((await place.Desks.Crls.IssueAsync("root", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        Assert.True(root.IsSignedBy(authorities.Root.Certificate));
        Assert.Equal(0, root.Count);
        Assert.Equal(["operational", "root"], place.Facts.Facts.OfType<CrlIssued>().Select(fact => fact.Ca));
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    [Clause("6.2.7.6-a")]
    public async Task TheRegularCrlComesAtMidnightInShanghaiEveryDay()
    {
        await using var place = await CaPlace.OpenAsync();
        Assert.Equal(["root", "operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        Assert.Empty(await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        place.Clock.Set(new DateTimeOffset(2026, 11, 22, 15, 59, 59, TimeSpan.Zero));
        Assert.Empty(await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        place.Clock.Set(new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero));
        Assert.Equal(["operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        Assert.Empty(await place.Desks.Plan.RunDueAsync(CancellationToken.None));

        // Missed because the room was down: made at once, and the next one at midnight again.
        place.Clock.Set(new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero));
        Assert.Equal(["operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        place.Clock.Set(new DateTimeOffset(2026, 11, 24, 16, 0, 0, TimeSpan.Zero));
        Assert.Equal(["operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        var last = place.Facts.Facts.OfType<CrlIssued>().Last();
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 16, 0, 0, TimeSpan.Zero) + CaPlace.Policy.Values.CrlOverlap, last.NextUpdate);
        Assert.Equal(4, last.Number);
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    public async Task ThePlanMakesThemByItself()
    {
        await using var place = await CaPlace.OpenAsync();
        place.Desks.Plan.Start();
        await UntilAsync(() => place.Facts.Facts.OfType<CrlIssued>().Count() == 2);
        for (var day = 0; day < 2; day++)
        {
            var expected = 3 + day;
            var midnight = CaPlace.Policy.Values.NextCrlAfter(place.Clock.GetUtcNow());
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (watch.Elapsed < TimeSpan.FromMinutes(2) && place.Facts.Facts.OfType<CrlIssued>().Count() < expected)
            {
                // Past midnight it goes on by seconds: a plan that looked at the clock just before the last step waits for up to a minute from then.
                var now = place.Clock.GetUtcNow();
                place.Clock.Set(now >= midnight ? now + TimeSpan.FromSeconds(1) : now + TimeSpan.FromMinutes(1) < midnight ? now + TimeSpan.FromMinutes(1) : midnight + TimeSpan.FromSeconds(1));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            Assert.Equal(expected, place.Facts.Facts.OfType<CrlIssued>().Count());
        }

        place.Desks.Plan.RequestNow();
        await UntilAsync(() => place.Facts.Facts.OfType<CrlIssued>().Count() == 5);
    }

    [Fact]
    public async Task R09_CrlNumberGrows()
    {
        await using var place = await CaPlace.OpenAsync();
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None)).Number);
        }

        var now = place.Clock.GetUtcNow();
        CrlNumberGrows.Demand(null, null, 1, now);
        CrlNumberGrows.Demand(7, now, 8, now);
        Assert.Throws<InvalidOperationException>(() => CrlNumberGrows.Demand(7, now, 7, now));
        Assert.Throws<InvalidOperationException>(() => CrlNumberGrows.Demand(7, now, 6, now));
        Assert.Throws<InvalidOperationException>(() => CrlNumberGrows.Demand(7, now, 8, now.AddSeconds(-1)));
        Assert.Throws<InvalidOperationException>(() => CrlNumberGrows.Demand(null, null, 0, now));
    }

    [Fact]
    public async Task R09_AnEntryLeavesAfterOneRegularCrlPastItsEnd()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var signing = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        await RevocationTests.RevokeAsync(place, new RevokePair(signing.SerialHex, RevocationReason.Superseded, "x", place.Clock.GetUtcNow()));
        Assert.Equal(2, await EntriesAsync(CrlOccasion.Regular));
        place.Clock.Set(signing.NotAfter);
        Assert.Equal(2, await EntriesAsync(CrlOccasion.Regular));
        place.Clock.Set(signing.NotAfter + TimeSpan.FromSeconds(1));
        Assert.Equal(2, await EntriesAsync(CrlOccasion.OnDemand));
        Assert.Equal(2, await EntriesAsync(CrlOccasion.OnDemand));
        Assert.Equal(2, await EntriesAsync(CrlOccasion.Regular));
        Assert.Equal(0, await EntriesAsync(CrlOccasion.OnDemand));

        async Task<int> EntriesAsync(CrlOccasion occasion) => (await place.Desks.Crls.IssueAsync("operational", occasion, "t", CancellationToken.None)).Entries;
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    public async Task AFileGoesWhenItsTimeIsLongOverButNeverTheNewestOnes()
    {
        await using var place = await CaPlace.OpenAsync();
        var serials = await RevokedPairAsync(place, "A1");
        Assert.Equal(2, serials.Count);
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(place.CrlFolder, "operational-9.crl.0123.new"), "half", CancellationToken.None);
        place.Clock.Advance(TimeSpan.FromDays(60));

        // The last regular one and the newest full one are needed for the difference; the newest of all was just made.
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None);
        Assert.Equal(["operational-1.crl", "operational-3.crl"], Files());
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        Assert.Equal(["operational-3.crl", "operational-4.crl"], Files());
        Assert.Equal(4, await place.CountAsync("SELECT count(*) FROM ca_crls WHERE issuer = 'operational' AND digest <> ''"));
        Assert.Equal(2, (await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None)).Entries);

        string[] Files() => [.. Directory.GetFiles(place.CrlFolder, "operational-*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task R09_AnEntryThatVanishedIsFoundAndTheOldCrlStands()
    {
        await using var place = await CaPlace.OpenAsync();
        var serials = await RevokedPairAsync(place, "A1");
        var good = await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        await place.Database.WriteAsync(session => session.Execute("DELETE FROM ca_revocations WHERE serial = @serial", new { serial = serials[0] }), CancellationToken.None);
        var refusal = await Refusals.ExpectAsync(RefusalCode.Fault, () => place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None));
        Assert.Contains(serials[0], refusal.Evidence, StringComparison.Ordinal);
        Assert.Equal(good.Number, await place.CountAsync("SELECT max(number) FROM ca_crls WHERE issuer = 'operational'"));
        Assert.Equal(good.Number, place.Facts.Facts.OfType<CrlIssued>().Last().Number);
        Assert.Contains(await KilledTests.LedgerAsync(place), line => line.Contains("\"ca.crl.issued\"", StringComparison.Ordinal) && line.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R08_ARevokedCertificateThatWouldBeMissingIsFoundAndTheOldCrlStands()
    {
        await using var place = await CaPlace.OpenAsync();
        var serials = await RevokedPairAsync(place, "A1");
        // A wrong end in the revocations' own table would drop the entry; the certificates' table says otherwise.
        await place.Database.WriteAsync(session => session.Execute("UPDATE ca_revocations SET not_after = -1 WHERE serial = @serial", new { serial = serials[1] }), CancellationToken.None);
        var refusal = await Refusals.ExpectAsync(RefusalCode.Fault, () => place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None));
        Assert.Contains(serials[1], refusal.Evidence, StringComparison.Ordinal);
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_crls"));
    }

    [Fact]
    public void R08_CrlIsComplete()
    {
        Assert.Empty(Check(["01", "02", "03"], ["01", "02", "03"]));
        Assert.Equal(["04 is missing."], Check(["01"], ["01", "04"]));
        Assert.Equal(["01 is missing.", "02 is missing."], Check([], ["01", "02"]));
        Assert.Equal(["00 is missing."], Check(["01"], ["00", "01"]));
        Assert.Equal(["02 is on the list and not revoked."], Check(["01", "02"], ["01"]));
        Assert.Equal(10, Check([], [.. Enumerable.Range(0, 100).Select(i => (SerialKey)$"{i:x2}")]).Count);

        // What changed while the two sides were read is no fault; what is past its end may stand on a base.
        Assert.Empty(CrlIsComplete.Differences(["01", "05"], ["01", "04"], serial => serial == "04" || serial == "05"));
        Assert.Empty(CrlIsComplete.Differences(["01", "05"], ["01"], _ => false, serial => serial == "05"));

        static IReadOnlyList<string> Check(SerialKey[] list, SerialKey[] view) => CrlIsComplete.Differences(list, view, _ => false);
    }

    [Fact]
    public void R08_ADeltaAppliedToItsBaseIsTheWholeList()
    {
        CrlEntryKey a = new("01", 1, 6), b = new("02", 2, 1), c = new("03", 3, 4);
        Assert.Equal(["02", "03"], CrlIsComplete.Applied([a, b], [a with { Reason = 8 }, c]).Select(serial => serial.ToString()));
        Assert.Equal(["01", "02"], CrlIsComplete.Applied([a, b], [a with { Reason = 1 }]).Select(serial => serial.ToString()));
        Assert.Equal(["01"], CrlIsComplete.Applied([], [a, c with { Reason = 8 }]).Select(serial => serial.ToString()));
    }

    [Fact]
    public void R11_SerialKeysAreWholeAndInTheOrderOfTheirHex()
    {
        string[] serials = ["00", "0001", "01", "0100", "017f", "7f", "80", "00ff000000000000000000000000000000000000ff", "4142434445464748494a4b4c4d4e4f5051525354", "4142434445464748494a4b4c4d4e4f5051525355"];
        Assert.Equal(serials, serials.Select(serial => SerialKey.Parse(serial).ToString()));
        Assert.Equal(serials.Order(StringComparer.Ordinal), serials.Select(SerialKey.Parse).Order().Select(key => key.ToString()));
        Assert.Throws<FormatException>(() => SerialKey.Parse(""));
        Assert.Throws<FormatException>(() => SerialKey.Parse("0g"));
        Assert.Throws<FormatException>(() => SerialKey.Parse(new string('0', 44)));
    }

    [Fact]
    public void R09_CrlDifferenceIsExplained()
    {
        CrlEntryKey a = new("01", 1000, 1), b = new("02", 2000, 4), c = new("03", 3000, 0);
        Assert.Empty(Check([a, b], [a, b]));
        Assert.Empty(Check([a], [a, b]));
        Assert.Empty(Check([], [a, b, c]));
        Assert.Single(Check([a], [a with { Reason = 4 }]));
        Assert.Single(Check([a], [a, new CrlEntryKey("05", 1, 1)]));
        Assert.Single(Check([a], [a, b with { RevokedAt = 2001 }]));
        Assert.Empty(Check([a, b, c], [b, c], end: 99, lastRegular: 100));
        Assert.Single(Check([a, b, c], [b, c], end: 100, lastRegular: 100));
        Assert.Single(Check([new CrlEntryKey("00", 1, 1), a], [a]));

        // A suspension may become a revocation, and may be lifted; nothing else leaves or changes.
        CrlEntryKey held = new("01", 500, 6), lifted = new("01", 700, 8);
        Assert.Empty(Check([held], [a]));
        Assert.Single(Check([held], [held with { RevokedAt = 501 }]));
        Assert.Empty(CrlDifferenceIsExplained.Unexplained([held], [], 0, _ => new RecordedStanding(lifted, 1_000_000)));
        Assert.Single(CrlDifferenceIsExplained.Unexplained([a], [], 0, _ => new RecordedStanding(lifted, 1_000_000)));

        IReadOnlyList<string> Check(CrlEntryKey[] before, CrlEntryKey[] after, long end = 1_000_000, long lastRegular = 0) => CrlDifferenceIsExplained.Unexplained(
            before, after, lastRegular, serial => new[] { a, b, c }.Where(entry => entry.Serial == serial).Select(entry => (RecordedStanding?)new RecordedStanding(entry, end)).FirstOrDefault());
    }

    [Fact]
    public async Task R20_MakingACrlWaitsForNobody()
    {
        // The fact lies in the transaction's outbox; who fetches it, and when, is not the desk's affair. Two at once do not meet either.
        await using var place = await CaPlace.OpenAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "t", CancellationToken.None))));
        Assert.Equal(Enumerable.Range(1, 6).Select(n => (long)n), all.Select(crl => crl.Number).Order());
    }

    internal static async Task<IReadOnlyList<string>> RevokedPairAsync(CaPlace place, string application)
    {
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder, application));
        var revoked = await RevocationTests.RevokeAsync(
            place, new RevokePair(RevocationTests.Serial(issued.SigningCertificate), RevocationReason.CessationOfOperation, "holder", place.Clock.GetUtcNow()));
        return revoked.Serials;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }
}
