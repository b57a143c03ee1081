using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }   (RFC 5280 4.1)

/// <summary>A public key with its algorithm. SM2 everywhere; P-256 can be verified with. Immutable. Equality is equality of the keys, however spelt.</summary>
public sealed class SubjectPublicKeyInfo : IEquatable<SubjectPublicKeyInfo>
{
    private static readonly byte[] s_sm2Prefix = Convert.FromHexString("3059301306072A8648CE3D020106082A811CCF5501822D034200");
    private static readonly AlgorithmIdentifier s_sm2Algorithm = AlgorithmIdentifier.Decode(s_sm2Prefix.AsMemory(2, 21));
    private Sm2PublicKey? _sm2;
    private byte[]? _keyIdentifier;

    private SubjectPublicKeyInfo(AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> rawData, bool isSm2)
    {
        Algorithm = algorithm;
        PublicKey = publicKey;
        RawData = rawData;
        IsSm2 = isSm2;
    }

    /// <summary>The key's algorithm, for SM2 id-ecPublicKey with the curve.</summary>
    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The content of the BIT STRING; for an elliptic curve 04 || X || Y, 65 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The DER as read or written.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>True when the algorithm says SM2. The point may still be off the curve: see <see cref="Sm2"/>.</summary>
    public bool IsSm2 { get; }

    /// <summary>The SM2 key, or null when this is another algorithm or the point is not on the curve.</summary>
    public Sm2PublicKey? Sm2 => _sm2 ??= IsSm2 && Sm2PublicKey.TryDecode(PublicKey.Span, out Sm2PublicKey? key) ? key : null;

    /// <summary>True when this is a P-256 key.</summary>
    public bool IsP256 => Algorithm.Oid == Oids.EcPublicKey && Algorithm.Parameters is { } p && p.Span.SequenceEqual((ReadOnlySpan<byte>)[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]);

    /// <summary>The SM2 key.</summary>
    /// <exception cref="PkiException">Another algorithm (<see cref="PkiError.Unsupported"/>) or a point that is not on the curve (<see cref="PkiError.BadValue"/>).</exception>
    public Sm2PublicKey RequireSm2() => Sm2 ?? throw (IsSm2
        ? PkiException.BadValue("The public key is not a point of the SM2 curve.")
        : PkiException.Unsupported($"An SM2 key was expected, not {Algorithm.Oid}."));

    /// <summary>The key identifier that certificates here carry: the leftmost 160 bits of SM3 over <see cref="PublicKey"/> (RFC 7093 2, method 1, with SM3).</summary>
    public ReadOnlyMemory<byte> KeyIdentifier => _keyIdentifier ??= Sm3.HashData(PublicKey.Span)[..20];

