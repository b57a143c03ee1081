using System.Net;
using Hufu.Pki;
using Hufu.Pki.Linting;
using static Hufu.Kernel.Tests.Pki.LintObjects;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Fixtures of the rules for a certificate's extensions.</summary>
internal static class ExtensionFixtures
{
    private const KeyUsages Sign = KeyUsages.Signing, Encrypt = KeyUsages.Encryption;

    internal static IEnumerable<LintFixture> All => [.. Extensions(), .. Usages(), .. Purposes(), .. AlternativeNames(), .. Addresses(), .. Identity()];

    private static LintFixture Of(string rule, params TbsCertificate[] wrong) => new(rule, Cert(Leaf()), [.. wrong.Select(w => Cert(w))]);

    private static LintFixture Of(string rule, LintCase right, params LintCase[] wrong) => new(rule, right, wrong);

    private static LintFixture OfAuthority(string rule, params TbsCertificate[] wrong) => new(rule, Ca(Authority()), [.. wrong.Select(w => Ca(w))]);

    private static CertificateExtension Policy(string oid, string? cps = null) => new CertificatePolicies([new CertificatePolicy(oid, cps)]).ToExtension();

    private static CertificateExtension Alternative(params GeneralName[] names) => new SubjectAlternativeName(names).ToExtension(false);

    private static CertificateExtension NameConstraints(bool critical) => Raw(Oids.NameConstraints, critical, 0x30, 0);

    private static IEnumerable<LintFixture> Extensions() =>
    [
        Of("hufu_extension_repeated", Leaf() with { Extensions = [.. Leaf().Extensions, Leaf().FindExtension(Oids.KeyUsage)!] }),
        Of("hufu_extension_unreadable", With(Leaf(), Raw(Oids.CertificatePolicies, false, 5, 0)), With(Leaf(), Raw(Oids.BasicConstraints, false, 0x30, 3, 2, 1, 0))),
        Of("hufu_extension_wrongly_critical", Flip(Leaf(), Oids.AuthorityInfoAccess), Flip(Leaf(), Oids.AuthorityKeyIdentifier), Flip(Leaf(), Oids.SubjectKeyIdentifier), Flip(Leaf(), Oids.OrganizationCode)),
        Of("hufu_extension_unknown_critical", Leaf(Raw("1.2.3.4", true, 5, 0))),
        Of("hufu_extension_unknown", Leaf(Raw("1.2.3.4", false, 5, 0))),
        Of("hufu_extension_obsolete", Leaf(Raw("2.16.840.1.113730.1.1", false, 3, 2, 5, 0xA0))),
        Of("hufu_authority_key_identifier_missing", Without(Leaf(), Oids.AuthorityKeyIdentifier)),
        Of("hufu_authority_key_identifier_without_key", With(Leaf(), Raw(Oids.AuthorityKeyIdentifier, false, 0x30, 0)), With(Leaf(), Raw(Oids.AuthorityKeyIdentifier, false, 0x30, 2, 0x80, 0))),
        Of("hufu_authority_key_identifier_mismatch", With(Leaf(), AuthorityKeyIdentifier.FromKeyIdentifier(new byte[20]).ToExtension())),
        Of("hufu_authority_key_identifier_half_name", With(Leaf(), (AuthorityKeyIdentifier.FromIssuer(Ours.Ca) with { SerialNumber = Ours.Ca.SerialNumber }).ToExtension())),
        OfAuthority("hufu_subject_key_identifier_missing_in_authority", Without(Authority(), Oids.SubjectKeyIdentifier)),
        Of("hufu_subject_key_identifier_missing", Without(Leaf(), Oids.SubjectKeyIdentifier)),
        Of("hufu_subject_key_identifier_size", With(Leaf(), new SubjectKeyIdentifier(new byte[4]).ToExtension()), With(Leaf(), new SubjectKeyIdentifier(new byte[40]).ToExtension())),
        Of("hufu_policies_critical", Flip(Leaf(), Oids.CertificatePolicies)),
        Of("hufu_policies_any", With(Leaf(), Policy(Oids.AnyPolicy))),
        Of("hufu_policies_statement_address", Cert(With(Leaf(), Policy("1.2.156.112600.1.1", "https://ca.gov.cn/cps"))), Cert(With(Leaf(), Policy("1.2.156.112600.1.1", "ca.gov.cn/cps")))),
        Of("hufu_name_constraints_in_end_entity", Ca(With(Authority(), NameConstraints(true))), Cert(Leaf(NameConstraints(true)))),
        Of("hufu_name_constraints_not_critical", Ca(With(Authority(), NameConstraints(true))), Ca(With(Authority(), NameConstraints(false)))),
        Of("hufu_policy_constraints_not_critical", Ca(With(Authority(), Raw(Oids.PolicyConstraints, true, 0x30, 0))), Ca(With(Authority(), Raw(Oids.PolicyConstraints, false, 0x30, 0)))),
        Of("hufu_inhibit_any_policy_not_critical", Ca(With(Authority(), Raw(Oids.InhibitAnyPolicy, true, 2, 1, 0))), Ca(With(Authority(), Raw(Oids.InhibitAnyPolicy, false, 2, 1, 0)))),
        Of("hufu_policy_control_in_end_entity", Ca(With(Authority(), Raw(Oids.InhibitAnyPolicy, true, 2, 1, 0))), Cert(Leaf(Raw(Oids.InhibitAnyPolicy, true, 2, 1, 0)))),
        Of("hufu_private_key_usage_outside_validity", Cert(Leaf(new PrivateKeyUsagePeriod(null, TestPki.Now.AddYears(3)).ToExtension())), Cert(Leaf(new PrivateKeyUsagePeriod(null, TestPki.Now.AddYears(9)).ToExtension()))),
    ];

