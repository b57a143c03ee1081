namespace Hufu.Pki.Linting.Rules;

/// <summary>challengePassword is a string.</summary>
internal sealed class RequestChallengeForm() : RequestRule(
    "hufu_request_challenge_form", LintSeverity.Warning, "GM/T 0092; RFC 2985 5.4.1",
    "challengePassword is a string.",
    "Write a PrintableString or UTF8String.", "challengePassword 应为字符串类型。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        foreach (PkiAttribute attribute in subject.Attributes)
        {
            if (attribute.Oid is Oids.AttributeChallengePassword or Oids.AttributeGmChallengePassword && !DerText.IsString(attribute.Values[0].Span[0]))
            {
                report.Add("challengePassword is no string.");
            }
        }
    }
}
