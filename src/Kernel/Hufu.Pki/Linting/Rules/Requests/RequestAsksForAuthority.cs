namespace Hufu.Pki.Linting.Rules;

/// <summary>A request does not ask for CA:TRUE, keyCertSign or cRLSign.</summary>
internal sealed class RequestAsksForAuthority() : RequestRule(
    "hufu_request_asks_for_authority", LintSeverity.Warning, "R05",
    "A request does not ask for CA:TRUE, keyCertSign or cRLSign.",
    "Ask for an end entity's certificate; CAs are made in a ceremony.", "请求中不应要求 CA:TRUE、keyCertSign 或 cRLSign。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.BasicConstraints is { IsAuthority: true } || (subject.KeyUsage & KeyUsages.Authority) is not (null or KeyUsages.None))
        {
            report.Add("The request asks for the rights of a CA.");
        }
    }
}
