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
        Assert.Equal(["RevocationCanBeFound"], Linter.LintCertificate(s_pki.Tsa.RawData, CertificateKind.EndEntity, s_pki.Ca).Select(f => f.RuleId));
    }

    [Fact]
    public void Every_rule_is_in_the_list_once_and_says_what_it_is()
    {
        Type[] rules = [.. typeof(Linter).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(LintRule)))];
        Assert.Equal(rules.Select(r => r.Name).Order(), Linter.Rules.Select(r => r.Id).Order());
        Assert.All(Linter.Rules, r => Assert.True(r.Clause.Length > 0 && r.Title.EndsWith('.') && r.Advice.EndsWith('.')));
    }

    [Fact]
    public void Every_rule_has_a_case_that_breaks_it()
    {
        HashSet<string> broken = [.. Cases.Select(c => (string)c.Data.Item1), "InnerAlgorithmEqualsOuter"];
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
        yield return ("VersionIsThree", "v1", Ee, () => (Leaf() with { Version = 1, Extensions = [] }).Encode());
        yield return ("SerialIsPositive", "zero", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromInt64(0) }).Encode());
        yield return ("SerialIsPositive", "negative", Ee, () => (Leaf() with { SerialNumber = new SerialNumber(new byte[] { 0x80 }) }).Encode());
        yield return ("SerialHasItsSize", "short", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromInt64(long.MaxValue) }).Encode());
        yield return ("SerialHasItsSize", "21 bytes", Ee, () => (Leaf() with { SerialNumber = SerialNumber.FromBytes(Enumerable.Repeat((byte)0xFF, 20).ToArray()) }).Encode());
        yield return ("AlgorithmHasNoParameters", "NULL", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }) }).Encode());
        yield return ("AlgorithmHasNoParameters", "another", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.Sm2Signing }).Encode());
        yield return ("AlgorithmFitsIssuerKey", "ecdsa", Ee, () => (Leaf() with { Signature = AlgorithmIdentifier.EcdsaWithSha256 }).Encode());
        yield return ("IssuerIsIssuersSubject", "another", Ee, () => (Leaf() with { Issuer = s_pki.Root.Subject }).Encode());
        yield return ("TimesAreEncodedByYear", "generalized", Ee, () => SwapTime(Leaf().Encode()));
        yield return ("ValidityHasItsOrder", "reversed", Ee, () => (Leaf() with { NotAfter = TestPki.Now.AddDays(-2) }).Encode());
        yield return ("ValidityLiesInsideIssuers", "longer", Ee, () => (Leaf() with { NotAfter = s_pki.Ca.NotAfter.AddSeconds(1) }).Encode());
        yield return ("LifeIsUnderTenYears", "eleven years", Ee, () => (Leaf() with { NotAfter = TestPki.Now.AddYears(11) }).Encode());
        yield return ("SubjectIsNamed", "empty", Ee, () => (Leaf() with { Subject = DistinguishedName.Empty }).Encode());
        yield return ("NameHasItsOrder", "CN first", Ee, () => (Leaf() with { Subject = Name("CN=x, O=y, C=CN") }).Encode());
        yield return ("NameHasItsStringTypes", "C as UTF8", Ee, () => Replace(Leaf().Encode(), [0x55, 4, 6, 0x13], [0x55, 4, 6, 0x0C], last: true));
        yield return ("NameHasItsLengths", "65", Ee, () => (Leaf() with { Subject = Name("C=CN, O=" + new string('x', 65) + ", CN=x") }).Encode());
        yield return ("NameIsClean", "control", Ee, () => (Leaf() with { Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "a\nb")) }).Encode());
        yield return ("NameIsClean", "space", Ee, () => (Leaf() with { Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "a ")) }).Encode());
        yield return ("CountryIsTwoLetters", "lower case", Ee, () => (Leaf() with { Subject = Name("C=cn, CN=x") }).Encode());
        yield return ("CountryIsTwoLetters", "two", Ee, () => (Leaf() with { Subject = Name("C=CN, C=CN, CN=x") }).Encode());
        yield return ("RelativeNamesAreSingle", "two CN", Ee, () => (Leaf() with { Subject = Name("C=CN, CN=x, CN=y") }).Encode());
        yield return ("KeyNamesItsCurve", "SM2 as algorithm", Ee, () => (Leaf() with { PublicKey = OddKey(s_pki.SigningKey) }).Encode());
        yield return ("KeyIsOnCurve", "off the curve", Ee, () => Replace(Leaf().Encode(), s_pki.SigningKey.PublicKey.PublicKey.Span[60..].ToArray(), [1, 2, 3, 4, 5], last: true));
        yield return ("KeyIsNotIssuers", "issuer's", Ee, () => (Leaf() with { PublicKey = s_pki.CaKey.PublicKey }).Encode());
        yield return ("ExtensionsAreNotDoubled", "keyUsage", Ee, () => (Leaf() with { Extensions = [.. Leaf().Extensions, new KeyUsageExtension(KeyUsages.Signing).ToExtension()] }).Encode());
        yield return ("ExtensionsRead", "policies", Ee, () => With(Leaf(), new CertificateExtension(Oids.CertificatePolicies, false, new byte[] { 5, 0 })).Encode());
        yield return ("CriticalExtensionsAreKnown", "access", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.AuthorityInfoAccess)!)).Encode());
        yield return ("KeyUsageIsCritical", "missing", Ee, () => Without(Leaf(), Oids.KeyUsage).Encode());
        yield return ("KeyUsageIsCritical", "not critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.KeyUsage)!)).Encode());
        yield return ("KeyUsageFitsKind", "cRLSign", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.Signing | KeyUsages.CrlSign).ToExtension()).Encode());
        yield return ("KeyUsageFitsKind", "CA enciphers", Ca, () => With(Authority(), new KeyUsageExtension(KeyUsages.Authority | KeyUsages.KeyEncipherment).ToExtension()).Encode());
        yield return ("KeyUsageIsConsistent", "encipherOnly", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.Signing | KeyUsages.EncipherOnly).ToExtension()).Encode());
        yield return ("EndEntityIsNoAuthority", "CA:TRUE", Ee, () => With(Leaf(), new BasicConstraints(true).ToExtension()).Encode());
        yield return ("EndEntityIsNoAuthority", "keyCertSign", Ee, () => With(Leaf(), new KeyUsageExtension(KeyUsages.KeyCertSign).ToExtension()).Encode());
        yield return ("EndEntityHasNoBasicConstraints", "empty", Ee, () => With(Leaf(), new BasicConstraints(false).ToExtension()).Encode());
        yield return ("AuthorityIsCritical", "missing", Ca, () => Without(Authority(), Oids.BasicConstraints).Encode());
        yield return ("AuthorityIsCritical", "not critical", Ca, () => With(Authority(), Flip(Authority().FindExtension(Oids.BasicConstraints)!)).Encode());
        yield return ("AuthorityKeyIdentifierFits", "missing", Ee, () => Without(Leaf(), Oids.AuthorityKeyIdentifier).Encode());
        yield return ("AuthorityKeyIdentifierFits", "another", Ee, () => With(Leaf(), AuthorityKeyIdentifier.FromKeyIdentifier(new byte[20]).ToExtension()).Encode());
        yield return ("SubjectKeyIdentifierIsThere", "missing", Ee, () => Without(Leaf(), Oids.SubjectKeyIdentifier).Encode());
        yield return ("PoliciesAreNotCritical", "critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.CertificatePolicies)!)).Encode());
        yield return ("AlternativeNameHasItsCriticality", "critical", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("a.cn")]).ToExtension(true)).Encode());
        yield return ("HostNamesAreHostNames", "underscore", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("a_b.cn")]).ToExtension(false)).Encode());
        yield return ("HostNamesAreHostNames", "wide wildcard", Ee, () => With(Leaf(), new SubjectAlternativeName([GeneralName.Dns("*.cn")]).ToExtension(false)).Encode());
        yield return ("PurposesAreNamed", "any", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.AnyExtendedKeyUsage]).ToExtension(false)).Encode());
        yield return ("TimeStampingIsAlone", "not critical", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(false)).Encode());
        yield return ("TimeStampingIsAlone", "with another", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeTimeStamping, Oids.PurposeClientAuth]).ToExtension(true)).Encode());
        yield return ("OcspSigningIsAlone", "without no-check", Ee, () => With(Leaf(), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(false)).Encode());
        yield return ("RevocationCanBeFound", "nowhere", Ee, () => Without(Without(Leaf(), Oids.CrlDistributionPoints), Oids.AuthorityInfoAccess).Encode());
        yield return ("AddressesAreUris", "ftp", Ee, () => With(Leaf(), CrlDistributionPoints.FromUris("ftp://x/1.crl").ToExtension()).Encode());
        yield return ("IdentityNumbersArePrintable", "critical", Ee, () => With(Leaf(), Flip(Leaf().FindExtension(Oids.OrganizationCode)!)).Encode());
    }

    [Fact]
    public void R05_an_end_entity_with_CA_TRUE_is_an_error_whatever_else_is_right()
    {
        IReadOnlyList<LintFinding> findings = Linter.LintTbs(With(Leaf(), new BasicConstraints(true).ToExtension()).Encode(), CertificateKind.EndEntity, s_pki.Ca);
        Assert.Contains(findings, f => f is { RuleId: "EndEntityIsNoAuthority", Severity: LintSeverity.Error, Clause: "R05" });
    }

    [Fact]
    public void Algorithms_that_differ_inside_and_outside_are_found_in_a_whole_certificate()
    {
        byte[] tbs = Leaf().Encode();
        byte[] certificate = SignedStructure.Assemble(tbs, AlgorithmIdentifier.Create(Oids.Sm2WithSm3, new byte[] { 5, 0 }), s_pki.CaKey.Sign(tbs));
        Assert.Equal(["InnerAlgorithmEqualsOuter"], Linter.LintCertificate(certificate, CertificateKind.EndEntity, s_pki.Ca).Select(f => f.RuleId));
    }

    [Fact]
    public void Bytes_that_are_no_certificate_are_a_finding_and_no_exception() =>
        Assert.Equal("ReadsAsCertificate", Assert.Single(Linter.LintTbs(new byte[] { 0x30, 0x80 }, CertificateKind.EndEntity, null)).RuleId);

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
