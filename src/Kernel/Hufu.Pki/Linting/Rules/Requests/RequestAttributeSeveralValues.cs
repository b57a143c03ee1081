namespace Hufu.Pki.Linting.Rules;

/// <summary>extensionRequest and challengePassword have one value.</summary>
internal sealed class RequestAttributeSeveralValues() : RequestRule(
    "hufu_request_attribute_several_values", LintSeverity.Error, "RFC 2985 5.4; GM/T 0092",
    "extensionRequest and challengePassword have one value.",
    "Write one value.", "extensionRequest、challengePassword 只能有一个值。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        foreach (PkiAttribute attribute in subject.Attributes)
        {
            if (attribute.Values.Count > 1 && attribute.Oid is Oids.AttributeExtensionRequest or Oids.AttributeChallengePassword or Oids.AttributeGmChallengePassword)
            {
                report.Add($"The attribute {attribute.Oid} has {attribute.Values.Count} values.");
            }
        }
    }
}