    private static IEnumerable<LintFixture> Usages() =>
    [
        Of("hufu_key_usage_missing", Without(Leaf(), Oids.KeyUsage)),
        Of("hufu_key_usage_not_critical", Flip(Leaf(), Oids.KeyUsage)),
        Of("hufu_key_usage_empty", Usage(Leaf(), KeyUsages.None)),
        Of("hufu_key_usage_undefined_bits", Usage(Leaf(), Sign | (KeyUsages)(1 << 10))),
        Of("hufu_key_usage_direction_alone", Cert(Usage(Leaf(), Encrypt | KeyUsages.EncipherOnly)), Cert(Usage(Leaf(), Sign | KeyUsages.EncipherOnly)), Cert(Usage(Leaf(), Encrypt | KeyUsages.EncipherOnly | KeyUsages.DecipherOnly))),
        Of("hufu_key_usage_mixed", Cert(Usage(Leaf(), Encrypt)), Cert(Usage(Leaf(), Sign | KeyUsages.KeyEncipherment))),
        Of("hufu_key_usage_encryption_incomplete", Cert(Usage(Leaf(), Encrypt)), Cert(Usage(Leaf(), KeyUsages.KeyEncipherment))),
        OfAuthority("hufu_authority_without_key_cert_sign", Usage(Authority(), KeyUsages.CrlSign)),
        OfAuthority("hufu_authority_without_crl_sign", Usage(Authority(), KeyUsages.KeyCertSign)),
        OfAuthority("hufu_authority_enciphers", Usage(Authority(), KeyUsages.Authority | KeyUsages.KeyEncipherment)),
        OfAuthority("hufu_authority_basic_constraints", Without(Authority(), Oids.BasicConstraints)),
        OfAuthority("hufu_authority_basic_constraints_not_critical", Flip(Authority(), Oids.BasicConstraints)),
        Of("hufu_authority_path_too_long", Ca(Authority()), Ca(Authority(), issuer: Ours.Ca)),
        OfAuthority("hufu_authority_with_purposes", LintObjects.Purposes(Authority(), Oids.PurposeServerAuth)),
        Of("hufu_end_entity_is_authority", With(Leaf(), new BasicConstraints(true).ToExtension()), Usage(Leaf(), KeyUsages.KeyCertSign)),
        Of("hufu_end_entity_crl_sign", Usage(Leaf(), Sign | KeyUsages.CrlSign)),
        Of("hufu_end_entity_basic_constraints", With(Leaf(), new BasicConstraints(false).ToExtension())),
    ];

