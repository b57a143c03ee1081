namespace Hufu.Pki.Linting.Rules;

/// <summary>extKeyUsage names a purpose once.</summary>
internal sealed class PurposeRepeated() : CertificateRule(
    "hufu_purpose_repeated", LintSeverity.Warning, "RFC 5280 4.2.1.12",
    "extKeyUsage names a purpose once.",
    "Name it once.", "同一用途不应重复。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        IReadOnlyList<string> purposes = subject.ExtendedKeyUsage?.Purposes ?? [];
        HashSet<string>? seen = purposes.Count > 1 ? [] : null;
        foreach (string purpose in purposes)
        {
            if (seen?.Add(purpose) == false)
            {
                report.Add($"extKeyUsage names {purpose} twice.");
            }
        }
    }
}
