using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>What every certificate of this CA keeps to.</summary>
public sealed class CertificateRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);

    [Fact]
    public void R01_OverAMillionSerialsEveryConfiguredBitIsSetHalfTheTime()
    {
        const int Count = 1_000_000;
        var set = new int[SerialNumber.MaxSize * 8];
        for (var i = 0; i < Count; i++)
        {
            var content = SerialNumber.Create().Content;
            Assert.Equal(SerialNumber.MaxSize, content.Length);
            for (var bit = 0; bit < set.Length; bit++)
            {
                set[bit] += (content[bit >> 3] >> (7 - (bit & 7))) & 1;
            }
        }

        Assert.Equal(0, set[0]);
        // Six standard deviations of a fair coin are 3,000; the first byte is never zero, which adds 0.4 % to its seven bits.
        Assert.All(set.Skip(1).Take(7), ones => Assert.InRange(ones, 497_000, 507_000));
        Assert.All(set.Skip(8), ones => Assert.InRange(ones, 497_000, 503_000));
    }

    [Theory]
    [InlineData("ff00000000000000000000000000000000000f")]
    [InlineData("80000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000")]
    [InlineData("7fffffffffffffffffffffffffffffffffffffff")]
    public async Task R02_SerialsSurviveDerTextAndDatabaseAndAreUnique(string hex)
    {
        await using var place = await CaPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        Assert.True(SerialNumber.TryParse("00" + hex.ToUpperInvariant(), out var serial));
        var signer = DirectSigner.Of(place.Desks.Authorities.Demand().Operational);
        var order = Room(key, "publishing");
        var certificate = place.Desks.Direct.Sign(order, serial, signer);
        Assert.Equal(hex, Certificate.Decode(certificate.Encode()).SerialHex);
        await place.Database.WriteAsync(session => place.Desks.Direct.Store(session, order, "operational", certificate), CancellationToken.None);
        var row = await place.Database.ReadAsync(session => CertificateStore.Find(session, "operational", hex), CancellationToken.None);
        Assert.Equal(serial, Certificate.Decode(row!.Der).SerialNumber);
        var twice = await Assert.ThrowsAsync<DatabaseException>(
            () => place.Database.WriteAsync(session => place.Desks.Direct.Store(session, order, "operational", certificate), CancellationToken.None));
        Assert.Equal(DatabaseError.UniqueViolation, twice.Error);
    }

    [Fact]
    public async Task R04_AClockBehindTheNewestSignatureStopsSigning()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        var first = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        Assert.Equal(place.Clock.GetUtcNow().ToUnixTimeSeconds(), first.NotBefore.ToUnixTimeSeconds());
        var right = place.Clock.GetUtcNow();
        place.Clock.Set(right - TimeSpan.FromMinutes(6));
        await place.RestartAsync();
        var signer = DirectSigner.Of(place.Desks.Authorities.Demand().Operational);
        Refusals.Expect(RefusalCode.Fault, () => place.Desks.Direct.Sign(Room(other, "publishing"), SerialNumber.Create(), signer));
        place.Clock.Set(right);
        Assert.NotNull(place.Desks.Direct.Sign(Room(other, "publishing"), SerialNumber.Create(), signer));
    }

    [Fact]
    public void R04_NotBackdated()
    {
        var limit = TimeSpan.FromMinutes(5);
        Assert.True(NotBackdated.Allows(Noon, Noon, limit));
        Assert.True(NotBackdated.Allows(Noon - limit, Noon, limit));
        Assert.False(NotBackdated.Allows(Noon - limit - TimeSpan.FromSeconds(1), Noon, limit));
        Assert.False(NotBackdated.Allows(Noon + TimeSpan.FromSeconds(1), Noon, limit));
        Assert.True(NotBackdated.ClockIsTrusted(null, Noon, limit));
        Assert.True(NotBackdated.ClockIsTrusted(Noon + limit, Noon, limit));
        Assert.False(NotBackdated.ClockIsTrusted(Noon + limit + TimeSpan.FromTicks(1), Noon, limit));
    }

    [Fact]
    [Clause("6.2.5-a")]
    public async Task R05_NoEndEntityLeavesTheGateThatCouldSignCertificates()
    {
        await using var place = await CaPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        var ca = place.Desks.Authorities.Demand().Operational.Certificate;
        var made = new MadeBy(
            CaPlace.Policy.Profile("organisation") with { Addresses = ProfileAddresses.None, Subject = [], SigningUsage = KeyUsages.Signing, ExtendedKeyUsages = [] }, PairSide.Signing, GivenSubject: true);
        LintGate.Demand(Tbs(KeyUsages.Signing), CertificateKind.EndEntity, ca, made);
        Refusals.Expect(RefusalCode.LintFailed, () => LintGate.Demand(Tbs(KeyUsages.Signing | KeyUsages.KeyCertSign), CertificateKind.EndEntity, ca, made));
        Refusals.Expect(RefusalCode.LintFailed, () => LintGate.Demand(Tbs(KeyUsages.Signing | KeyUsages.CrlSign), CertificateKind.EndEntity, ca, made));
        Refusals.Expect(RefusalCode.LintFailed, () => LintGate.Demand(Tbs(KeyUsages.Signing, new BasicConstraints(true).ToExtension()), CertificateKind.EndEntity, ca, made));
        Refusals.Expect(RefusalCode.LintFailed, () => LintGate.Demand(Tbs(null), CertificateKind.EndEntity, ca, made));

        // A profile that says so is stopped as well, below the profiles.
        var profile = CaPlace.Policy.Profile("organisation") with { SigningUsage = KeyUsages.KeyCertSign };
        var order = Room(key, "publishing") with { Profile = profile, Fields = CaPlace.Organisation() };
        Refusals.Expect(RefusalCode.LintFailed, () => place.Desks.Direct.Sign(order, SerialNumber.Create(), DirectSigner.Of(place.Desks.Authorities.Demand().Operational)));

        byte[] Tbs(KeyUsages? usages, params CertificateExtension[] more) => new TbsCertificate
        {
            SerialNumber = SerialNumber.Create(),
            Signature = AlgorithmIdentifier.Sm2WithSm3,
            Issuer = ca.Subject,
            NotBefore = ca.NotBefore,
            NotAfter = ca.NotBefore.AddMonths(6),
            Subject = TestAuthority.Name("某单位"),
            PublicKey = key.PublicKey,
            Extensions =
            [
                AuthorityKeyIdentifier.FromKeyIdentifier(ca.PublicKey.KeyIdentifier).ToExtension(), new SubjectKeyIdentifier(key.PublicKey.KeyIdentifier).ToExtension(),
                .. usages is { } bits ? new[] { new KeyUsageExtension(bits).ToExtension() } : [], .. more,
            ],
        }.Encode();
    }

    [Fact]
    [Clause("6.2.1.3-a")]
    public async Task WhatDeviatesFromItsProfileIsNotSigned()
    {
        await using var place = await CaPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        var authority = place.Desks.Authorities.Demand().Operational;
        var profile = CaPlace.Policy.Profile("organisation");
        var good = Build(profile, PairSide.Signing);
        Look(good, PairSide.Signing, null);
        Look(Build(profile, PairSide.Encryption), PairSide.Encryption, null);

        // Each is what another profile, or a fault in the builder, would make of it.
        Look(Build(profile, PairSide.Encryption), PairSide.Signing, "hufu_profile_key_usage");
        Look(good, PairSide.Encryption, "hufu_profile_key_usage");
        Look(good with { NotAfter = good.NotAfter.AddSeconds(1) }, PairSide.Signing, "hufu_profile_life");
        Look(good with { Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "x")) }, PairSide.Signing, "hufu_profile_subject_missing");
        Look(Build(profile with { Addresses = ProfileAddresses.None }, PairSide.Signing), PairSide.Signing, "hufu_profile_address_missing");
        Look(Build(profile with { ExtendedKeyUsages = [Oids.PurposeTimeStamping], ExtendedKeyUsageCritical = true }, PairSide.Signing), PairSide.Signing, "hufu_profile_purposes");
        Look(Build(profile with { OcspNoCheck = true }, PairSide.Signing), PairSide.Signing, "hufu_profile_no_check");

        // A given subject is not the profile's; everything else is.
        LintGate.Demand((good with { Subject = TestAuthority.Name("x") }).Encode(), CertificateKind.EndEntity, authority.Certificate, new MadeBy(profile, PairSide.Signing, GivenSubject: true));
        Refusals.Expect(RefusalCode.LintFailed, () => LintGate.Demand(
            (good with { NotAfter = good.NotAfter.AddSeconds(1) }).Encode(), CertificateKind.EndEntity, authority.Certificate, new MadeBy(profile, PairSide.Signing, GivenSubject: true)));

        TbsCertificate Build(CertificateProfile by, PairSide side)
        {
            var from = place.Clock.GetUtcNow();
            var content = new CertificateContent(SerialNumber.Create(), SubjectBuilder.Build(profile, CaPlace.Organisation()), key.PublicKey, from, profile.Life.InclusiveEnd(from), CaPlace.Organisation());
            return place.Desks.Builder.Build(by, side, content, authority.Name, authority.Certificate.Subject, authority.Certificate.PublicKey, AlgorithmIdentifier.Sm2WithSm3);
        }

        void Look(TbsCertificate tbs, PairSide side, string? rule)
        {
            void Gate() => LintGate.Demand(tbs.Encode(), CertificateKind.EndEntity, authority.Certificate, new MadeBy(profile, side));
            if (rule is null)
            {
                Gate();
            }
            else
            {
                Assert.Contains(rule, Refusals.Expect(RefusalCode.LintFailed, Gate).Evidence, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    [Clause("6.6.2.3-b")]
    public void R07_ValidityWithinLimits_ToTheSecond()
    {
        var values = CaPlace.Policy.Values;
        Check("organisation", Noon, "2032-02-22T06:29:59Z");
        Check("organisation", new DateTimeOffset(2024, 11, 30, 0, 0, 0, TimeSpan.Zero), "2030-02-27T23:59:59Z");
        Check("operational-ca", Noon, "2046-11-22T06:29:59Z");
        Check("root-ca", new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero), "2058-02-28T11:59:59Z");
        Assert.Throws<InvalidOperationException>(() => ValidityWithinLimits.Demand(CaPlace.Policy.Profile("organisation"), values, Noon.AddMilliseconds(1), Noon.AddDays(1)));
        Assert.Throws<InvalidOperationException>(() => ValidityWithinLimits.Demand(CaPlace.Policy.Profile("organisation"), values, Noon, Noon.AddSeconds(-1)));

        void Check(string id, DateTimeOffset from, string last)
        {
            var profile = CaPlace.Policy.Profile(id);
            var end = DateTimeOffset.Parse(last, System.Globalization.CultureInfo.InvariantCulture);
            ValidityWithinLimits.Demand(profile, values, from, end);
            Assert.Throws<InvalidOperationException>(() => ValidityWithinLimits.Demand(profile, values, from, end.AddSeconds(1)));
        }
    }

    [Fact]
    public async Task R07_ACertificateLivesItsProfilesLifeInclusively()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var certificate = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        Assert.Equal(certificate.NotBefore.AddYears(1).AddSeconds(-1), certificate.NotAfter);
    }

    [Fact]
    [Clause("6.6.1.6-b")]
    public async Task IssuerOutlivesCertificate_TheCaStopsIssuingBeforeItsEnd()
    {
        await using var place = await CaPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        var authority = place.Desks.Authorities.Demand().Operational;
        var life = CaPlace.Policy.Profile("room-sign").Life;
        place.Clock.Set(life.Before(authority.Certificate.NotAfter.AddSeconds(1)));
        Assert.Equal(authority.Certificate.NotAfter, place.Desks.Direct.Sign(Room(key, "publishing"), SerialNumber.Create(), DirectSigner.Of(authority)).NotAfter);
        place.Clock.Advance(TimeSpan.FromSeconds(1));
        Refusals.Expect(RefusalCode.CertificateNotValid, () => place.Desks.Direct.Sign(Room(key, "publishing"), SerialNumber.Create(), DirectSigner.Of(authority)));
    }

    [Fact]
    [Clause("6.1.3.1-a")]
    public void SubjectIsNamed_NobodyIsAnonymous()
    {
        SubjectIsNamed.Demand(TestAuthority.Name("某单位"));
        Refusals.Expect(RefusalCode.FieldMissing, () => SubjectIsNamed.Demand(DistinguishedName.Create((Oids.Country, "CN"))));
        Refusals.Expect(RefusalCode.FieldMissing, () => SubjectIsNamed.Demand(DistinguishedName.Empty));
        var fields = CaPlace.Organisation();
        fields.Remove("organisationName");
        Refusals.Expect(RefusalCode.FieldMissing, () => SubjectBuilder.Build(CaPlace.Policy.Profile("organisation"), fields));
    }

    [Fact]
    public void R13_SubjectTextFits_LengthsAndStringTypes()
    {
        var part = CaPlace.Policy.Profile("organisation").Subject.Single(one => one.Attribute == "CN");
        SubjectTextFits.Demand(part, new string('长', part.MaxLength));
        Refusals.Expect(RefusalCode.NameTooLong, () => SubjectTextFits.Demand(part, new string('长', part.MaxLength + 1)));
        Refusals.Expect(RefusalCode.FieldInvalid, () => SubjectTextFits.Demand(part, " 某单位"));
        Refusals.Expect(RefusalCode.FieldInvalid, () => SubjectTextFits.Demand(part, "某\u0000单位"));
        var printable = part with { String = ProfileString.Printable };
        SubjectTextFits.Demand(printable, "Unit (1), a/b:c=d?");
        Refusals.Expect(RefusalCode.FieldInvalid, () => SubjectTextFits.Demand(printable, "单位"));
        Refusals.Expect(RefusalCode.FieldInvalid, () => SubjectTextFits.Demand(printable, "a*b"));
    }

    [Fact]
    public async Task R10_SignedEqualsLinted_OtherBytesOrAnotherKeyAreFound()
    {
        await using var place = await CaPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        var authority = place.Desks.Authorities.Demand().Operational;
        var certificate = place.Desks.Direct.Sign(Room(key, "publishing"), SerialNumber.Create(), DirectSigner.Of(authority));
        SignedEqualsLinted.Demand(certificate.TbsData.Span, certificate, authority.Certificate.PublicKey);
        var other = certificate.TbsData.ToArray();
        other[^1] ^= 1;
        Assert.Throws<InvalidOperationException>(() => SignedEqualsLinted.Demand(other, certificate, authority.Certificate.PublicKey));
        Assert.Throws<InvalidOperationException>(() => SignedEqualsLinted.Demand(certificate.TbsData.Span, certificate, key.PublicKey));
    }

    private static DirectOrder Room(Sm2KeyPair key, string room) => new(
        CaPlace.Policy.Profile("room-sign"), CertificateUse.Service, room, $"room/{room}",
        new Dictionary<string, string> { ["organisation"] = "虎符测试认证中心", ["serviceName"] = "发布系统" }, key.PublicKey);
}