    /// <summary>The encoding of an SM2 key: id-ecPublicKey, named curve, uncompressed point.</summary>
    public static SubjectPublicKeyInfo FromSm2(Sm2PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] der = new byte[s_sm2Prefix.Length + Crypto.Sm2.PublicKeySize];
        s_sm2Prefix.CopyTo(der, 0);
        key.Encode(der.AsSpan(s_sm2Prefix.Length));
        return new SubjectPublicKeyInfo(s_sm2Algorithm, der.AsMemory(s_sm2Prefix.Length), der, true) { _sm2 = key };
    }

    /// <summary>The encoding of a P-256 key: id-ecPublicKey, named curve prime256v1, uncompressed point (RFC 5480).</summary>
    /// <param name="point">04 || X || Y, 65 bytes.</param>
    /// <exception cref="PkiException">Not a point of the curve.</exception>
    public static SubjectPublicKeyInfo FromP256(ReadOnlySpan<byte> point) => P256.IsPoint(point)
        ? Decode((byte[])[0x30, 0x59, 0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7, 3, 0x42, 0, .. point])
        : throw PkiException.BadValue("The public key is not a point of P-256.");

    /// <summary>The encoding of the public half of a system key.</summary>
    /// <exception cref="PkiException">Not a P-256 key.</exception>
    internal static SubjectPublicKeyInfo FromEcdsa(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ECPoint q = key.ExportParameters(includePrivateParameters: false).Q;
        return FromP256([4, .. q.X ?? [], .. q.Y ?? []]);
    }

    /// <summary>Whether the key lies on the curve that its algorithm names; false for another algorithm than SM2 and P-256.</summary>
    public bool IsOnCurve => IsSm2 ? Sm2 is not null : IsP256 && P256.IsPoint(PublicKey.Span);

    /// <summary>Reads one that stands alone.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a SubjectPublicKeyInfo, or explicit curve parameters that are not sm2p256v1's.</exception>
    public static SubjectPublicKeyInfo Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "a SubjectPublicKeyInfo");
        DerReader reader = new(der);
        return Read(ref reader);
    }

    internal static SubjectPublicKeyInfo Read(ref DerReader reader)
    {
        ReadOnlyMemory<byte> raw = reader.ReadEncoded();
        if (raw.Length == s_sm2Prefix.Length + Crypto.Sm2.PublicKeySize && raw.Span.StartsWith(s_sm2Prefix))
        {
            return new SubjectPublicKeyInfo(s_sm2Algorithm, raw[s_sm2Prefix.Length..], raw, true);
        }

        DerReader outer = new(raw);
        DerReader inner = outer.ReadSequence();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref inner);
        ReadOnlyMemory<byte> key = inner.ReadBitString();
        inner.ThrowIfNotEmpty();
        return new SubjectPublicKeyInfo(algorithm, key, raw, DecideSm2(algorithm));
    }

    private static bool DecideSm2(AlgorithmIdentifier algorithm)
    {
        // Some issuers name the key SM2 instead of id-ecPublicKey (standards.md 3.1); the curve is then implied or repeated.
        if (algorithm.Oid == Oids.Sm2)
        {
            return algorithm.HasNoParameters || Sm2DomainParameters.AreSm2(algorithm.Parameters!.Value);
        }

        if (algorithm.Oid != Oids.EcPublicKey || algorithm.Parameters is not { } parameters)
        {
            return false;
        }

        bool sm2 = Sm2DomainParameters.AreSm2(parameters);
        return sm2 || parameters.Span[0] != DerTag.Sequence ? sm2 : throw PkiException.Unsupported("Explicit curve parameters other than those of sm2p256v1.");
    }

    /// <summary>A copy of <see cref="RawData"/>.</summary>
    public byte[] Encode() => RawData.ToArray();

    /// <summary>Verifies a signature over data with this key.</summary>
    /// <param name="algorithm">sm2-with-sm3 (parameters absent or NULL) for SM2, ecdsa-with-SHA256 for P-256; any other answers false.</param>
    /// <param name="data">What was signed, complete.</param>
    /// <param name="signature">DER SM2Signature or ECDSA-Sig-Value.</param>
    /// <returns>True only when it verifies; false for a malformed signature or another algorithm.</returns>
    public bool Verify(AlgorithmIdentifier algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        if (IsSm2)
        {
            return algorithm.Oid == Oids.Sm2WithSm3 && algorithm.HasNoParameters && VerifySm2(data, signature);
        }

        return IsP256 && algorithm.Oid == Oids.EcdsaWithSha256 && algorithm.HasNoParameters && VerifyP256(data, signature);
    }

    /// <summary>SM2 with the default user id, whatever algorithm identifier the surrounding structure wrote.</summary>
    internal bool VerifySm2(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signatureDer)
    {
        Span<byte> signature = stackalloc byte[Crypto.Sm2.SignatureSize];
        return Sm2 is { } key && Sm2SignatureValue.TryDecode(signatureDer, signature) && key.VerifyData(Crypto.Sm2.DefaultId, data, signature);
    }

    private bool VerifyP256(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!P256.IsPoint(PublicKey.Span))
        {
            return false;
        }

        try
        {
            using ECDsa ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = PublicKey[1..33].ToArray(), Y = PublicKey[33..].ToArray() },
            });
            return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);

    /// <inheritdoc/>
    public bool Equals(SubjectPublicKeyInfo? other) =>
        other is not null && IsSm2 == other.IsSm2 && (IsSm2 ? PublicKey.Span.SequenceEqual(other.PublicKey.Span) : RawData.Span.SequenceEqual(other.RawData.Span));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SubjectPublicKeyInfo);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(PublicKey.Span);
        return hash.ToHashCode();
    }
}
