namespace Hufu.Pki.Linting.Rules;

/// <summary>A mail address stands in subjectAltName, not in the subject.</summary>
internal sealed class NameEmail() : SharedRule(
    "hufu_name_email", LintTargets.Certificate | LintTargets.Request, LintSeverity.Notice, "RFC 5280 4.1.2.6",
    "A mail address stands in subjectAltName, not in the subject.",
    "Move it to subjectAltName.", "电子邮件应放入 subjectAltName，而非主体名。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Name.Find(Oids.EmailAddress) is not null)
        {
            report.Add("The subject holds a mail address.");
        }
    }
}
