namespace Hufu.Pki.Linting.Rules;

/// <summary>The next list is due within 400 days.</summary>
internal sealed class CrlNextUpdateFar() : RevocationListRule(
    "hufu_crl_next_update_far", LintSeverity.Warning, "requirements 6.2.7.5-a, 6.6.2.1-e",
    "The next list is due within 400 days.",
    "Publish more often.", "下次更新时间过远，应提高签发频率。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.NextUpdate - subject.ThisUpdate > TimeSpan.FromDays(400))
        {
            report.Add($"The list runs from {subject.ThisUpdate:u} to {subject.NextUpdate:u}.");
        }
    }
}
