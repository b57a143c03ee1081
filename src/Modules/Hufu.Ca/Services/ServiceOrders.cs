using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Services;

/// <summary>The certificates of a room's service keys.</summary>
/// <param name="Signing">For the key that signs its messages, answers or tokens.</param>
/// <param name="Encryption">For the key that sealed messages are enveloped to, if it has one.</param>
/// <param name="Audit">For the key that signs its ledger's heads.</param>
internal sealed record ServiceOrders(DirectOrder Signing, DirectOrder? Encryption, DirectOrder Audit)
{
    /// <summary>The orders for a room, by the profiles of its kind.</summary>
    /// <exception cref="RefusedException">KeyReused: a key stands in two places.</exception>
    public static ServiceOrders Of(
        Policy policy, string organisation, string room, string name, SubjectPublicKeyInfo signing, SubjectPublicKeyInfo? encryption, SubjectPublicKeyInfo audit)
    {
        // Signing keys sign, encryption keys encrypt (6.2.5-a), and a ledger's key signs nothing but its heads.
        if (signing.Equals(audit) || signing.Equals(encryption) || audit.Equals(encryption))
        {
            throw new RefusedException(RefusalCode.KeyReused, "Each service key has one use.", "requests");
        }

        return new ServiceOrders(
            Order(room switch { Rooms.Ocsp => "room-ocsp", Rooms.Tsa => "room-tsa", _ => "room-sign" }, signing),
            encryption is null ? null : Order("room-encrypt", encryption),
            Order("room-audit", audit));

        DirectOrder Order(string profile, SubjectPublicKeyInfo key) => new(
            policy.Profile(profile), CertificateUse.Service, room, $"room/{room}",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = organisation, ["serviceName"] = name }, key);
    }
}
