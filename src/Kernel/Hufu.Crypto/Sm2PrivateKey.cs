using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using Point = Hufu.Crypto.Sm2Arithmetic.Point;

namespace Hufu.Crypto;

/// <summary>An SM2 private key d, 1 ≤ d ≤ n − 2 (GM/T 0009 clause 5.1). Wiped when disposed; safe for several threads at once until then.</summary>
public sealed class Sm2PrivateKey : IDisposable
{
    private readonly byte[] _d;
    private bool _disposed;

    private Sm2PrivateKey(ReadOnlySpan<byte> d)
    {
        _d = GC.AllocateArray<byte>(Sm2.PrivateKeySize, pinned: true);
        d.CopyTo(_d);
        PublicKey = Sm2PublicKey.From(Sm2Arithmetic.Read(d));
    }

    /// <summary>The point dG.</summary>
    public Sm2PublicKey PublicKey { get; }

    /// <summary>A fresh random key.</summary>
    public static Sm2PrivateKey Generate()
    {
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        Sm2Arithmetic.Write(Sm2Arithmetic.RandomScalar(), d);
        Sm2PrivateKey key = new(d);
        CryptographicOperations.ZeroMemory(d);
        return key;
    }

    /// <summary>Takes a private key.</summary>
    /// <param name="d">32 octets, big endian.</param>
    /// <param name="key">The key; the caller disposes it.</param>
    /// <returns>False when the length is another or d is not in 1 … n − 2.</returns>
    public static bool TryImport(ReadOnlySpan<byte> d, [NotNullWhen(true)] out Sm2PrivateKey? key)
    {
        key = null;
        if (d.Length != Sm2.PrivateKeySize)
        {
            return false;
        }

        BigInteger value = Sm2Arithmetic.Read(d);
        if (value.IsZero || value > Sm2Arithmetic.N - 2)
        {
            return false;
        }

        key = new Sm2PrivateKey(d);
        return true;
    }

    /// <summary>Writes d, big endian, to the first 32 octets of <paramref name="d"/>; the caller wipes them.</summary>
    /// <exception cref="ArgumentException"><paramref name="d"/> is shorter.</exception>
    public void Export(Span<byte> d)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _d.CopyTo(d);
    }

    /// <summary>Signs the digest e (GB/T 32918.2 clause 6.1 from A3 on).</summary>
    /// <param name="e">32 octets.</param>
    /// <param name="signature">r‖s to the first 64 octets.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void SignDigest(ReadOnlySpan<byte> e, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (e.Length != 32)
        {
            throw new ArgumentException("The digest has 32 octets.", nameof(e));
        }

        if (signature.Length < Sm2.SignatureSize)
        {
            throw new ArgumentException("A signature needs 64 octets.", nameof(signature));
        }

        BigInteger n = Sm2Arithmetic.N, d = Sm2Arithmetic.Read(_d), digest = Sm2Arithmetic.Read(e);
        while (true)
        {
            BigInteger k = Sm2Arithmetic.RandomScalar();
            BigInteger r = (digest + Point.From(Sm2Arithmetic.G).Multiply(k).ToAffine().X) % n;
            BigInteger s = Sm2Arithmetic.Mod(Sm2Arithmetic.Invert(1 + d, n) * (k - (r * d)), n);
            if (!r.IsZero && r + k != n && !s.IsZero)
            {
                Sm2Arithmetic.Write(r, signature);
                Sm2Arithmetic.Write(s, signature[32..]);
                return;
            }
        }
    }

    /// <summary>Signs a message: <see cref="SignDigest"/> over SM3(Z ‖ message).</summary>
    /// <param name="id">The signer's identifier, <see cref="Sm2.DefaultId"/> unless agreed otherwise.</param>
    /// <param name="message">The message.</param>
    /// <param name="signature">r‖s to the first 64 octets.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void SignData(ReadOnlySpan<byte> id, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> e = stackalloc byte[Sm3.HashSizeInBytes];
        PublicKey.ComputeDigest(id, message, e);
        SignDigest(e, signature);
    }

    /// <summary>Deciphers (GB/T 32918.4 clause 7.1).</summary>
    /// <param name="ciphertext">C1 (X‖Y, 64) ‖ C3 (32) ‖ C2.</param>
    /// <param name="plaintext">Exactly 96 octets shorter. Zeroed when the answer is false.</param>
    /// <returns>False when the ciphertext is too short, C1 is not on the curve, or C3 is not the digest of what came out.</returns>
    /// <exception cref="ArgumentException"><paramref name="plaintext"/> has another length.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (ciphertext.Length < Sm2.CiphertextOverhead)
        {
            plaintext.Clear();
            return false;
        }

        if (plaintext.Length != ciphertext.Length - Sm2.CiphertextOverhead)
        {
            throw new ArgumentException("An SM2 plaintext is 96 octets shorter than its ciphertext.", nameof(plaintext));
        }

        BigInteger x1 = Sm2Arithmetic.Read(ciphertext[..32]), y1 = Sm2Arithmetic.Read(ciphertext.Slice(32, 32));
        if (!Sm2Arithmetic.IsOnCurve(x1, y1))
        {
            plaintext.Clear();
            return false;
        }

        (BigInteger x2, BigInteger y2) = new Point(x1, y1, 1).Multiply(Sm2Arithmetic.Read(_d)).ToAffine();
        Span<byte> shared = stackalloc byte[64];
        Span<byte> digest = stackalloc byte[32];
        Sm2Arithmetic.Write(x2, shared);
        Sm2Arithmetic.Write(y2, shared[32..]);
        bool right = Sm2Kdf.Mask(shared, ciphertext[96..], plaintext);
        Sm2Kdf.Digest(shared, plaintext, digest);
        right &= CryptographicOperations.FixedTimeEquals(digest, ciphertext.Slice(64, 32));
        if (!right)
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }

        CryptographicOperations.ZeroMemory(shared);
        return right;
    }

    /// <summary>Wipes d.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_d);
    }
}
