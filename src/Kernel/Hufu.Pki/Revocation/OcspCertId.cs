using System.Formats.Asn1;

namespace Hufu.Pki;

// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING, serialNumber CertificateSerialNumber }   (RFC 6960 4.1.1)

/// <summary>How OCSP names a certificate: hashes of issuer name and key, and the serial. Echoed byte for byte in the answer.</summary>
public sealed class OcspCertId : IEquatable<OcspCertId>
{
    private OcspCertId(AlgorithmIdentifier hashAlgorithm, ReadOnlyMemory<byte> nameHash, ReadOnlyMemory<byte> keyHash, SerialNumber serial, ReadOnlyMemory<byte> rawData)
    {
        HashAlgorithm = hashAlgorithm;
        IssuerNameHash = nameHash;
        IssuerKeyHash = keyHash;
        SerialNumber = serial;
        RawData = rawData;
    }

    /// <summary>SM3, SHA-1 or SHA-256; another one can be read but matches nothing.</summary>
    public AlgorithmIdentifier HashAlgorithm { get; }

    /// <summary>Hash of the issuer's encoded name.</summary>
    public ReadOnlyMemory<byte> IssuerNameHash { get; }

    /// <summary>Hash of the content of the issuer's public key BIT STRING.</summary>
    public ReadOnlyMemory<byte> IssuerKeyHash { get; }

    /// <summary>The serial asked about.</summary>
    public SerialNumber SerialNumber { get; }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Names a certificate.</summary>
    /// <param name="issuer">The issuer's certificate.</param>
    /// <param name="serial">The certificate's serial.</param>
    /// <param name="hashOid"><see cref="Oids.Sm3"/>, <see cref="Oids.Sha1"/> or <see cref="Oids.Sha256"/>.</param>
    /// <exception cref="PkiException">Another hash.</exception>
    public static OcspCertId Create(Certificate issuer, SerialNumber serial, string hashOid)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        AlgorithmIdentifier algorithm = hashOid == Oids.Sm3 ? AlgorithmIdentifier.Sm3 : AlgorithmIdentifier.Create(hashOid, new byte[] { DerTag.Null, 0 });
        byte[] name = Digests.Hash(hashOid, issuer.Subject.RawData.Span), key = Digests.Hash(hashOid, issuer.PublicKey.PublicKey.Span);
        return new OcspCertId(algorithm, name, key, serial, DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                algorithm.Write(w);
                w.WriteOctetString(name);
                w.WriteOctetString(key);
                serial.Write(w);
            }
        }));
    }

    /// <summary>True when it names a certificate of this issuer.</summary>
    public bool IsOf(Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return Digests.Size(HashAlgorithm.Oid) != 0
            && IssuerNameHash.Span.SequenceEqual(Digests.Hash(HashAlgorithm.Oid, issuer.Subject.RawData.Span))
            && IssuerKeyHash.Span.SequenceEqual(Digests.Hash(HashAlgorithm.Oid, issuer.PublicKey.PublicKey.Span));
    }

    internal static OcspCertId Read(ref DerReader reader)
    {
        ReadOnlyMemory<byte> raw = reader.ReadEncoded();
        DerReader element = new(raw);
        DerReader fields = element.ReadSequence();
        OcspCertId id = new(AlgorithmIdentifier.Read(ref fields), fields.ReadOctetString(), fields.ReadOctetString(), SerialNumber.Read(ref fields), raw);
        fields.ThrowIfNotEmpty();
        return id;
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);

    /// <inheritdoc/>
    public bool Equals(OcspCertId? other) => other is not null && HashAlgorithm.Oid == other.HashAlgorithm.Oid && SerialNumber == other.SerialNumber
        && IssuerNameHash.Span.SequenceEqual(other.IssuerNameHash.Span) && IssuerKeyHash.Span.SequenceEqual(other.IssuerKeyHash.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OcspCertId);

    /// <inheritdoc/>
    public override int GetHashCode() => SerialNumber.GetHashCode();
}
