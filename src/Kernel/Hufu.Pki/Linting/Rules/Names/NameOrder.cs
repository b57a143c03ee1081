namespace Hufu.Pki.Linting.Rules;

/// <summary>A name runs C, ST, L, O, OU, CN.</summary>
internal sealed class NameOrder() : SharedRule(
    "hufu_name_order", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0037 A.11",
    "A name runs C, ST, L, O, OU, CN.",
    "Order the profile's subject so.", "主体名应按 C、ST、L、O、OU、CN 的顺序编码。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        int last = 0;
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            int rank = Rank(attribute.Oid);
            if (rank < last)
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} stands after something that it belongs before.");
            }

            last = Math.Max(last, rank);
        }
    }

    private static int Rank(string oid) => oid switch
    {
        Oids.Country or Oids.DomainComponent => 0,
        Oids.StateOrProvince => 1,
        Oids.Locality or Oids.Street => 2,
        Oids.Organization => 3,
        Oids.OrganizationalUnit => 4,
        _ => 5,
    };
}
