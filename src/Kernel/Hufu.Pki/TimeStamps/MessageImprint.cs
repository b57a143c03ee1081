using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Hufu.Pki;

// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }   (RFC 3161 2.4.1)

/// <summary>What is stamped: a hash with its algorithm.</summary>
/// <param name="HashAlgorithm">SM3 or SHA-256.</param>
/// <param name="Hash">The hash.</param>
public sealed record MessageImprint(AlgorithmIdentifier HashAlgorithm, ReadOnlyMemory<byte> Hash)
{
    /// <summary>SM3 of data.</summary>
    public static MessageImprint OfData(ReadOnlySpan<byte> data) => new(AlgorithmIdentifier.Sm3, Crypto.Sm3.HashData(data));

    /// <summary>True when the algorithm is SM3 or SHA-256 without parameters and the hash has its length (interop.md).</summary>
    public bool IsSupported => HashAlgorithm.Oid is Oids.Sm3 or Oids.Sha256 && HashAlgorithm.HasNoParameters && Hash.Length == Digests.Size(HashAlgorithm.Oid);

    /// <summary>True when it is the hash of the data.</summary>
    public bool IsOf(ReadOnlySpan<byte> data) => IsSupported && CryptographicOperations.FixedTimeEquals(Hash.Span, Digests.Hash(HashAlgorithm.Oid, data));

    internal static MessageImprint Read(ref DerReader reader)
    {
        DerReader fields = reader.ReadSequence();
        MessageImprint imprint = new(AlgorithmIdentifier.Read(ref fields), fields.ReadOctetString());
        fields.ThrowIfNotEmpty();
        return imprint;
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            HashAlgorithm.Write(writer);
            writer.WriteOctetString(Hash.Span);
        }
    }

    /// <summary>Same algorithm, same hash.</summary>
    public bool Equals(MessageImprint? other) => other is not null && HashAlgorithm.Oid == other.HashAlgorithm.Oid && Hash.Span.SequenceEqual(other.Hash.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HashAlgorithm.Oid, Hash.Length);
}
