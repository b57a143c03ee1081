namespace Hufu.Pki.Linting.Rules;

/// <summary>Attributes are of types that a CA reads.</summary>
internal sealed class RequestAttributeUnknown() : RequestRule(
    "hufu_request_attribute_unknown", LintSeverity.Notice, "RFC 2986 4.1",
    "Attributes are of types that a CA reads.",
    "Leave it out.", "含未知属性，CA 将忽略。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        foreach (PkiAttribute attribute in subject.Attributes)
        {
            if (attribute.Oid is not (Oids.AttributeExtensionRequest or Oids.AttributeChallengePassword or Oids.AttributeGmChallengePassword))
            {
                report.Add($"The attribute {attribute.Oid} is not known.");
            }
        }
    }
}
