using Hufu.Pki.Linting.Rules;

namespace Hufu.Pki.Linting;

/// <summary>
/// Looks over the bytes of a certificate before they are signed (design.md decision 4, step 6). A finding of <see cref="LintSeverity.Error"/> means: do not sign.
/// The rules are for certificates of this platform; others' certificates may break some and still be accepted.
/// </summary>
public static class Linter
{
    private const string Unreadable = "hufu_cert_unreadable";

    /// <summary>All rules, in the order in which they look.</summary>
    public static IReadOnlyList<LintRule> Rules { get; } =
    [
        new VersionIsThree(), new SerialIsPositive(), new SerialHasItsSize(), new AlgorithmHasNoParameters(), new AlgorithmFitsIssuerKey(), new InnerAlgorithmEqualsOuter(),
        new IssuerIsIssuersSubject(), new TimesAreEncodedByYear(), new ValidityHasItsOrder(), new ValidityLiesInsideIssuers(), new LifeIsUnderTenYears(),
        new SubjectIsNamed(), new NameHasItsOrder(), new NameHasItsStringTypes(), new NameHasItsLengths(), new NameIsClean(), new CountryIsTwoLetters(), new RelativeNamesAreSingle(),
        new KeyNamesItsCurve(), new KeyIsOnCurve(), new KeyIsNotIssuers(),
        new ExtensionsAreNotDoubled(), new ExtensionsRead(), new CriticalExtensionsAreKnown(),
        new KeyUsageIsCritical(), new KeyUsageFitsKind(), new KeyUsageIsConsistent(),
        new EndEntityIsNoAuthority(), new EndEntityHasNoBasicConstraints(), new AuthorityIsCritical(),
        new AuthorityKeyIdentifierFits(), new SubjectKeyIdentifierIsThere(), new PoliciesAreNotCritical(), new AlternativeNameHasItsCriticality(), new HostNamesAreHostNames(),
        new PurposesAreNamed(), new TimeStampingIsAlone(), new OcspSigningIsAlone(), new RevocationCanBeFound(), new AddressesAreUris(), new IdentityNumbersArePrintable(),
    ];

    /// <summary>Lints the bytes to be signed.</summary>
    /// <param name="tbs">The DER of a TBSCertificate.</param>
    /// <param name="kind">What it is meant to be.</param>
    /// <param name="issuer">The issuer's certificate; null for a root, or when it is not at hand.</param>
    /// <returns>What was found; empty when all is well. Never throws on the bytes.</returns>
    public static IReadOnlyList<LintFinding> LintTbs(ReadOnlyMemory<byte> tbs, CertificateKind kind, Certificate? issuer) => Guarded(() =>
    {
        DerScan.Check(tbs.Span, PkiLimits.CertificateSize, "a TBSCertificate");
        return new LintSubject(tbs, TbsCertificate.Read(tbs, forLinting: true), null, kind, issuer);
    });

    /// <summary>Lints a whole certificate.</summary>
    /// <param name="certificate">The DER of a Certificate.</param>
    /// <param name="kind">What it is meant to be.</param>
    /// <param name="issuer">The issuer's certificate; null for a root, or when it is not at hand.</param>
    /// <returns>What was found; empty when all is well. Never throws on the bytes.</returns>
    public static IReadOnlyList<LintFinding> LintCertificate(ReadOnlyMemory<byte> certificate, CertificateKind kind, Certificate? issuer) => Guarded(() =>
    {
        DerScan.Check(certificate.Span, PkiLimits.CertificateSize, "a certificate");
        SignedStructure parts = SignedStructure.Read(certificate);
        return new LintSubject(parts.Tbs, TbsCertificate.Read(parts.Tbs, forLinting: true), parts.Algorithm, kind, issuer);
    });

    private static List<LintFinding> Guarded(Func<LintSubject> read)
    {
        LintSubject subject;
        try
        {
            subject = read();
        }
        catch (PkiException e)
        {
            return [new LintFinding(Unreadable, LintSeverity.Error, "X.690 10; RFC 5280 4.1", e.Message, "Build the bytes with TbsCertificate.Encode.")];
        }

        List<LintFinding> findings = [];
        foreach (LintRule rule in Rules)
        {
            foreach (string message in rule.Check(subject))
            {
                findings.Add(new LintFinding(rule.Id, rule.Severity, rule.Clause, message, rule.Advice));
            }
        }

        return findings;
    }
}
