using Hufu.Ca;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

public sealed class IssuingTests
{
    [Fact]
    [Clause("7.2.4-a")]
    public async Task AHoldersIdentifierStandsInNoTableAsItTravels()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.IssueAsync(order);
        foreach (var table in new[] { "ca_keys", "ca_subjects", "ca_intents", "ca_certificates" })
        {
            Assert.Equal(0, await place.CountAsync($"SELECT count(*) FROM {table} WHERE holder = '{order.HolderIdentifier}'"));
            Assert.NotEqual(0, await place.CountAsync($"SELECT count(*) FROM {table} WHERE length(holder) = 64"));
        }

        // Rows from before the key are keyed when it is made; what was issued stays known as the holder's own.
        await place.Database.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM ca_keyring");
                foreach (var table in new[] { "ca_keys", "ca_subjects", "ca_intents", "ca_certificates" })
                {
                    session.Execute($"UPDATE {table} SET holder = @HolderIdentifier WHERE length(holder) = 64 AND holder NOT LIKE '%/%'", new { order.HolderIdentifier });
                }
            },
            CancellationToken.None);
        await place.RestartAsync();
        using var next = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(next, "A2"));
        Assert.Equal(0, await place.CountAsync($"SELECT count(*) FROM ca_subjects WHERE holder = '{order.HolderIdentifier}'"));
        Assert.Equal(1, await place.CountAsync("SELECT count(DISTINCT holder) FROM ca_certificates WHERE kind = 'signing'"));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task AnOrderGivesAPairOfOneSubjectAndTwoSerials()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        var signing = Certificate.Decode(issued.SigningCertificate);
        var encryption = Certificate.Decode(issued.EncryptionCertificate!);
        Assert.True(signing.Subject.RawData.Span.SequenceEqual(encryption.Subject.RawData.Span));
        Assert.NotEqual(signing.SerialHex, encryption.SerialHex);
        Assert.Equal(holder.PublicKey, signing.PublicKey);
        Assert.True(signing.IsSignedBy(Certificate.Decode(issued.Chain[0])));
        Assert.True(encryption.IsSignedBy(Certificate.Decode(issued.Chain[0])));
        Assert.Equal((signing.NotBefore, signing.NotAfter), (encryption.NotBefore, encryption.NotAfter));
        Assert.Equal([signing.SerialHex, encryption.SerialHex], place.Facts.Facts.OfType<CertificateIssued>().Where(fact => fact.Profile == "organisation").Select(fact => fact.Serial));
    }

    [Fact]
    [Clause("6.1.3.2-a")]
    [Clause("6.2.8-a")]
    public async Task TheEncryptionKeyOpensWithTheHoldersSigningKeyAlone()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        var enveloped = Sm2EnvelopedKey.Decode(issued.EnvelopedKey!);
        using var opened = enveloped.Open(holder);
        Assert.Equal(place.KeyCentre.PairOf(1).PublicKey.Sm2, opened.PublicKey);
        Assert.Equal(Certificate.Decode(issued.EncryptionCertificate!).PublicKey.Sm2, opened.PublicKey);
        Assert.Throws<PkiException>(() => enveloped.Open(other));
    }

    [Fact]
    public async Task ExtensionsAreThoseOfTheFormat()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Order(holder));
        var signing = Certificate.Decode(issued.SigningCertificate);
        var ca = Certificate.Decode(issued.Chain[0]);
        Assert.Equal(KeyUsages.Signing, signing.KeyUsage);
        Assert.Equal(KeyUsages.Encryption, Certificate.Decode(issued.EncryptionCertificate!).KeyUsage);
        Assert.True(signing.FindExtension(Oids.KeyUsage)!.Critical);
        Assert.Null(signing.FindExtension(Oids.BasicConstraints));
        Assert.Null(signing.FindExtension(Oids.CertificatePolicies));
        Assert.True(signing.SubjectKeyIdentifier!.Value.Span.SequenceEqual(holder.PublicKey.KeyIdentifier.Span));
        Assert.True(signing.AuthorityKeyIdentifier!.KeyIdentifier!.Value.Span.SequenceEqual(ca.SubjectKeyIdentifier!.Value.Span));
        Assert.Equal(["http://127.0.0.1:8080/crl/operational.crl"], CrlDistributionPoints.Decode(signing.FindExtension(Oids.CrlDistributionPoints)!).Uris);
        var access = AuthorityInformationAccess.Decode(signing.FindExtension(Oids.AuthorityInfoAccess)!);
        Assert.Equal(["http://127.0.0.1:8080/ocsp"], access.OcspUris);
        Assert.Equal(["http://127.0.0.1:8080/ca/operational.cer"], access.IssuerUris);
        Assert.Equal("91110108MA01HF261H", IdentityExtensions.Read(signing.FindExtension(Oids.OrganizationCode)!).Number);
        Assert.Equal("C=CN, ST=北京市, O=某市大数据局, CN=某市大数据局", signing.Subject.ToString());
    }

    [Fact]
    public async Task AConfiguredPolicyIsCarriedAndNotCritical()
    {
        await using var place = await CaPlace.OpenAsync(new CaOptions { PolicyOid = "1.2.156.99999.1", PracticeStatementAddress = "http://127.0.0.1:8080/cps" });
        using var holder = Sm2KeyPair.Generate();
        var signing = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var extension = signing.FindExtension(Oids.CertificatePolicies)!;
        Assert.False(extension.Critical);
        Assert.Equal([new CertificatePolicy("1.2.156.99999.1", "http://127.0.0.1:8080/cps")], CertificatePolicies.Decode(extension).Policies);
    }

    [Fact]
    public async Task R03_RepeatedOrderGivesTheSameBytes()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        var first = await place.IssueAsync(order);
        var repeated = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => place.IssueAsync(place.Sign(order))));
        Assert.All(repeated, again => Assert.Equal(Bytes(first), Bytes(again)));
        await place.RestartAsync();
        Assert.Equal(Bytes(first), Bytes(await place.IssueAsync(order)));
        Assert.Equal(2, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'"));
    }

    [Fact]
    public async Task R03_ManyAtOnceWithTheFirstOneStillUnderWay()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => place.IssueAsync(order))));
        Assert.All(all, again => Assert.Equal(Bytes(all[0]), Bytes(again)));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(1, place.KeyCentre.Pairs);
    }

    [Fact]
    public async Task R03_AnotherOrderUnderTheSameApplicationIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var second = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        await Refusals.ExpectAsync(RefusalCode.StateWrong, () => place.IssueAsync(place.Order(second)));
    }

    [Fact]
    public async Task R03_OneApplicationNumberAtTwoRoomsIsTwoApplications()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        // The other room has no staff here, so it is refused for that, and not because the number is known.
        await Refusals.ExpectAsync(
            RefusalCode.RoleMissing, () => place.Desks.Issuing.IssueAsync(place.Order(holder), "ra2", Hufu.Ca.Issuing.NobodyWaits.Instance, CancellationToken.None));
    }

    [Fact]
    public async Task R27_ARefusedOrderLeavesALedgerRowAndNothingElse()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var fields = CaPlace.Organisation();
        fields["creditCode"] = "91110108MA01HF2610";
        var before = place.Ledger.Size;
        await Refusals.ExpectAsync(RefusalCode.ChecksumWrong, () => place.IssueAsync(place.Order(holder, fields: fields)));
        Assert.Equal(before + 1, place.Ledger.Size);
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(0, place.KeyCentre.Asked);
        Assert.DoesNotContain(place.Facts.Facts.OfType<CertificateIssued>(), fact => fact.Profile == "organisation");
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    [Clause("6.2.6.3-a")]
    public async Task RenewalInsideTheWindowKeepsKeyAndSubjectAndBringsANewEncryptionPair()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var old = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        place.Clock.Set(old.NotAfter - TimeSpan.FromDays(29));
        var renewed = await place.IssueAsync(place.Order(holder, "A2", renewalOf: old.SerialHex));
        var signing = Certificate.Decode(renewed.SigningCertificate);
        Assert.Equal(old.PublicKey, signing.PublicKey);
        Assert.True(old.Subject.RawData.Span.SequenceEqual(signing.Subject.RawData.Span));
        Assert.Equal(2, place.KeyCentre.Pairs);
    }

    [Theory]
    [InlineData(-31, RefusalCode.OutsideRenewalWindow)]
    [InlineData(31, RefusalCode.OutsideRenewalWindow)]
    [Clause("6.2.6.1-a")]
    public async Task RenewalOutsideTheWindowIsRefused(int days, RefusalCode code)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var old = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        place.Clock.Set(old.NotAfter + TimeSpan.FromDays(days));
        await Refusals.ExpectAsync(code, () => place.IssueAsync(place.Order(holder, "A2", renewalOf: old.SerialHex)));
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    [Clause("6.2.6.3-a")]
    public async Task RenewalWithOtherDataOrOfAStrangersOrRevokedCertificateIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var newKey = Sm2KeyPair.Generate();
        var old = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        place.Clock.Set(old.NotAfter - TimeSpan.FromDays(10));
        await Refusals.ExpectAsync(
            RefusalCode.RegisteredDataChanged, () => place.IssueAsync(place.Order(holder, "A2", fields: CaPlace.Organisation("某市数据局"), renewalOf: old.SerialHex)));
        await Refusals.ExpectAsync(RefusalCode.RegisteredDataChanged, () => place.IssueAsync(place.Order(newKey, "A3", renewalOf: old.SerialHex)));
        await Refusals.ExpectAsync(RefusalCode.UnknownObject, () => place.IssueAsync(place.Order(holder, "A4", renewalOf: "0102030405060708")));
        await place.Desks.Revocation.RevokeAsync(
            new RevokePair(old.SerialHex, Hufu.Contracts.RevocationReason.Superseded, "holder: challenge phrase", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        await Refusals.ExpectAsync(RefusalCode.CertificateNotValid, () => place.IssueAsync(place.Order(holder, "A5", renewalOf: old.SerialHex)));
    }

    internal static string Bytes(PairIssued issued) => string.Join(
        ' ', new[] { issued.SigningCertificate, issued.EncryptionCertificate!, issued.EnvelopedKey! }.Concat(issued.Chain).Select(Convert.ToHexString));

    [Fact]
    public async Task ActIsRecent_AnApprovalThatLayForLongIssuesNothing()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        place.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1));
        var refusal = await Refusals.ExpectAsync(RefusalCode.StatementStale, () => place.IssueAsync(order));
        Assert.Equal("entry", refusal.Field);
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.NotEmpty((await place.IssueAsync(place.Sign(order))).SigningCertificate);
    }
}
