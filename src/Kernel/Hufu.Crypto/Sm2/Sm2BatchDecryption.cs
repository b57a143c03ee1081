using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Up to eight decryptions in lanes, constant time in d.</summary>
internal static class Sm2BatchDecryption
{
    /// <summary>Deciphers opened.Length ≤ 8 ciphertexts of one size.</summary>
    internal static void Decrypt(Sm2PrivateKey key, ReadOnlySpan<byte> ciphertexts, int size, Span<byte> plaintexts, Span<bool> opened)
    {
        int plain = size - Sm2.CiphertextOverhead;
        Span<U256> d = stackalloc U256[FieldElement8.Lanes], x = stackalloc U256[FieldElement8.Lanes], y = stackalloc U256[FieldElement8.Lanes];
        Span<Jacobian<FieldElement>> products = stackalloc Jacobian<FieldElement>[FieldElement8.Lanes];
        Span<byte> shared = stackalloc byte[64];
        Unsafe.SkipInit(out Affine<FieldElement8> points);
        d.Fill(key.Scalar256);
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            Affine<FieldElement> c1 = CurveParameters.Generator; // for lanes without work and points refused
            if (lane < opened.Length)
            {
                ReadOnlySpan<byte> ciphertext = ciphertexts[(size * lane)..];
                opened[lane] = CurveParameters.TryTake(U256.Read(ciphertext), U256.Read(ciphertext[32..]), out Affine<FieldElement> taken);
                c1 = opened[lane] ? taken : c1;
            }

            LanePoints.Set(ref points, lane, c1);
        }

        BatchWindows.Multiply(points, d, out Jacobian<FieldElement8> multiples);
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            LanePoints.Get(multiples, lane, out products[lane]);
        }

        GeneratorMultiples.NormalizeAll(products, x, y);
        for (int lane = 0; lane < opened.Length; lane++)
        {
            x[lane].Write(shared);
            y[lane].Write(shared[32..]);
            Span<byte> plaintext = plaintexts.Slice(plain * lane, plain);
            opened[lane] &= Sm2Kdf.Open(shared, ciphertexts.Slice((size * lane) + 64, size - 64), plaintext);
            if (!opened[lane])
            {
                plaintext.Clear();
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(d));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(x));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(y));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(products));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement8>>(ref multiples)));
        CryptographicOperations.ZeroMemory(shared);
    }
}
