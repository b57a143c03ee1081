using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Devices.Pkcs11;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Authorities;

/// <summary>Tables: ca_authorities; and the newest moment at which anything was reserved or signed.</summary>
internal static class AuthorityStore
{
    /// <summary>Adds a CA.</summary>
    public static void Insert(Session session, Authority authority, string keyLabel) => session.Execute(
        """
        INSERT INTO ca_authorities (name, key_label, certificate, not_before, not_after, line, state, parent, online, algorithm)
        VALUES (@Name, @keyLabel, @der, @from, @to, @Line, @state, @Parent, @online, @algorithm)
        """,
        new
        {
            authority.Name, keyLabel, der = authority.Certificate.Encode(), from = authority.Certificate.NotBefore.ToUnixTimeMilliseconds(),
            to = authority.Certificate.NotAfter.ToUnixTimeMilliseconds(), authority.Line, state = authority.State.ToString(), authority.Parent,
            online = authority.Signer is OfflineSigner ? 0L : 1L, algorithm = authority.Algorithm.ToString(),
        });

    /// <summary>Moves a CA into another state.</summary>
    public static void SetState(Session session, string name, AuthorityState state) =>
        session.Execute("UPDATE ca_authorities SET state = @state WHERE name = @name", new { name, state = state.ToString() });

    /// <summary>All CAs with their keys in the device, or null before initialisation.</summary>
    /// <param name="session">Reading.</param>
    /// <param name="device">The room's device.</param>
    /// <param name="token">The token of P-256 keys; null where there is none: its CAs are offline then.</param>
    public static AuthoritySet? Load(Session session, SoftwareDevice device, Pkcs11Device? token)
    {
        Authority[] all =
        [
            .. session.Query<AuthorityRow>("SELECT name, key_label, certificate, line, state, parent, online, algorithm FROM ca_authorities ORDER BY CASE WHEN line = 'root' THEN 0 ELSE 1 END, not_before, name LIMIT 1000").Select(row => Open(row, device, token)),
        ];
        return all.Any(one => one.Line == AuthorityNames.Root) && all.Any(one => one.Line == AuthorityNames.Operational) ? new AuthoritySet(all) : null;
    }

    /// <summary>Serials are reserved and intents opened before anything is signed, so the newest of these is the newest signature's.</summary>
    public static DateTimeOffset? LastIssue(Session session)
    {
        var intent = session.QueryFirst<long?>("SELECT opened_at FROM ca_intents ORDER BY number DESC LIMIT 1") ?? 0;
        var reserved = session.Scalar<long?>("SELECT max(reserved_at) FROM ca_reservations") ?? 0;
        var crl = session.Scalar<long?>("SELECT max(this_update) FROM ca_crls") ?? 0;
        var last = Math.Max(intent, Math.Max(reserved, crl));
        return last == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(last);
    }

    private static Authority Open(AuthorityRow row, SoftwareDevice device, Pkcs11Device? token)
    {
        var certificate = Certificate.Decode(row.Certificate);
        var state = Enum.Parse<AuthorityState>(row.State);
        var algorithm = Enum.Parse<KeyAlgorithm>(row.Algorithm);
        if (algorithm == KeyAlgorithm.P256)
        {
            return Fitting(row, certificate, row.Online == 0 || token is null ? new OfflineSigner(certificate, algorithm) : token.GetSigner(row.KeyLabel), state, algorithm);
        }

        var signer = (ISigner)(row.Online == 0 || (state is AuthorityState.Revoked or AuthorityState.Ended && !device.Contains(row.KeyLabel)) ? new OfflineSigner(certificate) : device.GetSigner(row.KeyLabel));
        return Fitting(row, certificate, signer, state, algorithm);
    }

    private static Authority Fitting(AuthorityRow row, Certificate certificate, ISigner signer, AuthorityState state, KeyAlgorithm algorithm) =>
        signer.PublicKey.Equals(certificate.PublicKey)
            ? new Authority(row.Name, certificate, signer, row.Line, state, row.Parent, algorithm)
            : throw new InvalidOperationException($"The device's key '{row.KeyLabel}' is not that of the CA certificate '{row.Name}': database and device do not belong together.");

    private sealed record AuthorityRow(string Name, string KeyLabel, byte[] Certificate, string Line, string State, string? Parent, long Online, string Algorithm);
}
