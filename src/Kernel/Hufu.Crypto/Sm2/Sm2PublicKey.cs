using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>An SM2 public key: a point of sm2p256v1 that is not infinity. Immutable; safe for several threads at once.</summary>
public sealed class Sm2PublicKey : IEquatable<Sm2PublicKey>
{
    private readonly byte[] _octets; // 04‖X‖Y
    private readonly Affine<FieldElement> _point;
    private CombTable? _comb;
    private LaneComb? _lanes;

    private Sm2PublicKey(byte[] octets, in Affine<FieldElement> point)
    {
        _octets = octets;
        _point = point;
    }

    internal ref readonly Affine<FieldElement> Point => ref _point;

    /// <summary>Takes an uncompressed point.</summary>
    /// <param name="point">04‖X‖Y, 65 octets.</param>
    /// <param name="key">The key.</param>
    /// <returns>False when the octets are not of that form, a coordinate is not below p, or the point is not on the curve.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> point, [NotNullWhen(true)] out Sm2PublicKey? key)
    {
        key = null;
        if (point.Length != Sm2.PublicKeySize || point[0] != 0x04 || !CurveParameters.TryTake(U256.Read(point[1..]), U256.Read(point[33..]), out Affine<FieldElement> taken))
        {
            return false;
        }

        key = new Sm2PublicKey(point.ToArray(), taken);
        return true;
    }

    /// <summary>The key of a private d: d·G, constant time.</summary>
    internal static Sm2PublicKey From(in U256 d)
    {
        GeneratorMultiples.Compute(d, out U256 x, out U256 y);
        byte[] octets = new byte[Sm2.PublicKeySize];
        octets[0] = 0x04;
        x.Write(octets.AsSpan(1));
        y.Write(octets.AsSpan(33));
        Affine<FieldElement> point;
        FieldElement.FromInteger(x, out point.X);
        FieldElement.FromInteger(y, out point.Y);
        return new Sm2PublicKey(octets, point);
    }

    /// <summary>Makes a table of multiples (72 KB with AVX-512, 190 KB without; about a millisecond) that speeds up every later verification under this key several times: for keys that are used often, such as a CA's. Once is enough.</summary>
    public void Precompute()
    {
        if (KernelPath.Lanes)
        {
            if (Volatile.Read(ref _lanes) is null)
            {
                Volatile.Write(ref _lanes, LaneComb.Create(_point));
            }
        }
        else if (Volatile.Read(ref _comb) is null)
        {
            Volatile.Write(ref _comb, CombTable.Create(_point));
        }
    }

    /// <summary>Writes 04‖X‖Y to the first 65 octets of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void Encode(Span<byte> destination) => _octets.CopyTo(destination);

    /// <summary>04‖X‖Y, 65 octets.</summary>
    public byte[] Encode() => (byte[])_octets.Clone();

    /// <summary>Z of GB/T 32918.2 clause 5.5: the digest of identifier, curve and key ("pre-processing 1" of GM/T 0009).</summary>
    /// <param name="id">The holder's identifier, at most 8191 octets; <see cref="Sm2.DefaultId"/> unless agreed otherwise.</param>
    /// <param name="z">At least 32 octets.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is too long or <paramref name="z"/> too short.</exception>
    public void ComputeZ(ReadOnlySpan<byte> id, Span<byte> z)
    {
        if (id.Length > 8191)
        {
            throw new ArgumentException("An identifier has at most 8191 octets.", nameof(id));
        }

        Span<byte> entl = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(entl, (ushort)(8 * id.Length));
        Sm3State state = default;
        state.Reset();
        state.Append(entl);
        state.Append(id);
        state.Append(CurveOctets);
        state.Append(_octets.AsSpan(1));
        state.Finish(z);
    }

    /// <summary>e = SM3(Z ‖ message), what a signature is over ("pre-processing 2" of GM/T 0009).</summary>
    /// <param name="id">The signer's identifier.</param>
    /// <param name="message">The message.</param>
    /// <param name="e">At least 32 octets.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is too long or <paramref name="e"/> too short.</exception>
    public void ComputeDigest(ReadOnlySpan<byte> id, ReadOnlySpan<byte> message, Span<byte> e)
    {
        Span<byte> z = stackalloc byte[Sm3.HashSizeInBytes];
        ComputeZ(id, z);
        Sm3State state = default;
        state.Reset();
        state.Append(z);
        state.Append(message);
        state.Finish(e);
    }

