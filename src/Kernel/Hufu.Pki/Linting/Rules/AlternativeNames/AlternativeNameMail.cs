namespace Hufu.Pki.Linting.Rules;

/// <summary>An rfc822Name is local@host, without a name or brackets around it.</summary>
internal sealed class AlternativeNameMail() : SharedRule(
    "hufu_alternative_name_mail", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.6; RFC 5321 4.1.2",
    "An rfc822Name is local@host, without a name or brackets around it.",
    "Correct the address.", "rfc822Name 须为 local@host 形式的邮箱地址。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind == GeneralNameKind.Email && !HostName.IsMailAddress(name.Value))
            {
                report.Add($"'{name.Value}' is no mail address.");
            }
        }
    }
}
