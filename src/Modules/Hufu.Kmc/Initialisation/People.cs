using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Kmc.Initialisation;

/// <summary>A person of the initialisation.</summary>
/// <param name="Role">Their role.</param>
/// <param name="Name">Their name.</param>
/// <param name="Request">Their request; possession is proven.</param>
internal sealed record Founder(string Role, string Name, CertificationRequest Request)
{
    /// <summary>Set once they are certified.</summary>
    public Certificate? Certificate { get; set; }
}

/// <summary>Who is there at the beginning: two administrators of equal rank, and as many share holders as policy has shares; all of them different people with different keys.</summary>
internal sealed class People
{
    private People(Founder superAdministrator, Founder auditAdministrator, IReadOnlyList<Founder> shareHolders)
    {
        SuperAdministrator = superAdministrator;
        AuditAdministrator = auditAdministrator;
        ShareHolders = shareHolders;
    }

    /// <summary>超级管理员.</summary>
    public Founder SuperAdministrator { get; }

    /// <summary>审计管理员.</summary>
    public Founder AuditAdministrator { get; }

    /// <summary>密钥分量持有人, in the order of the shares.</summary>
    public IReadOnlyList<Founder> ShareHolders { get; }

    /// <summary>Super administrator, audit administrator, share holders.</summary>
    public IReadOnlyList<Founder> All => [SuperAdministrator, AuditAdministrator, .. ShareHolders];

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="RefusedException">FieldInvalid, SamePerson, KeyReused, PossessionNotProven, KeyWeak, Malformed.</exception>
    public static People Read(KmcInitialisation initialisation, Policy policy)
    {
        if (initialisation.ShareHolders.Count != policy.Values.KeyShares)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{initialisation.ShareHolders.Count} share holders; policy wants {policy.Values.KeyShares}.", "shareHolders");
        }

        var people = new People(
            Open(Roles.SuperAdministrator, initialisation.SuperAdministrator, "superAdministrator"),
            Open(Roles.AuditAdministrator, initialisation.AuditAdministrator, "auditAdministrator"),
            [.. initialisation.ShareHolders.Select((holder, i) => Open(Roles.ShareHolder, holder, $"shareHolders[{i}]"))]);
        if (people.All.GroupBy(person => person.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new RefusedException(RefusalCode.SamePerson, $"{twice.Key} stands there twice.", "shareHolders");
        }

        if (people.All.Select(person => person.Request.PublicKey).Distinct().Count() != people.All.Count)
        {
            throw new RefusedException(RefusalCode.KeyReused, "Two people have the same key.", "shareHolders");
        }

        return people;
    }

    private static Founder Open(string role, PersonRequest person, string field) =>
        string.IsNullOrWhiteSpace(person.Name)
            ? throw new RefusedException(RefusalCode.FieldMissing, "A name is needed.", field + ".name")
            : new Founder(role, person.Name.Trim(), PersonRequests.Open(person.Request, field + ".request"));
}
