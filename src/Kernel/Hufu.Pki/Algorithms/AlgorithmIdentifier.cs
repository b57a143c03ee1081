using System.Formats.Asn1;

namespace Hufu.Pki;

// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }   (RFC 5280 4.1.1.2)

/// <summary>An algorithm with its parameters. Immutable; keeps the bytes it was read from. Equality is equality of the encodings.</summary>
public sealed class AlgorithmIdentifier : IEquatable<AlgorithmIdentifier>
{
    private static readonly byte[] s_null = [DerTag.Null, 0];

    private AlgorithmIdentifier(string oid, ReadOnlyMemory<byte>? parameters, ReadOnlyMemory<byte> rawData)
    {
        Oid = oid;
        Parameters = parameters;
        RawData = rawData;
    }

    /// <summary>sm2-with-sm3, parameters absent (GM/T 0092 6.2): what certificates, lists and OCSP answers are written with.</summary>
    public static AlgorithmIdentifier Sm2WithSm3 { get; } = Create(Oids.Sm2WithSm3);

    /// <summary>SM2-1: a signer's algorithm in GM/T 0010.</summary>
    public static AlgorithmIdentifier Sm2Signing { get; } = Create(Oids.Sm2Signing);

    /// <summary>SM2-3: key transport.</summary>
    public static AlgorithmIdentifier Sm2Encryption { get; } = Create(Oids.Sm2Encryption);

    /// <summary>The SM2 algorithm as a key type (GM/T 0014 appKeyType).</summary>
    public static AlgorithmIdentifier Sm2 { get; } = Create(Oids.Sm2);

    /// <summary>SM3, parameters absent.</summary>
    public static AlgorithmIdentifier Sm3 { get; } = Create(Oids.Sm3);

    /// <summary>SHA-256, parameters absent.</summary>
    public static AlgorithmIdentifier Sha256 { get; } = Create(Oids.Sha256);

    /// <summary>SM4 without a mode (GM/T 0014 retSymAlg).</summary>
    public static AlgorithmIdentifier Sm4 { get; } = Create(Oids.Sm4);

    /// <summary>SM4 in ECB mode, parameters absent.</summary>
    public static AlgorithmIdentifier Sm4Ecb { get; } = Create(Oids.Sm4Ecb);

    /// <summary>ECDSA with SHA-256.</summary>
    public static AlgorithmIdentifier EcdsaWithSha256 { get; } = Create(Oids.EcdsaWithSha256);

    /// <summary>The algorithm, dotted.</summary>
    public string Oid { get; }

    /// <summary>The encoded parameters, or null when absent.</summary>
    public ReadOnlyMemory<byte>? Parameters { get; }

    /// <summary>The DER of the whole SEQUENCE.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>True when the parameters are absent or NULL: the two forms that are accepted as "none".</summary>
    public bool HasNoParameters => Parameters is not { } p || p.Span.SequenceEqual(s_null);

    /// <summary>Builds one.</summary>
    /// <param name="oid">The algorithm, dotted.</param>
    /// <param name="parameters">One DER element, or null for absent.</param>
    public static AlgorithmIdentifier Create(string oid, ReadOnlyMemory<byte>? parameters = null)
    {
        byte[] encoded = DerWriting.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(oid);
                if (parameters is { } p)
                {
                    writer.WriteRaw(p.Span);
                }
            }
        });
        return new AlgorithmIdentifier(oid, parameters, encoded);
    }

    /// <summary>SM4 in CBC mode.</summary>
    /// <param name="iv">The 16-byte initialisation vector.</param>
    public static AlgorithmIdentifier Sm4Cbc(ReadOnlySpan<byte> iv)
    {
        byte[] octets = iv.ToArray();
        return Create(Oids.Sm4Cbc, DerWriting.Encode(w => w.WriteOctetString(octets)));
    }

    /// <summary>Reads one that stands alone.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not an AlgorithmIdentifier.</exception>
    public static AlgorithmIdentifier Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "an AlgorithmIdentifier");
        DerReader reader = new(der);
        return Read(ref reader);
    }

    internal static AlgorithmIdentifier Read(ref DerReader reader)
    {
        ReadOnlyMemory<byte> raw = reader.ReadEncoded();
        if (raw.Span.SequenceEqual(Sm2WithSm3.RawData.Span))
        {
            return Sm2WithSm3;
        }

        DerReader outer = new(raw);
        DerReader inner = outer.ReadSequence();
        string oid = inner.ReadOid();
        ReadOnlyMemory<byte>? parameters = inner.IsEmpty ? (ReadOnlyMemory<byte>?)null : inner.ReadEncoded();
        inner.ThrowIfNotEmpty();
        return new AlgorithmIdentifier(oid, parameters, raw);
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);

    /// <inheritdoc/>
    public bool Equals(AlgorithmIdentifier? other) => other is not null && RawData.Span.SequenceEqual(other.RawData.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AlgorithmIdentifier);

    /// <inheritdoc/>
    public override int GetHashCode() => Oid.GetHashCode(StringComparison.Ordinal);

    /// <summary>The dotted object identifier.</summary>
    public override string ToString() => Oid;
}
