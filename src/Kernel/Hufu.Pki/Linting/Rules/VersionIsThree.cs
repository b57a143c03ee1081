namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate is version 3.</summary>
internal sealed class VersionIsThree() : LintRule(
    "hufu_cert_version_not_3", LintSeverity.Error, "GM/T 0015 5.2; RFC 5280 4.1.2.1", "A certificate is version 3.", "Set the version to 3.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Tbs.Version != 3)
        {
            yield return $"The version is {subject.Tbs.Version}.";
        }
    }
}
