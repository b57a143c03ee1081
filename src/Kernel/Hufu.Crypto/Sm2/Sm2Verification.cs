namespace Hufu.Crypto;

/// <summary>What a verification comes down to: that x of s·G + t·P is, mod n, the number wanted.</summary>
internal struct Sm2Verification
{
    internal U256 S, T, X;

    /// <summary>Steps B1, B2 and B5 of GB/T 32918.2 clause 7.1, and B7 turned round: x1 ≡ r − e.</summary>
    /// <returns>False when r or s is not in 1 … n − 1 or r + s ≡ 0.</returns>
    internal static bool TryOpen(ReadOnlySpan<byte> e, ReadOnlySpan<byte> signature, out Sm2Verification v)
    {
        U256 r = U256.Read(signature);
        v.S = U256.Read(signature[32..]);
        v.T = Scalar.Add(Scalar.Reduce(r), Scalar.Reduce(v.S));
        v.X = Scalar.Subtract(Scalar.Reduce(r), Scalar.Reduce(U256.Read(e)));
        return (Scalar.IsValidMask(r) & Scalar.IsValidMask(v.S) & ~v.T.IsZeroMask) != 0;
    }
}
