using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>
/// Who may ask (6.2.7.2-a): the approving CA or RA and the department always; a person for a personal certificate; the authorised representative of an organisation for its certificate, of a
/// device's owner for the device's; a relying party only for its own ground.
/// </summary>
internal static class AskerMayAsk
{
    private const string OrganisationClause = "6.1.2-a";
    private const string PersonClause = "6.1.2-b";
    private const string DeviceClause = "6.1.2-c";

    /// <summary>Whether the deadline of a holder's request holds, and not that of an authority.</summary>
    public static bool IsHolderSide(RevocationAsker asker) => asker is RevocationAsker.Holder or RevocationAsker.OrganisationRepresentative or RevocationAsker.DeviceOwnerRepresentative;

    /// <exception cref="RefusedException">FieldInvalid: nobody of that kind may ask for this certificate, or on this ground.</exception>
    [Clause("6.2.7.2-a")]
    public static void Demand(RevocationChange change, Policy policy, CertificateRow certificate) =>
        Demand(change.Asker, change.Change == StandingChange.Revoke ? change.Case?.Ground : null, policy.Profiles.TryGetValue(certificate.Profile, out var profile) ? profile.Clauses : []);

    /// <summary>The rule itself.</summary>
    /// <param name="asker">Who asks.</param>
    /// <param name="ground">On what ground; null where none is needed.</param>
    /// <param name="clauses">The profile's clauses, which say what kind of holder it has; a profile without one is taken as an authority's business alone.</param>
    public static void Demand(RevocationAsker asker, RevocationGround? ground, IReadOnlyList<string> clauses)
    {
        var fits = asker switch
        {
            RevocationAsker.Holder => clauses.Contains(PersonClause),
            RevocationAsker.OrganisationRepresentative => clauses.Contains(OrganisationClause) || clauses.Contains(PersonClause),
            RevocationAsker.DeviceOwnerRepresentative => clauses.Contains(DeviceClause),
            RevocationAsker.RelyingParty => ground == RevocationGround.RelyingPartyRequest,
            _ => true,
        };
        if (!fits || (ground == RevocationGround.RelyingPartyRequest && asker != RevocationAsker.RelyingParty) || (ground == RevocationGround.HolderRequest && asker is RevocationAsker.RelyingParty or RevocationAsker.Department))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{asker} may not ask for this{(ground is null ? "" : $" on the ground {ground}")} (6.2.7.2).", "case.asker");
        }
    }
}