    private static IEnumerable<LintFixture> Purposes() =>
    [
        Of("hufu_purpose_any", Cert(Server(Sign)), Cert(Server(Sign, Oids.AnyExtendedKeyUsage))),
        Of("hufu_purpose_repeated", Cert(Server(Sign)), Cert(LintObjects.Purposes(Leaf(), Oids.PurposeClientAuth, Oids.PurposeClientAuth))),
        Of("hufu_purpose_server_usage", Cert(Server(Encrypt)), Cert(Server(KeyUsages.NonRepudiation))),
        Of("hufu_purpose_client_usage", Cert(Server(Encrypt, Oids.PurposeClientAuth)), Cert(Server(KeyUsages.NonRepudiation, Oids.PurposeClientAuth))),
        Of("hufu_purpose_code_signing_usage", Cert(Server(Sign, Oids.PurposeCodeSigning)), Cert(Server(Encrypt, Oids.PurposeCodeSigning))),
        Of("hufu_server_without_host", Cert(Server(Sign)), Cert(Without(Server(Sign), Oids.SubjectAltName))),
        Of("hufu_time_stamping_alone", Cert(Stamper()), Cert(With(Stamper(), new ExtendedKeyUsage([Oids.PurposeTimeStamping, Oids.PurposeClientAuth]).ToExtension(true)))),
        Of("hufu_time_stamping_not_critical", Cert(Stamper()), Cert(Flip(Stamper(), Oids.ExtendedKeyUsage))),
        Of("hufu_time_stamping_usage", Cert(Stamper()), Cert(Usage(Stamper(), Sign | KeyUsages.KeyAgreement)), Cert(Usage(Stamper(), Encrypt))),
        Of("hufu_ocsp_signing_alone", Cert(Responder()), Cert(LintObjects.Purposes(Responder(), Oids.PurposeOcspSigning, Oids.PurposeClientAuth))),
        Of("hufu_ocsp_signing_usage", Cert(Responder()), Cert(Usage(Responder(), Encrypt))),
        Of("hufu_ocsp_signing_without_no_check", Cert(Responder()), Cert(Without(Responder(), Oids.OcspNoCheck))),
        Of("hufu_ocsp_no_check_elsewhere", Cert(Responder()), Cert(Leaf(OcspNoCheck.ToExtension()))),
        Of("hufu_ocsp_no_check_value", Cert(Responder()), Cert(With(Responder(), Raw(Oids.OcspNoCheck, false, 0x30, 0)))),
        Of("hufu_ocsp_no_check_lives_long", Cert(Responder()), Cert(Responder() with { NotAfter = TestPki.Now.AddYears(3) })),
    ];

