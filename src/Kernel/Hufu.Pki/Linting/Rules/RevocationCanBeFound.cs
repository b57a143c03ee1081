namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate below a root says where its revocation is found: a distribution point, an OCSP address, or no-check.</summary>
internal sealed class RevocationCanBeFound() : LintRule(
    "hufu_cert_revocation_not_found", LintSeverity.Warning, "GM/T 0037 A.11", "A certificate below a root says where its revocation is found: a distribution point, an OCSP address, or no-check.", "Add the addresses.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Kind != CertificateKind.Root && subject.Find(Oids.CrlDistributionPoints) is null && subject.Find(Oids.OcspNoCheck) is null
            && subject.Read(Oids.AuthorityInfoAccess, AuthorityInformationAccess.Decode)?.OcspUris.Any() != true)
        {
            yield return "Neither a distribution point nor an OCSP address is named.";
        }
    }
}
