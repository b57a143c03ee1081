namespace Hufu.Pki.Linting.Rules;

/// <summary>A server's certificate names its host in subjectAltName.</summary>
internal sealed class ServerWithoutHost() : CertificateRule(
    "hufu_server_without_host", LintSeverity.Warning, "RFC 6125 6.4.4; RFC 8998",
    "A server's certificate names its host in subjectAltName.",
    "Add the host name or address to subjectAltName.", "服务器证书应在 subjectAltName 中写明域名或 IP。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.HasPurpose(Oids.PurposeServerAuth) && !subject.AlternativeNames.Any(n => n.Kind is GeneralNameKind.Dns or GeneralNameKind.IpAddress))
        {
            report.Add("A server's certificate names no host in subjectAltName.");
        }
    }
}
