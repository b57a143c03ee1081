using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Staff;

/// <summary>How a person's certificate is ordered: by the share holders' profile or the administrators'.</summary>
internal static class StaffProfiles
{
    public const string Administrator = "administrator";
    public const string ShareHolder = "share-holder";

    /// <summary>The order of a person's certificate.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="organisation">The operator's legal name.</param>
    /// <param name="place">Room, role, name.</param>
    /// <param name="key">The person's key; possession is proven.</param>
    /// <exception cref="RefusedException">FieldInvalid: the room has no such role.</exception>
    public static DirectOrder Order(Policy policy, string organisation, StaffPlace place, SubjectPublicKeyInfo key)
    {
        if (!policy.Roles.TryGetValue(place.Role, out var role) || !role.ExistsIn(place.Room))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"'{place.Room}' has no such role.", "role");
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["organisation"] = organisation,
            ["role"] = role.TitleZh,
            ["personName"] = place.Name,
        };
        return new DirectOrder(
            policy.Profile(place.Role == Roles.ShareHolder ? ShareHolder : Administrator), CertificateUse.Staff, place.Room, $"staff/{organisation}/{place.Name}", fields, key, place);
    }
}
