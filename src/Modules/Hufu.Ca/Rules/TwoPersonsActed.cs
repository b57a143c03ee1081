using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>No single person's credential can cause an issue: entry and vetting carry two certificates, two keys, two names. There is no option that switches this off (R15, 6.6.1.2-d).</summary>
internal static class TwoPersonsActed
{
    /// <exception cref="RefusedException">SamePerson.</exception>
    [Clause("6.6.1.2-d")]
    public static void Demand(StaffEvidence entry, StaffEvidence approval)
    {
        if (entry.Certificate.Equals(approval.Certificate) || entry.Certificate.PublicKey.Equals(approval.Certificate.PublicKey) || entry.Staff!.Name == approval.Staff!.Name)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Entry and vetting are by the same person, key or name.", "approval");
        }
    }
}
