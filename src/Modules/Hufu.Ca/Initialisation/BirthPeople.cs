using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Ca.Initialisation;

/// <summary>A person whom initialisation brings into office.</summary>
/// <param name="Role">The role.</param>
/// <param name="Request">Name and request as sent.</param>
/// <param name="Key">Their key; possession is proven.</param>
internal sealed record BirthPerson(string Role, PersonRequest Request, SubjectPublicKeyInfo Key)
{
    public string Name => Request.Name.Trim();
}

/// <summary>Who must be there when a CA is born: a super administrator, an audit administrator and the share holders, all different people with different keys (GM/T 0037; 6.6.1.2-b).</summary>
internal static class BirthPeople
{
    /// <summary>The people in this order: super administrator, audit administrator, share holders.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, Malformed, PossessionNotProven, KeyWeak, KeyReused, SamePerson.</exception>
    [Clause("6.6.1.2-b")]
    public static IReadOnlyList<BirthPerson> Check(CaInitialisation request, PolicyValues values)
    {
        if (request.ShareHolders.Count != values.KeyShares)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{values.KeyShares} share holders are needed, any {values.KeyShareThreshold} of whom suffice later.", "shareHolders");
        }

        List<BirthPerson> people =
        [
            Person(Roles.SuperAdministrator, request.SuperAdministrator, "superAdministrator"),
            Person(Roles.AuditAdministrator, request.AuditAdministrator, "auditAdministrator"),
            .. request.ShareHolders.Select((holder, i) => Person(Roles.ShareHolder, holder, $"shareHolders[{i}]")),
        ];
        if (people.Select(person => person.Name).Distinct(StringComparer.Ordinal).Count() != people.Count)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Every name stands for another person.", "shareHolders");
        }

        if (people.Select(person => person.Key).Distinct().Count() != people.Count)
        {
            throw new RefusedException(RefusalCode.KeyReused, "Every person has a key of their own.", "shareHolders");
        }

        return people;
    }

    private static BirthPerson Person(string role, PersonRequest person, string field) =>
        string.IsNullOrWhiteSpace(person.Name)
            ? throw new RefusedException(RefusalCode.FieldMissing, "A person has a name.", field)
            : new BirthPerson(role, person, PersonRequests.Open(person.Request, field).PublicKey);
}
