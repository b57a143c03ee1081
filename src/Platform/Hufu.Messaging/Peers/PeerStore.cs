using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>The rooms that a room talks with (table <c>messaging_peer</c>), kept in memory once read.</summary>
public sealed class PeerStore(Database database, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Peer> _known = new();

    /// <summary>Raised after a registration is durable: what waits for that room may go out now.</summary>
    internal event Action<string>? Registered;

    /// <summary>Registers a room, or replaces its certificates, in the caller's transaction (an act, or the room's own initialisation).</summary>
    /// <param name="session">A writing session.</param>
    /// <param name="info">Name and certificates.</param>
    /// <param name="chain">The issuing CA first, the self-signed root last; trusted for this room only. The caller decides that it is the right root.</param>
    /// <param name="address">Where the room runs, null for this process.</param>
    /// <exception cref="RefusedException">FieldInvalid, CertificateNotValid, KeyReused (its signing key is its encryption key), Malformed.</exception>
    public void Register(Session session, PeerInfo info, IReadOnlyList<Certificate> chain, Uri? address = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(chain);
        if (!Rooms.IsName(info.Name))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"There is no room called '{info.Name}'.", "name");
        }

        if (address is not null && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A room's address is an http or https address.", "address");
        }

        DateTimeOffset now = clock.GetUtcNow();
        Certificate signing = Read(info.SigningCertificate, "signingCertificate");
        ChainCheck.Require(signing, KeyUsages.DigitalSignature, chain, now, "signingCertificate");
        Certificate? encryption = info.EncryptionCertificate is { } der ? Read(der, "encryptionCertificate") : null;
        if (encryption is not null)
        {
            ChainCheck.Require(encryption, KeyUsages.KeyEncipherment, chain, now, "encryptionCertificate");
            if (encryption.PublicKey.Equals(signing.PublicKey))
            {
                throw new RefusedException(RefusalCode.KeyReused, "The room's encryption key is its signing key.", "encryptionCertificate");
            }
        }

        session.Execute(
            """
            INSERT INTO messaging_peer (name, signing, encryption, address, registered) VALUES (@Name, @Signing, @Encryption, @Address, @Now)
            ON CONFLICT (name) DO UPDATE SET signing = excluded.signing, encryption = excluded.encryption, address = excluded.address, registered = excluded.registered
            """,
            new { info.Name, Signing = signing.Encode(), Encryption = encryption?.Encode(), Address = address?.AbsoluteUri, Now = now.ToUnixTimeMilliseconds() });
        session.OnCommitted(() =>
        {
            _known[info.Name] = new Peer(info.Name, signing, encryption, address);
            Registered?.Invoke(info.Name);
        });
    }

    /// <summary>Ends the registration of whichever room has this certificate, in the caller's transaction: it is revoked. The room is certified and registered anew before it is heard again.</summary>
    /// <param name="session">A writing session.</param>
    /// <param name="certificate">The signing or encryption certificate, DER.</param>
    /// <returns>Whether a room had it.</returns>
    public bool Forget(Session session, byte[] certificate)
    {
        ArgumentNullException.ThrowIfNull(session);
        string? name = session.QueryFirst<string>("SELECT name FROM messaging_peer WHERE signing = @certificate OR encryption = @certificate", new { certificate });
        if (name is null)
        {
            return false;
        }

        session.Execute("DELETE FROM messaging_peer WHERE name = @name", new { name });
        session.OnCommitted(() => _known.TryRemove(name, out _));
        return true;
    }

    /// <summary>A registered room, or null.</summary>
    public async Task<Peer?> FindAsync(string name, CancellationToken ct)
    {
        if (_known.TryGetValue(name, out Peer? known))
        {
            return known;
        }

        PeerRow? row = await database.ReadAsync(
            session => session.QueryFirst<PeerRow>("SELECT name, signing, encryption, address FROM messaging_peer WHERE name = @name", new { name }), ct).ConfigureAwait(false);
        return row is null ? null : _known.GetOrAdd(name, row.ToPeer());
    }

    /// <summary>All registered rooms, by name.</summary>
    public async Task<IReadOnlyList<Peer>> AllAsync(CancellationToken ct)
    {
        IReadOnlyList<PeerRow> rows = await database.ReadAsync(
            session => session.Query<PeerRow>("SELECT name, signing, encryption, address FROM messaging_peer ORDER BY name LIMIT 1000"), ct).ConfigureAwait(false);
        return [.. rows.Select(r => r.ToPeer())];
    }

    private static Certificate Read(byte[] der, string field)
    {
        try
        {
            return Certificate.Decode(der);
        }
        catch (PkiException e)
        {
            throw new RefusedException(RefusalCode.Malformed, e.Message, field);
        }
    }

    private sealed record PeerRow(string Name, byte[] Signing, byte[]? Encryption, string? Address)
    {
        public Peer ToPeer() =>
            new(Name, Certificate.Decode(Signing), Encryption is null ? null : Certificate.Decode(Encryption), Address is null ? null : new Uri(Address));
    }
}
