using Hufu.Pki.Linting.Rules;

namespace Hufu.Pki.Linting;

/// <summary>
/// Looks over certificates before they are signed (design.md decision 4, step 6), and over certificates, lists and requests from anywhere. A finding of
/// <see cref="LintSeverity.Error"/> means: do not sign. Never throws on the bytes; what does not read has the single finding <see cref="UnreadableId"/>.
/// </summary>
public static class Linter
{
    /// <summary>The id of the finding for bytes that do not read as what they were given as.</summary>
    public const string UnreadableId = "hufu_unreadable";

    private static readonly LintRule[] s_certificates = [.. RuleList.All.Where(r => r.Targets.HasFlag(LintTargets.Certificate) && r is not ProfileRule)];
    private static readonly LintRule[] s_profiles = [.. RuleList.All.Where(r => r is ProfileRule)];
    private static readonly LintRule[] s_lists = [.. RuleList.All.Where(r => r.Targets.HasFlag(LintTargets.RevocationList))];
    private static readonly LintRule[] s_requests = [.. RuleList.All.Where(r => r.Targets.HasFlag(LintTargets.Request))];

    /// <summary>All rules, in the order in which they look.</summary>
    public static IReadOnlyList<LintRule> Rules => RuleList.All;

    /// <summary>Lints a certificate, a list or a request, told apart by content.</summary>
    /// <param name="der">The DER.</param>
    /// <param name="profile">For a certificate: what its profile asks; null for none.</param>
    public static LintResult Lint(ReadOnlyMemory<byte> der, LintProfile? profile) => Recognise(der) switch
    {
        LintTargets.Certificate => Run(LintTargets.Certificate, () => CertificateSubject.FromCertificate(der, null, null, profile)),
        LintTargets.RevocationList => Run(LintTargets.RevocationList, () => RevocationListSubject.Read(der, null)),
        LintTargets.Request => Run(LintTargets.Request, () => RequestSubject.Read(der)),
        _ => new LintResult(LintTargets.None, null, [NotRead("The bytes are no certificate, no revocation list and no certification request.")]),
    };

    /// <summary>Lints the bytes to be signed.</summary>
    /// <param name="tbs">The DER of a TBSCertificate.</param>
    /// <param name="kind">What it is meant to be; null to take it from basicConstraints.</param>
    /// <param name="issuer">The issuer's certificate; null for a root, or when it is not at hand.</param>
    /// <param name="profile">What its profile asks; null for none.</param>
    /// <returns>What was found; empty when all is well.</returns>
    public static IReadOnlyList<LintFinding> LintTbs(ReadOnlyMemory<byte> tbs, CertificateKind? kind, Certificate? issuer, LintProfile? profile = null) =>
        Run(LintTargets.Certificate, () => CertificateSubject.FromTbs(tbs, kind, issuer, profile)).Findings;

    /// <summary>Lints a whole certificate. The signature is looked at, not verified.</summary>
    /// <param name="certificate">The DER of a Certificate.</param>
    /// <param name="kind">What it is meant to be; null to take it from basicConstraints: without cA it is judged as an end entity, self-signed or not.</param>
    /// <param name="issuer">The issuer's certificate; null for a root, or when it is not at hand.</param>
    /// <param name="profile">What its profile asks; null for none.</param>
    /// <returns>What was found; empty when all is well.</returns>
    public static IReadOnlyList<LintFinding> LintCertificate(ReadOnlyMemory<byte> certificate, CertificateKind? kind, Certificate? issuer, LintProfile? profile = null) =>
        Run(LintTargets.Certificate, () => CertificateSubject.FromCertificate(certificate, kind, issuer, profile)).Findings;

    /// <summary>Lints a revocation list, every entry included.</summary>
    /// <param name="list">The DER of a CertificateList.</param>
    /// <param name="issuer">The issuer's certificate, or null when it is not at hand.</param>
    /// <returns>What was found; empty when all is well.</returns>
    public static IReadOnlyList<LintFinding> LintRevocationList(ReadOnlyMemory<byte> list, Certificate? issuer) =>
        Run(LintTargets.RevocationList, () => RevocationListSubject.Read(list, issuer)).Findings;

    /// <summary>Lints a certification request; its signature is verified, for it is the proof of possession.</summary>
    /// <param name="request">The DER of a CertificationRequest.</param>
    /// <returns>What was found; empty when all is well.</returns>
    public static IReadOnlyList<LintFinding> LintRequest(ReadOnlyMemory<byte> request) => Run(LintTargets.Request, () => RequestSubject.Read(request)).Findings;

    /// <summary>Tells from the first fields which of the three the bytes are; that they read is not yet said.</summary>
    public static LintTargets Recognise(ReadOnlyMemory<byte> der)
    {
        try
        {
            DerReader outer = new(der);
            DerReader signed = outer.ReadSequence();
            DerReader tbs = signed.ReadSequence();
            byte first = tbs.PeekTag();
            if (first == 0xA0)
            {
                return LintTargets.Certificate;
            }

            if (first != DerTag.Integer)
            {
                return first == DerTag.Sequence ? LintTargets.RevocationList : LintTargets.None; // a list of version 1
            }

            // After INTEGER SEQUENCE SEQUENCE: a list's thisUpdate, a version 1 certificate's validity, or a request's attributes or end.
            tbs.ReadEncoded();
            tbs.ReadSequence();
            tbs.ReadSequence();
            return tbs.PeekTag() switch
            {
                DerTag.UtcTime or DerTag.GeneralizedTime => LintTargets.RevocationList,
                DerTag.Sequence => LintTargets.Certificate,
                0xA0 or 0 => LintTargets.Request,
                _ => LintTargets.None,
            };
        }
        catch (PkiException)
        {
            return LintTargets.None;
        }
    }

    private static LintResult Run(LintTargets target, Func<LintSubject> read)
    {
        try
        {
            LintSubject subject = read();
            LintReport report = new();
            Check(target switch { LintTargets.Certificate => s_certificates, LintTargets.RevocationList => s_lists, _ => s_requests }, subject, report);
            if (subject is CertificateSubject { Profile: not null })
            {
                Check(s_profiles, subject, report);
            }

            return new LintResult(target, (subject as CertificateSubject)?.Kind, report.Findings);
        }
        catch (PkiException e)
        {
            return new LintResult(target, null, [NotRead(e.Message)]);
        }
    }

    private static void Check(LintRule[] rules, LintSubject subject, LintReport report)
    {
        foreach (LintRule rule in rules)
        {
            report.Begin(rule);
            rule.Check(subject, report);
        }
    }

    private static LintFinding NotRead(string why) => new(UnreadableId, LintSeverity.Error, "X.690 10; RFC 5280 4.1, 5.1; RFC 2986 4", why,
        "Make sure that the file is whole and DER or PEM; build the bytes with this library.", "请确认文件完整且为 DER 或 PEM 编码。");
}