    private static IEnumerable<LintFixture> AlternativeNames() =>
    [
        Of("hufu_alternative_name_must_be_critical", Cert(Flip(Leaf(Hosts("a.gov.cn")), Oids.SubjectAltName) with { Subject = DistinguishedName.Empty }), Cert(Leaf(Hosts("a.gov.cn")) with { Subject = DistinguishedName.Empty })),
        Of("hufu_alternative_name_critical", Cert(Leaf(Hosts("a.gov.cn"))), Cert(Flip(Leaf(Hosts("a.gov.cn")), Oids.SubjectAltName))),
        Of("hufu_alternative_name_host", Cert(Leaf(Hosts("a.gov.cn", "*.gov.cn"))), Cert(Leaf(Hosts("a_b.cn"))), Cert(Leaf(Hosts("*.cn"))), Cert(Leaf(Hosts("A.gov.cn"))), Cert(Leaf(Hosts("a..cn")))),
        Of("hufu_alternative_name_reserved_host", Cert(Leaf(Hosts("a.gov.cn"))), Cert(Leaf(Hosts("www.example.com"))), Cert(Leaf(Hosts("localhost")))),
        Of("hufu_alternative_name_mail", Cert(Leaf(Alternative(GeneralName.Email("z.s@gov.cn")))), Cert(Leaf(Alternative(GeneralName.Email("gov.cn")))), Cert(Leaf(Alternative(GeneralName.Email("<z@gov.cn>"))))),
        Of("hufu_alternative_name_uri", Cert(Leaf(Alternative(GeneralName.Uri("https://gov.cn/a")))), Cert(Leaf(Alternative(GeneralName.Uri("gov.cn/a"))))),
        Of("hufu_alternative_name_ip_size", Cert(Leaf(Alternative(GeneralName.Ip(IPAddress.Parse("1.2.3.4"))))), Cert(Leaf(RawName(0x87, new byte[8])))),
        Of("hufu_alternative_name_repeated", Cert(Leaf(Hosts("a.gov.cn", "b.gov.cn"))), Cert(Leaf(Hosts("a.gov.cn", "a.gov.cn")))),
        Of("hufu_alternative_name_kind", Cert(Leaf(Hosts("a.gov.cn"))), Cert(Leaf(Alternative(GeneralName.RegisteredId("1.2.3"))))),
        Of("hufu_issuer_alternative_name_critical", Cert(Leaf(Hosts("a.gov.cn") with { Oid = Oids.IssuerAltName })), Cert(Leaf(Flip(Hosts("a.gov.cn")) with { Oid = Oids.IssuerAltName }))),
    ];

    private static CertificateExtension Points(params string[] addresses) => CrlDistributionPoints.FromUris(addresses).ToExtension();

    private static CertificateExtension Access(string method, GeneralName location) => new AuthorityInformationAccess([new AccessDescription(method, location)]).ToExtension();

    private static IEnumerable<LintFixture> Addresses() =>
    [
        Of("hufu_revocation_not_found", Without(Leaf(), Oids.CrlDistributionPoints, Oids.AuthorityInfoAccess)),
        Of("hufu_distribution_points_critical", Flip(Leaf(), Oids.CrlDistributionPoints)),
        Of("hufu_distribution_point_scheme", Cert(With(Leaf(), Points("http://a.gov.cn/1.crl", "ldap:///cn=crl1,ou=crl"))), Cert(With(Leaf(), Points("ftp://a.gov.cn/1.crl"))), Cert(With(Leaf(), Points("1.crl")))),
        Of("hufu_distribution_point_empty", With(Leaf(), Raw(Oids.CrlDistributionPoints, false, 0x30, 6, 0x30, 4, 0x81, 2, 1, 6))),
        Of("hufu_distribution_point_https", With(Leaf(), Points("https://a.gov.cn/1.crl"))),
        Of("hufu_access_location_scheme", With(Leaf(), Access(Oids.AccessOcsp, GeneralName.Uri("ldap://a.gov.cn"))), With(Leaf(), Access(Oids.AccessCaIssuers, GeneralName.Uri("ftp://a.gov.cn")))),
        Of("hufu_access_location_kind", With(Leaf(), Access(Oids.AccessOcsp, GeneralName.Dns("a.gov.cn")))),
        Of("hufu_access_method_unknown", With(Leaf(), Access("1.2.3.4", GeneralName.Uri("http://a.gov.cn")))),
    ];

    private static CertificateExtension Card(string number) => IdentityExtensions.PersonalIdentity(IdentityDocument.ResidentCard, number);

