using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>An SM2 private key d, 1 ≤ d ≤ n − 2 (GM/T 0009 clause 5.1). Wiped when disposed or collected; safe for several threads at once until then.</summary>
public sealed class Sm2PrivateKey : IDisposable
{
    /// <summary>Everything secret, in one pinned place, so that wiping it wipes it all.</summary>
    private struct Secret
    {
        internal U256 D;

        /// <summary>(1 + d)⁻¹·R mod n.</summary>
        internal U256 Inverse;

        /// <summary>HMAC-SM3 keyed with d, for nonces.</summary>
        internal HmacSm3State Nonces;
    }

    private readonly Secret[] _secret = GC.AllocateArray<Secret>(1, pinned: true);
    private bool _disposed;

    private Sm2PrivateKey(in U256 d)
    {
        ref Secret secret = ref _secret[0];
        secret.D = d;
        secret.Inverse = Scalar.ToMontgomery(Scalar.Invert(Scalar.Add(d, new U256(0, 0, 0, 1))));
        Span<byte> octets = stackalloc byte[Sm2.PrivateKeySize];
        d.Write(octets);
        secret.Nonces.SetKey(octets);
        CryptographicOperations.ZeroMemory(octets);
        PublicKey = Sm2PublicKey.From(d);
    }

    /// <summary>Wipes d where <see cref="Dispose"/> was forgotten.</summary>
    ~Sm2PrivateKey() => Wipe();

    /// <summary>The point dG.</summary>
    public Sm2PublicKey PublicKey { get; }

    /// <summary>A fresh random key.</summary>
    /// <exception cref="CryptographicException">A self-test has failed.</exception>
    public static Sm2PrivateKey Generate()
    {
        KernelHealth.Demand();
        U256 d = SecureRandom.NextScalar();
        Sm2PrivateKey key = new(d);
        Scalar.Clear(ref d);
        return key;
    }

    /// <summary>Takes a private key.</summary>
    /// <param name="d">32 octets, big endian.</param>
    /// <param name="key">The key; the caller disposes it.</param>
    /// <returns>False when the length is another or d is not in 1 … n − 2.</returns>
    /// <exception cref="CryptographicException">A self-test has failed.</exception>
    public static bool TryImport(ReadOnlySpan<byte> d, [NotNullWhen(true)] out Sm2PrivateKey? key)
    {
        KernelHealth.Demand();
        key = null;
        if (d.Length != Sm2.PrivateKeySize)
        {
            return false;
        }

        U256 value = U256.Read(d), limit = U256.N;
        limit.W0--;
        if ((U256.LessMask(value, limit) & ~value.IsZeroMask) != 0)
        {
            key = new Sm2PrivateKey(value);
        }

        Scalar.Clear(ref value);
        return key is not null;
    }

    /// <summary>Writes d, big endian, to the first 32 octets of <paramref name="d"/>; the caller wipes them.</summary>
    /// <exception cref="ArgumentException"><paramref name="d"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed.</exception>
    public void Export(Span<byte> d)
    {
        ref Secret secret = ref Use();
        if (d.Length < Sm2.PrivateKeySize)
        {
            throw new ArgumentException("A private key needs 32 octets.", nameof(d));
        }

        secret.D.Write(d);
        GC.KeepAlive(this); // else the finalizer might wipe what is being read
    }

    /// <summary>Signs the digest e (GB/T 32918.2 clause 6.1 from A3 on).</summary>
    /// <param name="e">32 octets.</param>
    /// <param name="signature">r‖s to the first 64 octets.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="CryptographicException">A self-test has failed.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed.</exception>
    public void SignDigest(ReadOnlySpan<byte> e, Span<byte> signature)
    {
        ref Secret secret = ref Use();
        KernelHealth.Demand();
        if (e.Length != 32)
        {
            throw new ArgumentException("The digest has 32 octets.", nameof(e));
        }

        if (signature.Length < Sm2.SignatureSize)
        {
            throw new ArgumentException("A signature needs 64 octets.", nameof(signature));
        }

        U256 digest = Scalar.Reduce(U256.Read(e));
        byte attempt = 0;
        bool done;
        do
        {
            U256 k = Sm2Nonce.Next(secret.Nonces, e, ref attempt);
            done = TrySign(digest, k, signature);
            Scalar.Clear(ref k);
        }
        while (!done);
        GC.KeepAlive(this);
    }

    /// <summary>Signs a message: <see cref="SignDigest"/> over SM3(Z ‖ message).</summary>
    /// <param name="id">The signer's identifier, <see cref="Sm2.DefaultId"/> unless agreed otherwise.</param>
    /// <param name="message">The message.</param>
    /// <param name="signature">r‖s to the first 64 octets.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="CryptographicException">A self-test has failed.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed.</exception>
    public void SignData(ReadOnlySpan<byte> id, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> e = stackalloc byte[Sm3.HashSizeInBytes];
        PublicKey.ComputeDigest(id, message, e);
        SignDigest(e, signature);
    }

