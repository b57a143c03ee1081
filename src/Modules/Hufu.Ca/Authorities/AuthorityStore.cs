using Hufu.Devices;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Authorities;

/// <summary>Tables: ca_authorities; and the newest moment at which anything was reserved or signed.</summary>
internal static class AuthorityStore
{
    public static void Insert(Session session, string name, Certificate certificate) => session.Execute(
        "INSERT INTO ca_authorities (name, key_label, certificate, not_before, not_after) VALUES (@name, @label, @der, @from, @to)",
        new
        {
            name, label = AuthorityNames.KeyOf(name), der = certificate.Encode(), from = certificate.NotBefore.ToUnixTimeMilliseconds(), to = certificate.NotAfter.ToUnixTimeMilliseconds(),
        });

    /// <summary>Both CAs with their keys in the device, or null before initialisation.</summary>
    public static AuthorityPair? Load(Session session, SoftwareDevice device) =>
        Find(session, device, AuthorityNames.Root) is { } root && Find(session, device, AuthorityNames.Operational) is { } operational ? new AuthorityPair(root, operational) : null;

    /// <summary>Serials are reserved and intents opened before anything is signed, so the newest of these is the newest signature's.</summary>
    public static DateTimeOffset? LastIssue(Session session)
    {
        var intent = session.QueryFirst<long?>("SELECT opened_at FROM ca_intents ORDER BY number DESC LIMIT 1") ?? 0;
        var reserved = session.Scalar<long?>("SELECT max(reserved_at) FROM ca_reservations") ?? 0;
        var crl = session.Scalar<long?>("SELECT max(this_update) FROM ca_crls") ?? 0;
        var last = Math.Max(intent, Math.Max(reserved, crl));
        return last == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(last);
    }

    private static Authority? Find(Session session, SoftwareDevice device, string name)
    {
        var row = session.QueryFirst<AuthorityRow>("SELECT name, key_label, certificate FROM ca_authorities WHERE name = @name", new { name });
        if (row is null)
        {
            return null;
        }

        var certificate = Certificate.Decode(row.Certificate);
        var signer = device.GetSigner(row.KeyLabel);
        return signer.PublicKey.Equals(certificate.PublicKey)
            ? new Authority(name, certificate, signer)
            : throw new InvalidOperationException($"The device's key '{row.KeyLabel}' is not that of the CA certificate '{name}': database and device do not belong together.");
    }

    private sealed record AuthorityRow(string Name, string KeyLabel, byte[] Certificate);
}
