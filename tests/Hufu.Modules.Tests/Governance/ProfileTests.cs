using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

public sealed class ProfileTests
{
    private const KeyUsages Encrypting = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;

    [Fact]
    public void Every_profile_that_the_rooms_need_is_there()
    {
        string[] needed =
        [
            "administrator", "code-signing", "employee", "ipsec-vpn", "km-root", "operated-device", "operational-ca", "organisation", "person", "person-trial", "registration-authority", "representative",
            "room-audit", "room-encrypt", "room-ocsp", "room-sign", "room-tsa", "root-ca", "server", "server-identity", "share-holder",
        ];
        Assert.Equal(needed, SourceTree.Policy.Profiles.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [Clause("6.2.5-a")]
    [InlineData("organisation")]
    [InlineData("person")]
    [InlineData("person-trial")]
    [InlineData("server")]
    [InlineData("representative")]
    [InlineData("employee")]
    [InlineData("server-identity")]
    [InlineData("ipsec-vpn")]
    [InlineData("operated-device")]
    public void Holders_get_a_pair_that_signs_and_a_pair_that_encrypts(string id)
    {
        var profile = SourceTree.Policy.HolderProfile(id);
        Assert.Equal(KeyPairs.Dual, profile.Pairs);
        Assert.Equal(KeyUsages.DigitalSignature | KeyUsages.NonRepudiation, profile.SigningUsage);
        Assert.Equal(Encrypting, profile.EncryptionUsage);
        Assert.Equal(ProfileAddresses.Crl | ProfileAddresses.Ocsp | ProfileAddresses.Issuer, profile.Addresses);
        Assert.Equal("C", profile.Subject[0].Attribute);
        Assert.Equal("CN", profile.Subject.Last(part => part.Attribute != "serialNumber").Attribute);
    }

    [Fact]
    public void Special_profiles_say_what_their_standards_ask()
    {
        var ocsp = SourceTree.Policy.Profile("room-ocsp");
        Assert.Equal(["1.3.6.1.5.5.7.3.9"], ocsp.ExtendedKeyUsages);
        Assert.True(ocsp.OcspNoCheck);
        var tsa = SourceTree.Policy.Profile("room-tsa");
        Assert.Equal(["1.3.6.1.5.5.7.3.8"], tsa.ExtendedKeyUsages);
        Assert.True(tsa.ExtendedKeyUsageCritical);
        Assert.Equal(0, SourceTree.Policy.Profile("operational-ca").PathLength);
        Assert.Null(SourceTree.Policy.Profile("root-ca").PathLength);
        Assert.Equal("P20D", SourceTree.Policy.Profile("person-trial").Life.ToString());
        Assert.Equal("1.2.156.10260.4.1.4", SourceTree.Policy.Profile("organisation").PrivateExtensions.Single().Oid);
        Assert.Equal(IdentityExtension.ResidentCardNumber, SourceTree.Policy.Profile("person").PrivateExtensions.Single().Extension);
        Assert.Equal((AlternativeNameKind.Dns, "hostName"), (SourceTree.Policy.Profile("server").AlternativeNames.Single().Kind, SourceTree.Policy.Profile("server").AlternativeNames.Single().Field));
    }

    [Fact]
    public void Nobody_applies_for_a_certificate_of_staff_rooms_or_authorities()
    {
        foreach (var profile in SourceTree.Policy.Profiles.Values.Where(profile => profile.Kind != ProfileKind.Holder))
        {
            Assert.Equal(RefusalCode.ProfileUnknown, Assert.Throws<RefusedException>(() => SourceTree.Policy.HolderProfile(profile.Id)).Refusal.Code);
        }

        Assert.Equal(RefusalCode.ProfileUnknown, Assert.Throws<RefusedException>(() => SourceTree.Policy.Profile("../values")).Refusal.Code);
    }

    [Theory]
    [InlineData("person", "signingUsage: [digital-signature, non-repudiation]", "signingUsage: [digital-signature, key-cert-sign]", "R05")]
    [InlineData("server", "signingUsage: [digital-signature, non-repudiation]", "signingUsage: [crl-sign]", "R05")]
    [InlineData("room-sign", "pairs: single", "pairs: single\npathLength: 0", "R05")]
    [InlineData("person", "key-agreement]", "key-agreement, key-cert-sign]", "R05")]
    [InlineData("administrator", "issuers: [operational, key-centre]", "issuers: [root]", "6.6.2.1-e")]
    [InlineData("administrator", "issuers: [operational, key-centre]", "issuers: [self]", "only authorities sign themselves")]
    public void R05_a_profile_of_an_end_entity_cannot_make_an_authority(string id, string text, string instead, string complaint) => Refused(id, text, instead, complaint);

    [Theory]
    [Clause("6.2.5-a")]
    [InlineData("person", "signingUsage: [digital-signature, non-repudiation]", "signingUsage: [digital-signature, key-encipherment]", "both sign and encrypt")]
    [InlineData("person", "encryptionUsage: [key-encipherment, data-encipherment, key-agreement]", "encryptionUsage: [digital-signature]", "dual profile")]
    [InlineData("person", "pairs: dual", "pairs: single", "dual profile")]
    [InlineData("room-tsa", "purposes: [time-stamping]", "purposes: [time-stamping, server-auth]", "exactly one purpose")]
    public void Signing_and_encryption_are_kept_apart(string id, string text, string instead, string complaint) => Refused(id, text, instead, complaint);

    [Theory]
    [Clause("6.6.2.3-b")]
    [InlineData("person", "life: P1Y", "life: P5Y3M1D", "longer than P5Y3M")]
    [InlineData("operational-ca", "life: P20Y", "life: P20Y1D", "longer than P20Y")]
    [InlineData("root-ca", "life: P30Y", "life: P31Y", "longer than P30Y")]
    public void No_profile_lives_longer_than_the_statement_allows(string id, string text, string instead, string complaint) => Refused(id, text, instead, complaint);

    [Theory]
    [Clause("6.1.3.1-a")]
    [InlineData("person", "  - { attribute: CN, field: personName, string: utf8 }\n", "", "nobody is anonymous")]
    [InlineData("person", "field: personName, string: utf8 }", "field: personName, string: utf8, required: false }", "nobody is anonymous")]
    [InlineData("person", "{ attribute: C, constant: CN, string: printable }", "{ attribute: C, constant: CN, string: utf8 }", "PrintableString")]
    public void Nobody_is_anonymous(string id, string text, string instead, string complaint) => Refused(id, text, instead, complaint);

    [Theory]
    [InlineData("person", "id: person", "id: persona", "must be the file's name")]
    [InlineData("person", "pairs: dual", "pairs: triple", "none of single, dual")]
    [InlineData("person", "pairs: dual", "pairs: dual\ncolour: red", "'colour' is unknown")]
    [InlineData("person", "attribute: CN", "attribute: XX", "'XX' is none of")]
    [InlineData("person", "string: utf8 }", "string: utf8, max: 65 }", "from 1 to 64")]
    [InlineData("person", "max: 64 }", "max: 65 }", "no longer")]
    [InlineData("person", "field: identityNumber", "field: idNumber", "does not stand in the form")]
    [InlineData("person", "kind: email, field: email", "kind: email, field: phone", "no source")]
    [InlineData("person", "identifiedBy: [identityNumber]", "identifiedBy: []", "at least two checks")]
    [InlineData("server", "purposes: [server-auth]", "purposes: [serverAuth]", "none of")]
    [InlineData("room-sign", "kind: service", "kind: service\nform:\n  identifiedBy: [x]", "Only holders")]
    public void A_profile_that_cannot_be_meant_does_not_load(string id, string text, string instead, string complaint) => Refused(id, text, instead, complaint);

    [Theory]
    [InlineData("person", "life: P1Y", "life: P6Y", "life:")]
    [InlineData("person", "pairs: dual", "pairs: triple", "id:")]
    [InlineData("person", "signingUsage: [digital-signature, non-repudiation]", "signingUsage: [key-cert-sign]", "signingUsage:")]
    [InlineData("server", "kind: dns, field: hostName", "kind: dns, field: agentName", "alternativeNames:")]
    [InlineData("employee", "attribute: OU, field: department, string: utf8", "attribute: OU, field: department, string: printable", "subject:")]
    [InlineData("organisation", "attribute: ST, field: province, string: utf8", "attribute: OU, field: province, string: utf8", "subject:")]
    [InlineData("employee", "extension: insurance-number", "extension: organisation-code", "identityExtensions:")]
    [InlineData("organisation", "  - { extension: organisation-code, field: creditCode }", "  - { extension: organisation-code, field: creditCode, oid: 1.2.x }", "- { extension: organisation-code")]
    public void A_mistake_is_named_with_the_line_where_it_stands(string id, string text, string instead, string line)
    {
        using var folder = PolicyTests.Copy();
        PolicyTests.Change(folder, $"profiles/{id}.yaml", text, instead);
        var lines = File.ReadAllLines(Path.Combine(folder.Path, "profiles", $"{id}.yaml"));
        Assert.Equal(Array.FindIndex(lines, l => l.TrimStart().StartsWith(line, StringComparison.Ordinal)) + 1, Assert.Throws<PolicyException>(() => Policy.Load(folder.Path)).Line);
    }

    [Fact]
    public void R05_the_guard_looks_at_the_bytes_whatever_profile_they_came_from()
    {
        using var authority = new TestAuthority(new FakeClock());
        using var key = Sm2KeyPair.Generate();
        EndEntityGuard.Demand(authority.Issue("好", key.PublicKey).TbsData);
        Refuse(authority.Ca, "basicConstraints");
        Refuse(authority.Issue("坏", key.PublicKey, KeyUsages.DigitalSignature, null, new BasicConstraints(true).ToExtension()), "basicConstraints");
        Refuse(authority.Issue("坏", key.PublicKey, KeyUsages.DigitalSignature | KeyUsages.KeyCertSign), "keyUsage");
        Refuse(authority.Issue("坏", key.PublicKey, KeyUsages.CrlSign), "keyUsage");

        static void Refuse(Certificate certificate, string field)
        {
            var refused = Assert.Throws<RefusedException>(() => EndEntityGuard.Demand(certificate.TbsData)).Refusal;
            Assert.Equal((RefusalCode.LintFailed, field), (refused.Code, refused.Field));
        }
    }

    private static void Refused(string id, string text, string instead, string complaint)
    {
        using var folder = PolicyTests.Copy();
        PolicyTests.Change(folder, $"profiles/{id}.yaml", text, instead);
        var refused = Assert.Throws<PolicyException>(() => Policy.Load(folder.Path));
        Assert.Equal($"profiles/{id}.yaml", refused.File);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }
}
