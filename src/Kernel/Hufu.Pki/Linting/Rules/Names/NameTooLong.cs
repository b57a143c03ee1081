namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes keep to the upper bounds of X.520.</summary>
internal sealed class NameTooLong() : SharedRule(
    "hufu_name_too_long", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 appendix A.1",
    "Name attributes keep to the upper bounds of X.520.",
    "Shorten the value.", "名称属性超出 X.520 长度上限，请缩短。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            int limit = attribute.Oid switch
            {
                Oids.Locality or Oids.StateOrProvince or Oids.Street => 128,
                Oids.EmailAddress => 255,
                Oids.Surname or Oids.GivenName => 128,
                Oids.UserId => 256,
                _ => 64,
            };
            if (attribute.Value.Length > limit)
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} has {attribute.Value.Length} characters; {limit} are allowed.");
            }
        }
    }
}
