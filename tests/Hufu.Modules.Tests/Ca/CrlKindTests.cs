using System.Diagnostics;
using Hufu.Ca;
using Hufu.Ca.Crls;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using PkiReason = Hufu.Pki.RevocationReason;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Delta, partitioned and authority CRLs (RFC 5280 5.2), each with the checks of R08 and R09.</summary>
public sealed class CrlKindTests
{
    private static readonly CaOptions WithAll = new()
    {
        KeyCentreTimeout = TimeSpan.FromMilliseconds(300),
        CrlParts = new Dictionary<string, int> { ["operational"] = 3 },
        DeltaCrlEvery = new Dictionary<string, TimeSpan> { ["operational"] = TimeSpan.FromHours(1) },
        AuthorityCrls = ["root"],
    };

    [Fact]
    [Clause("6.2.7.5-b")]
    public async Task ADeltaSaysWhatChangedSinceItsBase()
    {
        await using var place = await CaPlace.OpenAsync(WithAll with { CrlParts = new Dictionary<string, int>() });
        var before = await CrlTests.RevokedPairAsync(place, "A1");
        using var holder = Sm2KeyPair.Generate();
        var held = RevocationTests.Serial((await place.IssueAsync(place.Order(holder, "A2"))).SigningCertificate);
        await SuspensionTests.SuspendAsync(place, held);
        var full = await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        Assert.Equal(4, full.Entries);
        place.Clock.Advance(TimeSpan.FromMinutes(5));
        var after = await CrlTests.RevokedPairAsync(place, "A3");
        await place.Desks.Revocation.ResumeAsync(new ResumePair(held, RevocationAsker.Authority, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        var delta = (await place.Desks.Crls.IssueDeltaAsync("operational", "t", CancellationToken.None))!;
        var list = CertificateRevocationList.Decode(delta.Der);
        Assert.Equal(full.Number, (long)list.DeltaBase!.Value);
        Assert.Equal(full.Number + 1, (long)list.Number!.Value);
        Assert.EndsWith("/crl/operational-delta.crl", delta.Address, StringComparison.Ordinal);
        Assert.Equal(2, list.Entries.Count(entry => entry.Reason == PkiReason.RemoveFromCrl));
        Assert.Equal(after.Order(), list.Entries.Where(entry => entry.Reason != PkiReason.RemoveFromCrl).Select(entry => entry.SerialNumber.ToString()).Order());
        Assert.DoesNotContain(list.Entries, entry => before.Contains(entry.SerialNumber.ToString()));

        // The full list says where the delta is (RFC 5280 5.2.6), and the fact says what kind it is.
        Assert.Contains(CertificateRevocationList.Decode(full.Der).Extensions, extension => extension.Oid == Oids.FreshestCrl && !extension.Critical);
        var fact = place.Facts.Facts.OfType<CrlIssued>().Last();
        Assert.Equal((CrlKind.Delta, "operational-delta", (long?)full.Number), (fact.Kind, fact.Name, fact.BaseNumber));

        // The next full one counts on and has everything.
        var next = await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        Assert.Equal((full.Number + 2, 4), (next.Number, next.Entries));
        Assert.Equal(0, (await place.Desks.Crls.IssueDeltaAsync("operational", "t", CancellationToken.None))!.Entries);
    }

    [Fact]
    public async Task R08_ADeltaThatDoesNotMakeItsBaseWholeIsNotPublished()
    {
        await using var place = await CaPlace.OpenAsync(WithAll with { CrlParts = new Dictionary<string, int>() });
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        var serials = await CrlTests.RevokedPairAsync(place, "A1");

        // An event with the number of an older one would be left out of every delta.
        await place.Database.WriteAsync(session => session.Execute("UPDATE ca_revocations SET number = -5 WHERE serial = @serial", new { serial = serials[0] }), CancellationToken.None);
        var refusal = await Refusals.ExpectAsync(RefusalCode.Fault, () => place.Desks.Crls.IssueDeltaAsync("operational", "t", CancellationToken.None));
        Assert.Contains($"{serials[0]} is missing", refusal.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(place.Facts.Facts.OfType<CrlIssued>(), fact => fact.Kind == CrlKind.Delta);
    }

    [Fact]
    [Clause("3.10-a")]
    [Clause("6.2.7.5-b")]
    public async Task R08_TheUnionOfAllPartsIsEverythingAndEachPartSaysWhichItIs()
    {
        await using var place = await CaPlace.OpenAsync(WithAll);
        Dictionary<string, string> addresses = [];
        List<string> revoked = [];
        for (var i = 0; i < 6; i++)
        {
            using var holder = Sm2KeyPair.Generate();
            var issued = await place.IssueAsync(place.Order(holder, $"A{i}"));
            foreach (var certificate in new[] { issued.SigningCertificate, issued.EncryptionCertificate! }.Select(der => Certificate.Decode(der)))
            {
                addresses[certificate.SerialHex] = CrlDistributionPoints.Decode(certificate.Extensions.Single(extension => extension.Oid == Oids.CrlDistributionPoints)).Uris.Single();
            }

            revoked.AddRange((await RevocationTests.RevokeAsync(
                place, new RevokePair(RevocationTests.Serial(issued.SigningCertificate), RevocationReason.Superseded, "x", place.Clock.GetUtcNow()))).Serials);
        }

        var whole = await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        Assert.Equal(12, whole.Entries);
        var facts = place.Facts.Facts.OfType<CrlIssued>().Where(fact => fact.Scope.StartsWith('p')).ToList();
        Assert.Equal(["operational-p1", "operational-p2", "operational-p3"], facts.Select(fact => fact.Name));
        List<string> union = [];
        foreach (var fact in facts)
        {
            var list = CertificateRevocationList.Decode(fact.Der);
            var point = list.IssuingDistributionPoint!;
            Assert.True(list.Extensions.Single(extension => extension.Oid == Oids.IssuingDistributionPoint).Critical);
            Assert.All(list.Entries, entry => Assert.Equal(addresses[entry.SerialNumber.ToString()], point.Names.Single().Value));
            union.AddRange(list.Entries.Select(entry => entry.SerialNumber.ToString()));
        }

        Assert.Equal(revoked.Order(), union.Order());

        // A part that loses an entry is not published; nor is anything after it.
        await place.Database.WriteAsync(session => session.Execute("UPDATE ca_revocations SET part = 0 WHERE serial = @serial", new { serial = union[0] }), CancellationToken.None);
        await Refusals.ExpectAsync(RefusalCode.Fault, () => place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None));
    }

    [Fact]
    public void OptionsAreReadFromJson()
    {
        var json = """{ "crlEvery": { "operational": "06:00:00" }, "deltaCrlEvery": { "operational": "01:00:00" }, "crlParts": { "operational": 16 }, "authorityCrls": ["root"], "crlAtOnce": true, "actLife": "7.00:00:00" }""";
        var options = System.Text.Json.JsonSerializer.Deserialize<CaOptions>(json, ContractJson.Options)!;
        Assert.Equal((TimeSpan.FromHours(6), 16, "root", TimeSpan.FromDays(7)), (options.CrlEvery["operational"], options.CrlParts["operational"], options.AuthorityCrls.Single(), options.ActLife));
        options.Check();
        Assert.Throws<ArgumentOutOfRangeException>(() => (options with { CrlParts = new Dictionary<string, int> { ["operational"] = 0 } }).Check());
        Assert.Throws<System.Text.Json.JsonException>(() => System.Text.Json.JsonSerializer.Deserialize<CaOptions>("""{ "crlEvry": {} }""", ContractJson.Options));
    }

    [Fact]
    public async Task AnAuthorityListHasCaCertificatesOnly()
    {
        await using var place = await CaPlace.OpenAsync(WithAll);
        await place.Desks.Crls.IssueAsync("root", CrlOccasion.Regular, "t", CancellationToken.None);
        var fact = place.Facts.Facts.OfType<CrlIssued>().Single(one => one.Scope == "arl");
        var list = CertificateRevocationList.Decode(fact.Der);
        Assert.Equal(("root-arl", RevocationListScope.AuthorityCertificates, 0), (fact.Name, list.IssuingDistributionPoint!.Scope, list.Count));
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    public async Task EachCaHasItsOwnFrequencyAndDeltasComeBetween()
    {
        await using var place = await CaPlace.OpenAsync(WithAll with
        {
            CrlParts = new Dictionary<string, int>(),
            CrlEvery = new Dictionary<string, TimeSpan> { ["operational"] = TimeSpan.FromHours(6), ["root"] = TimeSpan.FromDays(1) },
        });
        Assert.Equal(["root", "operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        List<string> made = [];
        var start = place.Clock.GetUtcNow();
        for (var minute = 0; minute < 24 * 60; minute += 30)
        {
            place.Clock.Set(start + TimeSpan.FromMinutes(minute));
            made.AddRange(await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        }

        Assert.Equal(4, made.Count(name => name == "operational"));
        Assert.Equal(1, made.Count(name => name == "root"));
        Assert.InRange(place.Facts.Facts.OfType<CrlIssued>().Count(fact => fact.Kind == CrlKind.Delta), 16, 23);
    }

    [Fact]
    public async Task OpenSslReadsAndVerifiesEveryKind()
    {
        await using var place = await CaPlace.OpenAsync(WithAll);
        await CrlTests.RevokedPairAsync(place, "A1");
        await place.Desks.Crls.IssueAsync("operational", CrlOccasion.Regular, "t", CancellationToken.None);
        await CrlTests.RevokedPairAsync(place, "A2");
        await place.Desks.Crls.IssueDeltaAsync("operational", "t", CancellationToken.None);
        var issuer = place.Desks.Authorities.Demand().Operational.Certificate;
        var key = Path.Combine(place.CrlFolder, "ca.pub");
        await File.WriteAllTextAsync(key, Pem.Encode("PUBLIC KEY", issuer.PublicKey.RawData.Span), TestContext.Current.CancellationToken);
        var files = Directory.GetFiles(place.CrlFolder, "*.crl");
        Assert.Equal(8, files.Length);
        foreach (var file in files)
        {
            // openssl's crl command cannot verify SM2 with an id: the TBS is cut out and given to dgst (shared/interop.md).
            var list = CertificateRevocationList.Decode(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            await File.WriteAllBytesAsync(file + ".tbs", list.TbsData.ToArray(), TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(file + ".sig", list.Signature.ToArray(), TestContext.Current.CancellationToken);
            Assert.Contains("X509v3 CRL Number", await OpenSslAsync("crl", "-inform", "DER", "-in", file, "-noout", "-text"), StringComparison.Ordinal);
            Assert.Contains(
                "Verified OK", await OpenSslAsync("dgst", "-sm3", "-verify", key, "-sigopt", "distid:1234567812345678", "-signature", file + ".sig", file + ".tbs"), StringComparison.Ordinal);
        }
    }

    private static async Task<string> OpenSslAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {output}");
        return output;
    }
}