    private static IEnumerable<LintFixture> Identity() =>
    [
        Of("hufu_identity_number_form", With(Leaf(), Raw(Oids.TaxationNumber, false, 0x13, 0)), With(Leaf(), Raw(Oids.InsuranceNumber, false, 0x30, 0))),
        Of("hufu_identity_number_string_type", Cert(Leaf()), Cert(With(Leaf(), Raw(Oids.TaxationNumber, false, 0x0C, 3, 0xE4, 0xB8, 0x80)))),
        Of("hufu_identity_code_untagged", Cert(Leaf(Card("11010519491231002X"))), Cert(Leaf(IdentityExtensions.Number(Oids.IdentifyCode, "11010519491231002X")))),
        Of("hufu_identity_card_checksum", Cert(Leaf(Card("11010519491231002X"))), Cert(Leaf(Card("110105194912310021"))), Cert(Leaf(Card("11010519491331002X"))), Cert(Leaf(Card("1101051949123100")))),
        Of("hufu_organisation_code_checksum", Cert(With(Leaf(), IdentityExtensions.Number(Oids.OrganizationCode, "D2143569-X"))), Cert(With(Leaf(), IdentityExtensions.Number(Oids.OrganizationCode, "91350100M000100Y44"))), Cert(With(Leaf(), IdentityExtensions.Number(Oids.OrganizationCode, "123")))),
        Of("hufu_identity_in_authority", Ca(Authority()), Ca(With(Authority(), IdentityExtensions.Number(Oids.TaxationNumber, "1")))),
    ];
}

/// <summary>Fixtures of the rules that a profile brings.</summary>
internal static class ProfileFixtures
{
    internal static LintProfile Organisation { get; } = new()
    {
        Name = "organisation",
        IsAuthority = false,
        KeyUsages = [KeyUsages.Signing, KeyUsages.Encryption],
        Purposes = [],
        PurposesCritical = false,
        LifeMonths = 63,
        LifeTime = TimeSpan.Zero,
        Subject = [new(Oids.Country, true, "CN", 2), new(Oids.StateOrProvince, false, null, 128), new(Oids.Organization, true, null, 64), new(Oids.CommonName, true, null, 64)],
        IdentityExtensions = [Oids.OrganizationCode],
        AlternativeNames = [GeneralNameKind.Email],
        OcspNoCheck = false,
        NamesCrl = true,
        NamesOcsp = true,
        NamesIssuer = true,
        PathLength = null,
    };

    private static LintFixture Of(string rule, TbsCertificate wrong) => new(rule, Cert(Leaf(), Organisation), [Cert(wrong, Organisation)]);

    internal static IEnumerable<LintFixture> All =>
    [
        new("hufu_profile_authority", Cert(Leaf(), Organisation), [Cert(Leaf(), Organisation with { IsAuthority = true }), Ca(Authority(), Organisation)]),
        Of("hufu_profile_key_usage", Usage(Leaf(), KeyUsages.DigitalSignature)),
        Of("hufu_profile_purposes", Purposes(Leaf(), Oids.PurposeClientAuth)),
        new("hufu_profile_purposes_criticality", Cert(Stamper(), Organisation with { PurposesCritical = true }), [Cert(Stamper(), Organisation)]),
        new("hufu_profile_life", Cert(Leaf() with { NotAfter = Leaf().NotBefore.AddMonths(63).AddSeconds(-1) }, Organisation), [Cert(Leaf() with { NotAfter = Leaf().NotBefore.AddMonths(63) }, Organisation)]),
        Of("hufu_profile_subject_missing", Named((Oids.Country, "CN"), (Oids.CommonName, "x"))),
        Of("hufu_profile_subject_unlisted", Named((Oids.Country, "CN"), (Oids.Organization, "x"), (Oids.OrganizationalUnit, "x"), (Oids.CommonName, "x"))),
        Of("hufu_profile_subject_value", Named((Oids.Country, "DE"), (Oids.Organization, "x"), (Oids.CommonName, "x"))),
        new("hufu_profile_path_length", Ca(Authority(), Organisation with { IsAuthority = true, PathLength = 0 }), [Ca(Authority(), Organisation with { IsAuthority = true })]),
        Of("hufu_profile_identity_unlisted", Leaf(IdentityExtensions.Number(Oids.TaxationNumber, "1"))),
        Of("hufu_profile_alternative_name_unlisted", Leaf(Hosts("a.gov.cn"))),
        Of("hufu_profile_no_check", Leaf(OcspNoCheck.ToExtension())),
        Of("hufu_profile_address_missing", Without(Leaf(), Oids.AuthorityInfoAccess)),
    ];
}
