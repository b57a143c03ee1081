using System.Formats.Asn1;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class LinterTests
{
    private static readonly TestPki s_pki = TestPki.Instance;

    private static TbsCertificate Leaf(params CertificateExtension[] more) => TestPki.Tbs("C=CN, ST=北京, O=某单位, CN=张三", s_pki.SigningKey.PublicKey, s_pki.Ca,
        [.. TestPki.EndEntity(KeyUsages.Signing), CrlDistributionPoints.FromUris("http://crl.example.cn/1.crl").ToExtension(), AuthorityInformationAccess.Create("http://ocsp.example.cn/", "http://ca.example.cn/ca.cer").ToExtension(), IdentityExtensions.Number(Oids.OrganizationCode, "91110000100000000X"), .. more]);

    private static TbsCertificate Authority() => TestPki.Tbs("C=CN, O=虎符测试, CN=CA", s_pki.CaKey.PublicKey, s_pki.Root, [.. TestPki.Authority(0), CrlDistributionPoints.FromUris("http://crl.example.cn/r.crl").ToExtension()]);

    private static TbsCertificate Without(TbsCertificate tbs, string oid) => tbs with { Extensions = [.. tbs.Extensions.Where(e => e.Oid != oid)] };

    private static TbsCertificate With(TbsCertificate tbs, CertificateExtension extension) => tbs with { Extensions = [.. Without(tbs, extension.Oid).Extensions, extension] };

    private static CertificateExtension Flip(CertificateExtension extension) => extension with { Critical = !extension.Critical };

    [Fact]
    public void What_the_platform_writes_passes()
    {
        Assert.Empty(Linter.LintTbs(Leaf().Encode(), CertificateKind.EndEntity, s_pki.Ca));
        Assert.Empty(Linter.LintTbs(Authority().Encode(), CertificateKind.Authority, s_pki.Root));
        Assert.Empty(Linter.LintCertificate(s_pki.Root.RawData, CertificateKind.Root, null));
        Assert.Empty(Linter.LintCertificate(s_pki.Ocsp.RawData, CertificateKind.EndEntity, s_pki.Ca));
        Assert.Equal(["hufu_cert_revocation_not_found"], Linter.LintCertificate(s_pki.Tsa.RawData, CertificateKind.EndEntity, s_pki.Ca).Select(f => f.RuleId));
    }

    [Fact]
    public void Every_rule_is_in_the_list_once_and_says_what_it_is()
    {
        Type[] rules = [.. typeof(Linter).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(LintRule)))];
        Assert.Equal(rules.Select(r => r.Name).Order(), Linter.Rules.Select(r => r.GetType().Name).Order());
        Assert.Equal(Linter.Rules.Count, Linter.Rules.DistinctBy(r => r.Id).Count());
        Assert.All(Linter.Rules, r => Assert.Matches("^hufu_(cert|crl|req)(_[a-z0-9]+)+$", r.Id));
        Assert.All(Linter.Rules, r => Assert.True(r.Clause.Length > 0 && r.Title.EndsWith('.') && r.Advice.EndsWith('.')));
    }

    [Fact]
    public void Every_rule_has_a_case_that_breaks_it()
    {
        HashSet<string> broken = [.. Cases.Select(c => (string)c.Data.Item1), "hufu_cert_signature_algorithms_differ"];
        Assert.Empty(Linter.Rules.Select(r => r.Id).Except(broken));
    }

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach ((string rule, string name, _, _) in Broken())
            {
                cases.Add(rule, name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_broken_certificate_is_found_by_its_rule(string rule, string name)
    {
        (_, _, CertificateKind kind, Func<byte[]> make) = Broken().Single(b => b.Rule == rule && b.Name == name);
        Certificate? issuer = kind switch { CertificateKind.Root => null, CertificateKind.Authority => s_pki.Root, _ => s_pki.Ca };
        IReadOnlyList<LintFinding> findings = Linter.LintTbs(make(), kind, issuer);
        Assert.Contains(rule, findings.Select(f => f.RuleId));
        Assert.All(findings, f => Assert.NotEmpty(f.Message));
    }

    private static IEnumerable<(string Rule, string Name, CertificateKind Kind, Func<byte[]> Make)> Broken()
    {
        const CertificateKind Ee = CertificateKind.EndEntity;
        const CertificateKind Ca = CertificateKind.Authority;
        DistinguishedName Name(string text) => DistinguishedName.Parse(text);
        yield return ("hufu_cert_version_not_3", "v1", Ee, () => (Leaf() with { Version = 1, Extensions = [] }).Encode());
        yield return ("hufu_cert_serial_not_positive", "zero", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromInt64(0) }).Encode());
        yield return ("hufu_cert_serial_not_positive", "negative", Ee, () => (Leaf() with { SerialNumber = new SerialNumber(new byte[] { 0x80 }) }).Encode());
        yield return ("hufu_cert_serial_size", "short", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromInt64(long.MaxValue) }).Encode());
        yield return ("hufu_cert_serial_size", "21 bytes", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromBytes(Enumerable.Repeat((byte)0xFF, 20).ToArray()) }).Encode());
        yield return ("hufu_cert_signature_algorithm", "NULL", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }) }).Encode());
        yield return ("hufu_cert_signature_algorithm", "another", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.Sm2Signing }).Encode());
        yield return ("hufu_cert_signature_key_mismatch", "ecdsa", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.EcdsaWithSha256 }).Encode());
        yield return ("hufu_cert_issuer_mismatch", "another", Ee, () => (Leaf() with { Issuer = s_pki.Root.Subject }).Encode());
        yield return ("hufu_cert_time_type", "generalized", Ee, () => SwapTime(Leaf().Encode()));
        yield return ("hufu_cert_validity_reversed", "reversed", Ee, () => (Leaf() with { NotAfter = TestPki.Now.AddDays(-2) }).Encode());
        yield return ("hufu_cert_validity_outlives_issuer", "longer", Ee, () => (Leaf() with { NotAfter = s_pki.Ca.NotAfter.AddSeconds(1) }).Encode());
        yield return ("hufu_cert_validity_over_ten_years", "eleven years", Ee, () => (Leaf() with { NotAfter = TestPki.Now.AddYears(11) }).Encode());
        yield return ("hufu_cert_subject_empty", "empty", Ee, () => (Leaf() with { Subject = DistinguishedName.Empty }).Encode());
        yield return ("hufu_cert_name_order", "CN first", Ee, () => (Leaf() with { Subject = Name("CN=x, O=y, C=CN") }).Encode());
        yield return ("hufu_cert_name_string_type", "C as UTF8", Ee, () => Replace(Leaf().Encode(), [0x55, 4, 6, 0x13], [0x55, 4, 6, 0x0C], last: true));
        yield return ("hufu_cert_name_too_long", "65", Ee, () => (Leaf() with { Subject = Name("C=CN, O=" + new string('x', 65) + ", CN=x") }).Encode());
        yield return ("hufu_cert_name_unclean", "control", Ee, () => (Leaf() with { Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "a\nb")) }).Encode());
        yield return ("hufu_cert_name_unclean", "space", Ee, () => (Leaf() with { Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "a ")) }).Encode());
        yield return ("hufu_cert_name_country_code", "lower case", Ee, () => (Leaf() with { Subject = Name("C=cn, CN=x") }).Encode());
        yield return ("hufu_cert_name_country_code", "two", Ee, () => (Leaf() with { Subject = Name("C=CN, C=CN, CN=x") }).Encode());
        yield return ("hufu_cert_name_several_values", "two CN", Ee, () => (Leaf() with { Subject = Name("C=CN, CN=x, CN=y") }).Encode());
        yield return ("hufu_cert_key_curve_not_named", "SM2 as algorithm", Ee, () => (Leaf() with { PublicKey = OddKey(s_pki.SigningKey) }).Encode());
        yield return ("hufu_cert_key_off_curve", "off the curve", Ee, () => Replace(Leaf().Encode(), s_pki.SigningKey.PublicKey.PublicKey.Span[60..].ToArray(), [1, 2, 3, 4, 5], last: true));
        yield return ("hufu_cert_key_is_issuers", "issuer's", Ee, () => (Leaf() with { PublicKey = s_pki.CaKey.PublicKey }).Encode());
        yield return ("hufu_cert_extension_repeated", "keyUsage", Ee, () => (Leaf() with { Extensions = [.. Leaf().Extensions, new KeyUsageExtension(KeyUsages.Signing).ToExtension()] }).Encode());
        yield return ("hufu_cert_extension_unreadable", "policies", Ee, () => With(Leaf(), new CertificateExtension(Oids.CertificatePolicies, false, new byte[] { 5, 0 })).Encode());
        yield return ("hufu_cert_extension_wrongly_critical", "access", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.AuthorityInfoAccess)!)).Encode());
        yield return ("hufu_cert_key_usage_not_critical", "missing", Ee, () => Without(Leaf(), Oids.KeyUsage).Encode());
        yield return ("hufu_cert_key_usage_not_critical", "not critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.KeyUsage)!)).Encode());
        yield return ("hufu_cert_key_usage_kind_mismatch", "cRLSign", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.Signing | KeyUsages.CrlSign).ToExtension()).Encode());
        yield return ("hufu_cert_key_usage_kind_mismatch", "CA enciphers", Ca, () => With(Authority(), new KeyUsageExtension(KeyUsages.Authority | KeyUsages.KeyEncipherment).ToExtension()).Encode());
        yield return ("hufu_cert_key_usage_inconsistent", "encipherOnly", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.Signing | KeyUsages.EncipherOnly).ToExtension()).Encode());
        yield return ("hufu_cert_end_entity_is_authority", "CA:TRUE", Ee, () => With(Leaf(), new BasicConstraints(true).ToExtension()).Encode());
        yield return ("hufu_cert_end_entity_is_authority", "keyCertSign", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.KeyCertSign).ToExtension()).Encode());
        yield return ("hufu_cert_end_entity_basic_constraints", "empty", Ee, () => With(Leaf(), new BasicConstraints(false).ToExtension()).Encode());
        yield return ("hufu_cert_authority_basic_constraints", "missing", Ca, () => Without(Authority(), Oids.BasicConstraints).Encode());
        yield return ("hufu_cert_authority_basic_constraints", "not critical", Ca, () => With(Authority(), Flip(Authority().FindExtension(Oids.BasicConstraints)!)).Encode());
        yield return ("hufu_cert_authority_key_identifier", "missing", Ee, () => Without(Leaf(), Oids.AuthorityKeyIdentifier).Encode());
        yield return ("hufu_cert_authority_key_identifier", "another", Ee, () => With(Leaf(), AuthorityKeyIdentifier.FromKeyIdentifier(new byte[20]).ToExtension()).Encode());
        yield return ("hufu_cert_subject_key_identifier", "missing", Ee, () => Without(Leaf(), Oids.SubjectKeyIdentifier).Encode());
        yield return ("hufu_cert_policies_critical", "critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.CertificatePolicies)!)).Encode());
        yield return ("hufu_cert_alternative_name_criticality", "critical", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("a.cn")]).ToExtension(true)).Encode());
        yield return ("hufu_cert_alternative_name_host", "underscore", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("a_b.cn")]).ToExtension(false)).Encode());
        yield return ("hufu_cert_alternative_name_host", "wide wildcard", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("*.cn")]).ToExtension(false)).Encode());
        yield return ("hufu_cert_purpose_any_or_repeated", "any", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.AnyExtendedKeyUsage]).ToExtension(false)).Encode());
        yield return ("hufu_cert_time_stamping_purpose", "not critical", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(false)).Encode());
        yield return ("hufu_cert_time_stamping_purpose", "with another", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeTimeStamping, Oids.PurposeClientAuth]).ToExtension(true)).Encode());
        yield return ("hufu_cert_ocsp_signing_purpose", "without no-check", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(false)).Encode());
        yield return ("hufu_cert_revocation_not_found", "nowhere", Ee, () => Without(Without(Leaf(), Oids.CrlDistributionPoints), Oids.AuthorityInfoAccess).Encode());
        yield return ("hufu_cert_address_scheme", "ftp", Ee, () => With(Leaf(), CrlDistributionPoints.FromUris("ftp://x/1.crl").ToExtension()).Encode());
        yield return ("hufu_cert_identity_number_form", "critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.OrganizationCode)!)).Encode());
    }

    [Fact]
    public void R05_an_end_entity_with_CA_TRUE_is_an_error_whatever_else_is_right()
    {
        IReadOnlyList<LintFinding> findings = Linter.LintTbs(With(Leaf(), new BasicConstraints(true).ToExtension()).Encode(), CertificateKind.EndEntity, s_pki.Ca);
        Assert.Contains(findings, f => f is { RuleId: "hufu_cert_end_entity_is_authority", Severity: LintSeverity.Error, Clause: "R05" });
    }

    [Fact]
    public void Algorithms_that_differ_inside_and_outside_are_found_in_a_whole_certificate()
    {
        byte[] tbs = Leaf().Encode();
        byte[] certificate = SignedStructure.Assemble(tbs, AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }), s_pki.CaKey.Sign(tbs));
        Assert.Equal(["hufu_cert_signature_algorithms_differ"], Linter.LintCertificate(certificate, CertificateKind.EndEntity, s_pki.Ca).Select(f => f.RuleId));
    }

    [Fact]
    public void Bytes_that_are_no_certificate_are_a_finding_and_no_exception() =>
        Assert.Equal("hufu_cert_unreadable", Assert.Single(Linter.LintTbs(new byte[] { 0x30, 0x80 }, CertificateKind.EndEntity, null)).RuleId);

    private static SubjectPublicKeyInfo OddKey(Sm2KeyPair key) => SubjectPublicKeyInfo.Decode(DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            AlgorithmIdentifier.Sm2.Write(w);
            w.WriteBitString(key.PublicKey.PublicKey.Span);
        }
    }));

    /// <summary>Turns notAfter from UTCTime into GeneralizedTime, which a year before 2050 may not have.</summary>
    private static byte[] SwapTime(byte[] tbs)
    {
        AsnReader reader = new AsnReader(tbs, AsnEncodingRules.DER).ReadSequence();
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            for (int i = 0; i < 4; i++)
            {
                writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
            }

            AsnReader validity = reader.ReadSequence();
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(validity.ReadEncodedValue().Span);
                writer.WriteGeneralizedTime(validity.ReadUtcTime(), true);
            }

            while (reader.HasData)
            {
                writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
            }
        }

        return writer.Encode();
    }

    private static byte[] Replace(byte[] der, byte[] from, byte[] to, bool last)
    {
        int position = last ? der.AsSpan().LastIndexOf(from) : der.AsSpan().IndexOf(from);
        Assert.True(position > 0);
        to.CopyTo(der, position);
        return der;
    }
}