    /// <summary>Verifies a signature over the digest e (GB/T 32918.2 clause 7.1 from B3 on).</summary>
    /// <param name="e">32 octets.</param>
    /// <param name="signature">r‖s, 64 octets; any other length is refused.</param>
    /// <returns>Whether the signature is this key's over e.</returns>
    /// <exception cref="ArgumentException"><paramref name="e"/> is not 32 octets long.</exception>
    public bool VerifyDigest(ReadOnlySpan<byte> e, ReadOnlySpan<byte> signature)
    {
        if (e.Length != 32)
        {
            throw new ArgumentException("The digest has 32 octets.", nameof(e));
        }

        if (signature.Length != Sm2.SignatureSize)
        {
            return false;
        }

        if (!Sm2Verification.TryOpen(e, signature, out Sm2Verification v))
        {
            return false;
        }

        Jacobian<FieldElement> sum;
        if (Volatile.Read(ref _lanes) is { } lanes)
        {
            LaneComb.Double(LaneComb.Generator, v.S, lanes, v.T, out sum);
        }
        else if (Volatile.Read(ref _comb) is { } comb)
        {
            DoubleScalar.Combs(v.S, v.T, comb, out sum);
        }
        else if (KernelPath.Parallel)
        {
            GeneratorMultiples.Multiply(v.S, out sum);
            ParallelWindows.Multiply(_point, v.T, out Jacobian<FieldElement> other);
            CurveFormulas<FieldElement>.Cache(other, out Cached<FieldElement> cached);
            DoubleScalar.Add(ref sum, cached);
        }
        else
        {
            DoubleScalar.Interleaved(v.S, v.T, _point, out sum);
        }

        return DoubleScalar.HasX(sum, v.X);
    }

    /// <summary>Verifies a signature over a message.</summary>
    /// <param name="id">The signer's identifier.</param>
    /// <param name="message">The message.</param>
    /// <param name="signature">r‖s, 64 octets; any other length is refused.</param>
    /// <returns>Whether the signature is this key's over the message.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> has more than 8191 octets.</exception>
    public bool VerifyData(ReadOnlySpan<byte> id, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> e = stackalloc byte[Sm3.HashSizeInBytes];
        ComputeDigest(id, message, e);
        return VerifyDigest(e, signature);
    }

    /// <summary>Enciphers to this key (GB/T 32918.4 clause 6.1).</summary>
    /// <param name="plaintext">Any length.</param>
    /// <param name="ciphertext">Exactly 96 octets longer: C1 (X‖Y, 64) ‖ C3 (32) ‖ C2.</param>
    /// <exception cref="ArgumentException"><paramref name="ciphertext"/> has another length or overlaps the plaintext.</exception>
    /// <exception cref="CryptographicException">A self-test or the health test of the random source has failed.</exception>
    public void Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        if (ciphertext.Length != plaintext.Length + Sm2.CiphertextOverhead)
        {
            throw new ArgumentException("An SM2 ciphertext is 96 octets longer than its plaintext.", nameof(ciphertext));
        }

        if (plaintext.Overlaps(ciphertext))
        {
            throw new ArgumentException("Plaintext and ciphertext may not overlap.", nameof(ciphertext));
        }

        KernelHealth.Demand();

        Span<byte> shared = stackalloc byte[64];
        Span<Jacobian<FieldElement>> products = stackalloc Jacobian<FieldElement>[2];
        Span<U256> x = stackalloc U256[2], y = stackalloc U256[2];
        do
        {
            U256 k = SecureRandom.NextScalar();
            GeneratorMultiples.Multiply(k, out products[0]);
            VariableBase.Multiply(_point, k, out products[1]);
            Scalar.Clear(ref k);
            GeneratorMultiples.NormalizeAll(products, x, y);
            x[0].Write(ciphertext);
            y[0].Write(ciphertext[32..]);
            x[1].Write(shared);
            y[1].Write(shared[32..]);
        }
        while (!Sm2Kdf.Mask(shared, plaintext, ciphertext[96..]));

        Sm2Kdf.Digest(shared, plaintext, ciphertext.Slice(64, 32));
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(products));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(x));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(y));
    }

    /// <inheritdoc/>
    public bool Equals(Sm2PublicKey? other) => other is not null && _octets.AsSpan().SequenceEqual(other._octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Sm2PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_octets.AsSpan(1));

    // a ‖ b ‖ Gx ‖ Gy
    private static ReadOnlySpan<byte> CurveOctets =>
    [
        0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC,
        0x28, 0xE9, 0xFA, 0x9E, 0x9D, 0x9F, 0x5E, 0x34, 0x4D, 0x5A, 0x9E, 0x4B, 0xCF, 0x65, 0x09, 0xA7, 0xF3, 0x97, 0x89, 0xF5, 0x15, 0xAB, 0x8F, 0x92, 0xDD, 0xBC, 0xBD, 0x41, 0x4D, 0x94, 0x0E, 0x93,
        0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94, 0x8F, 0xE3, 0x0B, 0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7,
        0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6, 0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53, 0xD0, 0xA9, 0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02, 0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0,
    ];
}
