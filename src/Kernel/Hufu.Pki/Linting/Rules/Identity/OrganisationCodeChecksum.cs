namespace Hufu.Pki.Linting.Rules;

/// <summary>An organisation code is a unified social credit code of 18 characters or an organisation code of 9, with the right check character.</summary>
internal sealed class OrganisationCodeChecksum() : CertificateRule(
    "hufu_organisation_code_checksum", LintSeverity.Error, "GB 32100; GB 11714; R13",
    "An organisation code is a unified social credit code of 18 characters or an organisation code of 9, with the right check character.",
    "Have the code checked at the counter again.", "统一社会信用代码（或 9 位组织机构代码）的格式或校验码有误，请重新核验。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (IdentityNumbers.Read(subject, Oids.OrganizationCode) is { } code && !IdentityNumbers.IsOrganisationCode(code.Number))
        {
            report.Add($"The organisation code '{code.Number}' has the wrong form or check character.");
        }
    }
}
