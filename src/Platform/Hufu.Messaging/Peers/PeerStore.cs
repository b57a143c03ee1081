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
    /// <param name="keepEarlier">The room goes on under new certificates and the ones before are good until they end: what is signed under the signing certificate registered so far is believed beside the new one until then.
    /// Without it whatever was registered before counts no more from the commit on.</param>
    /// <exception cref="RefusedException">FieldInvalid (also: nothing that these certificates follow is registered), CertificateNotValid, KeyReused (its signing key is its encryption key), Malformed.</exception>
    public void Register(Session session, PeerInfo info, IReadOnlyList<Certificate> chain, Uri? address = null, bool keepEarlier = false)
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

        DemandNotForgotten(session, signing, "signingCertificate");
        DemandNotForgotten(session, encryption, "encryptionCertificate");
        if (keepEarlier)
        {
            KeepEarlier(session, info.Name, signing, encryption, chain);
        }
        else
        {
            session.Execute("DELETE FROM messaging_peer_earlier WHERE name = @Name", new { info.Name });
        }

        session.Execute(
            """
            INSERT INTO messaging_peer (name, signing, encryption, address, registered, root) VALUES (@Name, @Signing, @Encryption, @Address, @Now, @Root)
            ON CONFLICT (name) DO UPDATE SET signing = excluded.signing, encryption = excluded.encryption, address = excluded.address, registered = excluded.registered, root = excluded.root
            """,
            new { Root = ActStatement.Digest(chain[^1].RawData.Span), info.Name, Signing = signing.Encode(), Encryption = encryption?.Encode(), Address = address?.AbsoluteUri, Now = now.ToUnixTimeMilliseconds() });
        Peer registered = new(info.Name, signing, encryption, address) { Earlier = EarlierOf(session, info.Name) };
        session.OnCommitted(() =>
        {
            _known[info.Name] = registered;
            Registered?.Invoke(info.Name);
        });
    }

    /// <summary>
    /// Takes the certificate that the CA has given a registered room after another of its certificates, in the caller's transaction: the new one is used from now on, what the old one signed is believed beside it
    /// until the old one ends. A room that is not registered here, the ledger's certificate, and one that is taken already change nothing.
    /// </summary>
    /// <param name="session">A writing session.</param>
    /// <param name="certified">The CA's fact.</param>
    /// <param name="root">The root that this room trusts.</param>
    /// <returns>Whether something changed.</returns>
    /// <exception cref="RefusedException">FieldInvalid, CertificateNotValid, Malformed: it does not follow the certificate that is registered.</exception>
    public bool Follow(Session session, ServiceCertified certified, Certificate root)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(certified);
        if (certified.Use == RoomIdentity.AuditLabel
            || session.QueryFirst<PeerRow>("SELECT name, signing, encryption, address FROM messaging_peer WHERE name = @Room", new { certified.Room })?.ToPeer() is not { } peer)
        {
            return false;
        }

        (Certificate certificate, IReadOnlyList<Certificate> chain) = RoomIdentity.Read(certified);
        bool signs = certified.Use == RoomIdentity.SigningLabel;
        if ((signs ? peer.Signing : peer.Encryption) is not { } old || old.SerialHex != certified.OldSerial || certificate.Equals(old))
        {
            return false;
        }

        DateTimeOffset now = clock.GetUtcNow();
        // Longer than the one before, so that an older one that is sent again never comes back; and no key for two uses.
        if (!certificate.Subject.RawData.Span.SequenceEqual(old.Subject.RawData.Span) || certificate.KeyUsage != old.KeyUsage || certificate.NotAfter <= old.NotAfter
            || !SameRoot(session, peer, old, chain, root) || certificate.PublicKey.Equals(signs ? peer.Encryption?.PublicKey : peer.Signing.PublicKey))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} does not follow {old.SerialHex} of '{peer.Name}'.", "certificate");
        }

        DemandNotForgotten(session, certificate, "certificate");
        ChainCheck.Require(certificate, signs ? KeyUsages.DigitalSignature : KeyUsages.KeyEncipherment, chain, now, "certificate");
        if (signs)
        {
            AddEarlier(session, peer.Name, old, certificate);
        }

        session.Execute(
            signs ? "UPDATE messaging_peer SET signing = @der WHERE name = @name" : "UPDATE messaging_peer SET encryption = @der WHERE name = @name", new { der = certificate.Encode(), name = peer.Name });
        Peer followed = (signs ? peer with { Signing = certificate } : peer with { Encryption = certificate }) with { Earlier = EarlierOf(session, peer.Name) };
        session.OnCommitted(() =>
        {
            _known[peer.Name] = followed;
            Registered?.Invoke(peer.Name);
        });
        return true;
    }

    // The root that people have registered the room under is trusted for this room alone, and for this room nothing else is: what another root of ours has signed does not take over a room that stands under its own.
    // A registration that did not keep its root: the key that signed the registered certificate must have signed the new one, or an issuer of that name under the root that this room trusts.
    private static bool SameRoot(Session session, Peer peer, Certificate old, IReadOnlyList<Certificate> chain, Certificate root) =>
        session.QueryFirst<string>("SELECT root FROM messaging_peer WHERE name = @Name", new { peer.Name }) is { } registered
            ? ActStatement.Digest(chain[^1].RawData.Span) == registered
            : old.IsSignedBy(chain[0]) || (chain[^1].Equals(root) && old.Issuer.RawData.Span.SequenceEqual(chain[0].Subject.RawData.Span));

    private static void DemandNotForgotten(Session session, Certificate? certificate, string field)
    {
        if (certificate is not null && session.Scalar<long>("SELECT count(*) FROM messaging_forgotten WHERE digest = @digest", new { digest = ActStatement.Digest(certificate.RawData.Span) }) > 0)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The certificate {certificate.SerialHex} has been revoked.", field);
        }
    }

    // The signing certificate that is registered stays good beside the new one; both must be the same room's of the same issuer, as in Follow. One that has ended is not kept: nothing under it is believed.
    private static void KeepEarlier(Session session, string name, Certificate signing, Certificate? encryption, IReadOnlyList<Certificate> chain)
    {
        Peer before = session.QueryFirst<PeerRow>("SELECT name, signing, encryption, address FROM messaging_peer WHERE name = @name", new { name })?.ToPeer()
            ?? throw new RefusedException(RefusalCode.FieldInvalid, $"'{name}' is not registered, so nothing goes before these certificates.", "keepEarlier");
        if (!Follows(signing, before.Signing, chain) || (before.Encryption is { } old && (encryption is null || !Follows(encryption, old, chain))))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificates do not follow those registered for '{name}': name, usage or issuer is another.", "keepEarlier");
        }

        AddEarlier(session, name, before.Signing, signing);
    }

    // The issuer's own key, and not its name, says that it is the same: the chain's first certificate has signed both (ChainCheck has it for the new one).
    private static bool Follows(Certificate certificate, Certificate old, IReadOnlyList<Certificate> chain) =>
        certificate.Subject.RawData.Span.SequenceEqual(old.Subject.RawData.Span) && certificate.KeyUsage == old.KeyUsage && old.IsSignedBy(chain[0]);

    private static void AddEarlier(Session session, string name, Certificate old, Certificate present)
    {
        if (!old.Equals(present))
        {
            session.Execute(
                "INSERT INTO messaging_peer_earlier (name, digest, certificate, ends) VALUES (@name, @Digest, @Der, @Ends) ON CONFLICT (name, digest) DO NOTHING",
                new { name, Digest = ActStatement.Digest(old.RawData.Span), Der = old.Encode(), Ends = old.NotAfter.ToUnixTimeMilliseconds() });
        }
    }

    /// <summary>Ends the registration of whichever room has this certificate, in the caller's transaction: it is revoked, and never taken again. The room is certified and registered anew before it is heard again.</summary>
    /// <param name="session">A writing session.</param>
    /// <param name="certificate">The signing or encryption certificate, DER.</param>
    /// <returns>Whether a room had it.</returns>
    public bool Forget(Session session, byte[] certificate)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Execute(
            "INSERT INTO messaging_forgotten (digest, at) VALUES (@digest, @now) ON CONFLICT (digest) DO NOTHING", new { digest = ActStatement.Digest(certificate), now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        string? name = session.QueryFirst<string>(
            "SELECT name FROM messaging_peer WHERE signing = @certificate OR encryption = @certificate UNION SELECT name FROM messaging_peer_earlier WHERE certificate = @certificate", new { certificate });
        if (name is null)
        {
            return false;
        }

        session.Execute("DELETE FROM messaging_peer WHERE name = @name", new { name });
        session.Execute("DELETE FROM messaging_peer_earlier WHERE name = @name", new { name });
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

        Peer? found = await database.ReadAsync(
            session => session.QueryFirst<PeerRow>("SELECT name, signing, encryption, address FROM messaging_peer WHERE name = @name", new { name })?.ToPeer() is { } peer
                ? peer with { Earlier = EarlierOf(session, name) } : null,
            ct).ConfigureAwait(false);
        return found is null ? null : _known.GetOrAdd(name, found);
    }

    private IReadOnlyList<Certificate> EarlierOf(Session session, string name) =>
    [
        .. session.Query<byte[]>("SELECT certificate FROM messaging_peer_earlier WHERE name = @name AND ends > @now ORDER BY ends DESC LIMIT 4", new { name, now = clock.GetUtcNow().ToUnixTimeMilliseconds() })
            .Select(der => Certificate.Decode(der)),
    ];

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
