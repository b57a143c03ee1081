using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Up to eight encryptions in lanes, each to a key of its own, constant time in the nonces.</summary>
internal static class Sm2BatchEncryption
{
    /// <summary>Enciphers recipients.Length ≤ 8 plaintexts of one size.</summary>
    internal static void Encrypt(ReadOnlySpan<Sm2PublicKey> recipients, ReadOnlySpan<byte> plaintexts, int size, Span<byte> ciphertexts)
    {
        int whole = size + Sm2.CiphertextOverhead;
        Span<U256> k = stackalloc U256[FieldElement8.Lanes], x = stackalloc U256[FieldElement8.Lanes], y = stackalloc U256[FieldElement8.Lanes];
        Span<Jacobian<FieldElement>> products = stackalloc Jacobian<FieldElement>[FieldElement8.Lanes];
        Span<byte> shared = stackalloc byte[64];
        Unsafe.SkipInit(out Affine<FieldElement8> points);
        Affine<FieldElement> generator = CurveParameters.Generator;
        SecureRandom.FillScalars(k);
        GeneratorMultiples.Compute(k, x, y);
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            if (lane < recipients.Length)
            {
                Span<byte> c1 = ciphertexts[(whole * lane)..];
                x[lane].Write(c1);
                y[lane].Write(c1[32..]);
            }

            LanePoints.Set(ref points, lane, lane < recipients.Length ? recipients[lane].Point : generator);
        }

        BatchWindows.Multiply(points, k, out Jacobian<FieldElement8> multiples);
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            LanePoints.Get(multiples, lane, out products[lane]);
        }

        GeneratorMultiples.NormalizeAll(products, x, y);
        for (int lane = 0; lane < recipients.Length; lane++)
        {
            x[lane].Write(shared);
            y[lane].Write(shared[32..]);
            ReadOnlySpan<byte> plaintext = plaintexts.Slice(size * lane, size);
            Span<byte> ciphertext = ciphertexts.Slice(whole * lane, whole);
            if (Sm2Kdf.Mask(shared, plaintext, ciphertext[96..]))
            {
                Sm2Kdf.Digest(shared, plaintext, ciphertext.Slice(64, 32));
            }
            else
            {
                recipients[lane].Encrypt(plaintext, ciphertext); // the key stream was zero: with another nonce
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(k));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(x));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(y));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(products));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement8>>(ref multiples)));
        CryptographicOperations.ZeroMemory(shared);
    }
}
