using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>The CAs whose certificates are asked about, by the hashes that stand in CertIDs: SHA-1, SHA-256 and SM3 (clients differ). A few; read by many, replaced as a whole.</summary>
internal sealed class Issuers
{
    private static readonly string[] Hashes = [Oids.Sm3, Oids.Sha1, Oids.Sha256];

    private readonly Lock _writing = new();
    private Entry[] _entries = [];

    /// <summary>The CA certificates known.</summary>
    public IReadOnlyList<Certificate> Certificates => [.. Volatile.Read(ref _entries).Select(entry => entry.Certificate).Distinct()];

    /// <summary>Adds a CA certificate; again is harmless.</summary>
    /// <param name="ca">The CA's name.</param>
    /// <param name="certificate">Its certificate.</param>
    public void Add(string ca, Certificate certificate)
    {
        lock (_writing)
        {
            if (!_entries.Any(entry => entry.Certificate.Equals(certificate)))
            {
                Volatile.Write(ref _entries, [.. _entries, .. Hashes.Select(hash => Entry.Of(ca, certificate, hash))]);
            }
        }
    }

    /// <summary>The issuer that a CertID names; null when it is none of ours.</summary>
    public Issuer? Find(OcspCertId id)
    {
        foreach (var entry in Volatile.Read(ref _entries))
        {
            if (entry.Names(id))
            {
                return new Issuer(entry.Ca, entry.Certificate);
            }
        }

        return null;
    }

    private sealed record Entry(string Ca, Certificate Certificate, string Hash, byte[] Name, byte[] Key)
    {
        public static Entry Of(string ca, Certificate certificate, string hash)
        {
            var id = OcspCertId.Create(certificate, certificate.SerialNumber, hash);
            return new Entry(ca, certificate, hash, id.IssuerNameHash.ToArray(), id.IssuerKeyHash.ToArray());
        }

        public bool Names(OcspCertId id) => id.HashAlgorithm.Oid == Hash && id.HashAlgorithm.HasNoParameters
            && id.IssuerKeyHash.Span.SequenceEqual(Key) && id.IssuerNameHash.Span.SequenceEqual(Name);
    }
}

/// <summary>An issuer that a CertID names.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="Certificate">Its certificate.</param>
internal sealed record Issuer(string Ca, Certificate Certificate);