    /// <summary>Deciphers (GB/T 32918.4 clause 7.1).</summary>
    /// <param name="ciphertext">C1 (X‖Y, 64) ‖ C3 (32) ‖ C2.</param>
    /// <param name="plaintext">Exactly 96 octets shorter; in the place of C2 or apart from the ciphertext. Zeroed when the answer is false.</param>
    /// <returns>False when the ciphertext is too short, C1 is not on the curve, or C3 is not the digest of what came out: one answer for all, so that a forger learns nothing from it.</returns>
    /// <exception cref="ArgumentException"><paramref name="plaintext"/> has another length, or overlaps the ciphertext elsewhere.</exception>
    /// <exception cref="CryptographicException">A self-test has failed.</exception>
    /// <exception cref="ObjectDisposedException">The key has been disposed.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        KernelHealth.Demand();
        return Decrypt(ciphertext, plaintext);
    }

    /// <summary>Wipes d.</summary>
    public void Dispose()
    {
        Wipe();
        GC.SuppressFinalize(this);
    }

    /// <summary>For the self-tests, which run before the kernel counts as sound.</summary>
    internal static Sm2PrivateKey ImportUntested(in U256 d) => new(d);

    /// <summary>Steps A4 to A7 of GB/T 32918.2 clause 6.1 with a given nonce.</summary>
    /// <param name="digest">e mod n.</param>
    /// <param name="k">The nonce, 1 … n − 1.</param>
    /// <param name="signature">r‖s.</param>
    /// <returns>False when the nonce must not be used (r = 0, r + k = n or s = 0), which happens once in 2²⁵⁴.</returns>
    internal bool TrySign(in U256 digest, in U256 k, Span<byte> signature)
    {
        GeneratorMultiples.Compute(k, out U256 x, out _);
        return TryAnswer(Scalar.Add(digest, Scalar.Reduce(x)), k, signature);
    }

    /// <summary>s = (1 + d)⁻¹(k − rd) = (1 + d)⁻¹(k + r) − r: one product and no more sight of d.</summary>
    internal bool TryAnswer(in U256 r, in U256 k, Span<byte> signature)
    {
        U256 sum = Scalar.Add(r, k);
        U256 s = Scalar.Subtract(Scalar.MultiplyMontgomery(sum, Use().Inverse), r);
        bool usable = (r.IsZeroMask | sum.IsZeroMask | s.IsZeroMask) == 0;
        if (usable)
        {
            r.Write(signature);
            s.Write(signature[32..]);
        }

        Scalar.Clear(ref sum);
        GC.KeepAlive(this);
        return usable;
    }

    /// <summary>The next nonce for a digest.</summary>
    internal U256 NextNonce(ReadOnlySpan<byte> e, ref byte attempt)
    {
        U256 k = Sm2Nonce.Next(Use().Nonces, e, ref attempt);
        GC.KeepAlive(this);
        return k;
    }

    /// <summary>d, for the batches; the caller wipes it.</summary>
    internal U256 Scalar256
    {
        get
        {
            U256 d = Use().D;
            GC.KeepAlive(this);
            return d;
        }
    }

    internal bool Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        bool right = Decrypt(Use().D, ciphertext, plaintext);
        GC.KeepAlive(this);
        return right;
    }

    internal static bool Decrypt(in U256 d, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (ciphertext.Length < Sm2.CiphertextOverhead)
        {
            plaintext.Clear();
            return false;
        }

        if (plaintext.Length != ciphertext.Length - Sm2.CiphertextOverhead)
        {
            throw new ArgumentException("An SM2 plaintext is 96 octets shorter than its ciphertext.", nameof(plaintext));
        }

        if (ciphertext.Overlaps(plaintext, out int offset) && offset != Sm2.CiphertextOverhead)
        {
            throw new ArgumentException("The plaintext may lie in C2 itself or apart from the ciphertext.", nameof(plaintext));
        }

        if (!CurveParameters.TryTake(U256.Read(ciphertext), U256.Read(ciphertext[32..]), out Affine<FieldElement> c1))
        {
            plaintext.Clear();
            return false;
        }

        Span<byte> shared = stackalloc byte[64];
        VariableBase.Multiply(c1, d, shared);
        bool right = Sm2Kdf.Open(shared, ciphertext[64..], plaintext);
        CryptographicOperations.ZeroMemory(shared);
        return right;
    }

    private ref Secret Use()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ref _secret[0];
    }

    private void Wipe()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_secret.AsSpan()));
    }
}
