namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity never has CA:TRUE or keyCertSign.</summary>
internal sealed class EndEntityIsNoAuthority() : LintRule(
    "hufu_cert_end_entity_is_authority", LintSeverity.Error, "R05", "An end entity never has CA:TRUE or keyCertSign.", "Stop: the profile or the code above it is wrong.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Kind == CertificateKind.EndEntity && (subject.BasicConstraints is { IsAuthority: true } || subject.KeyUsage is { } usage && usage.HasFlag(KeyUsages.KeyCertSign)))
        {
            yield return "An end entity's certificate says that it is a CA's.";
        }
    }
}
