using Hufu.Pki;
using static Hufu.Kernel.Tests.Pki.LintObjects;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Fixtures of the rules for a certificate's body, signature, key and names.</summary>
internal static class CertificateFixtures
{
    internal static IEnumerable<LintFixture> All => [.. Body(), .. Signatures(), .. Keys(), .. Names()];

    private static LintFixture Of(string rule, params TbsCertificate[] wrong) => new(rule, Cert(Leaf()), [.. wrong.Select(w => Cert(w))]);

    private static LintFixture Of(string rule, LintCase right, params LintCase[] wrong) => new(rule, right, wrong);

    private static SerialNumber Serial(int size, byte value = 0x5A) => SerialNumber.FromBytes([.. Enumerable.Range(0, size).Select(i => (byte)(value + (value == 0x5A ? i : 0)))]);

    private static IEnumerable<LintFixture> Body() =>
    [
        Of("hufu_version_not_3", Leaf() with { Version = 1, Extensions = [] }),
        Of("hufu_serial_not_positive", Leaf() with { SerialNumber = SerialNumber.FromInt64(0) }, Leaf() with { SerialNumber = new SerialNumber(new byte[] { 0x80 }) }),
        Of("hufu_serial_too_long", Leaf() with { SerialNumber = SerialNumber.FromBytes(Enumerable.Repeat((byte)0xFF, 20).ToArray()) }),
        Of("hufu_serial_too_short", Leaf() with { SerialNumber = SerialNumber.FromInt64(int.MaxValue) }),
        Of("hufu_serial_under_16_bytes", Leaf() with { SerialNumber = Serial(15) }, Leaf() with { SerialNumber = Serial(8) }),
        Of("hufu_serial_not_random", Leaf() with { SerialNumber = Serial(16, 1) }),
        Of("hufu_issuer_empty", Leaf() with { Issuer = DistinguishedName.Empty }),
        Of("hufu_issuer_mismatch", Leaf() with { Issuer = Ours.Root.Subject }),
        Of("hufu_issuer_no_authority", Cert(Leaf()), Cert(Leaf()) with { Issuer = Ours.Signing }),
        Of("hufu_subject_is_issuers", Leaf() with { Subject = Ours.Ca.Subject }),
        Of("hufu_time_type", Cert(Leaf()), Cert(Rewrite(Leaf().Encode(), 4, LateTimes))),
        Of("hufu_validity_reversed", Leaf() with { NotAfter = TestPki.Now.AddDays(-2) }),
        Of("hufu_validity_outlives_issuer", Leaf() with { NotAfter = Ours.Ca.NotAfter.AddSeconds(1) }),
        Of("hufu_validity_over_ten_years", Leaf() with { NotAfter = TestPki.Now.AddYears(11) }),
        Of("hufu_validity_over_holders_limit", Cert(Leaf() with { NotAfter = Leaf().NotBefore.AddMonths(63).AddSeconds(-1) }), Cert(Leaf() with { NotAfter = Leaf().NotBefore.AddMonths(63) })),
        Of("hufu_validity_over_authoritys_limit", Ca(Authority() with { NotAfter = Authority().NotBefore.AddYears(20).AddSeconds(-1) }), Ca(Authority() with { NotAfter = Authority().NotBefore.AddYears(20) }), Root(Ours.Root.Tbs with { NotAfter = Ours.Root.NotBefore.AddYears(30) })),
        Of("hufu_validity_never_ends", Leaf() with { NotAfter = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) }),
        Of("hufu_subject_empty", Cert(Leaf(Hosts("a.gov.cn")) with { Subject = DistinguishedName.Empty }), Cert(Leaf() with { Subject = DistinguishedName.Empty })),
        Of("hufu_unique_identifiers", Cert(Leaf()), Cert(Rewrite(Leaf().Encode(), 6, (w, key) =>
        {
            w.WriteRaw(key.Span);
            w.WriteRaw([0x82, 2, 0, 1]);
        }))),
    ];

    private static IEnumerable<LintFixture> Signatures() =>
    [
        Of("hufu_signature_algorithm", Leaf() with { Signature = AlgorithmIdentifier.Sm2Signing }),
        Of("hufu_signature_parameters", Leaf() with { Signature = AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }) }),
        Of("hufu_signature_algorithms_differ", Signed(Leaf()), Signed(Leaf(), outer: AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }))),
        Of("hufu_signature_value_form", Signed(Leaf()), Signed(Leaf(), signature: new byte[64]), Signed(Leaf(), signature: [0x30, 6, 2, 1, 0, 2, 1, 1])),
        Of("hufu_signature_key_mismatch", Leaf() with { Signature = AlgorithmIdentifier.EcdsaWithSha256 }),
    ];

    private static IEnumerable<LintFixture> Keys()
    {
        using EcdsaKeyPair p256 = EcdsaKeyPair.Generate();
        using Sm2KeyPair example = TestPki.Key("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
        return
        [
            Of("hufu_key_algorithm", Leaf() with { PublicKey = Spki(AlgorithmIdentifier.Create("1.2.840.113549.1.1.1", new byte[] { 5, 0 }), new byte[64]) }),
            Of("hufu_key_curve_not_named", Leaf() with { PublicKey = Spki(AlgorithmIdentifier.Sm2, Point(4, 65)) }),
            Of("hufu_key_curve_unknown", Leaf() with { PublicKey = Spki(Curve("1.3.132.0.34"), new byte[97]) }),
            Of("hufu_key_not_sm2", Leaf() with { PublicKey = p256.PublicKey }),
            Of("hufu_key_off_curve", Leaf() with { PublicKey = OffCurve() }, Leaf() with { PublicKey = Spki(Curve(Oids.P256), Point(4, 65)) }),
            Of("hufu_key_point_form", Leaf() with { PublicKey = Spki(Curve(Oids.Sm2), Point(2, 33)) }),
            Of("hufu_key_published", Leaf() with { PublicKey = example.PublicKey }),
            Of("hufu_key_is_issuers", Leaf() with { PublicKey = Ours.CaKey.PublicKey }),
        ];
    }

    private static IEnumerable<LintFixture> Names() =>
    [
        Of("hufu_name_order", Named((Oids.CommonName, "x"), (Oids.Organization, "y"), (Oids.Country, "CN"))),
        Of("hufu_name_string_type", Leaf() with { Subject = OneName(Oids.CommonName, DerTag.TeletexString, "x") }, Leaf() with { Subject = OneName(Oids.CommonName, DerTag.BmpString, "x") }, Leaf() with { Subject = RawNames([(Oids.Country, DerTag.Utf8String, "CN")]) }),
        Of("hufu_name_printable_text", Leaf() with { Subject = OneName(Oids.CommonName, DerTag.PrintableString, "x") }),
        Of("hufu_name_printable_characters", Leaf() with { Subject = OneName(Oids.CommonName, DerTag.PrintableString, "a@b") }),
        Of("hufu_name_too_long", Named((Oids.Country, "CN"), (Oids.Organization, new string('x', 65)))),
        Of("hufu_name_value_empty", Leaf() with { Subject = OneName(Oids.CommonName, DerTag.Utf8String, "") }, Leaf() with { Subject = OneName(Oids.CommonName, DerTag.Utf8String, " ") }),
        Of("hufu_name_value_spaces", Named((Oids.Country, "CN"), (Oids.CommonName, "a "))),
        Of("hufu_name_control_characters", Named((Oids.Country, "CN"), (Oids.CommonName, "a\nb"))),
        Of("hufu_name_invisible_characters", Named((Oids.Country, "CN"), (Oids.CommonName, "a\u200Bb")), Named((Oids.Country, "CN"), (Oids.CommonName, "a\u202Eb"))),
        Of("hufu_name_country_code", Named((Oids.Country, "cn")), Named((Oids.Country, "CN"), (Oids.Country, "CN"))),
        Of("hufu_name_country_missing", Named((Oids.CommonName, "x"))),
        Of("hufu_name_common_name_missing", Named((Oids.Country, "CN"), (Oids.Organization, "x"))),
        Of("hufu_name_attribute_repeated", Named((Oids.Country, "CN"), (Oids.CommonName, "x"), (Oids.CommonName, "y"))),
        Of("hufu_name_several_values", Leaf() with { Subject = RawNames([(Oids.CommonName, DerTag.Utf8String, "x"), (Oids.OrganizationalUnit, DerTag.Utf8String, "x")]) }),
        Of("hufu_name_set_order", Cert(Leaf() with { Subject = RawNames([(Oids.CommonName, DerTag.Utf8String, "x"), (Oids.OrganizationalUnit, DerTag.Utf8String, "x")]) }), Cert(Leaf() with { Subject = RawNames([(Oids.OrganizationalUnit, DerTag.Utf8String, "x"), (Oids.CommonName, DerTag.Utf8String, "x")]) })),
        Of("hufu_name_attribute_unknown", Named((Oids.Country, "CN"), ("1.2.3.4", "x"))),
        Of("hufu_name_email", Named((Oids.Country, "CN"), (Oids.EmailAddress, "a@b.cn"))),
        Of("hufu_name_placeholder", Named((Oids.Country, "CN"), (Oids.Organization, "Internet Widgits Pty Ltd"))),
    ];
}
