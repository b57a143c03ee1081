namespace Hufu.Pki;

// SM2Signature ::= SEQUENCE { R INTEGER, S INTEGER }   (GM/T 0009 7.3)

/// <summary>Between r || s (64 bytes, as SM2 computes it) and the DER that structures carry.</summary>
public static class Sm2SignatureValue
{
    /// <summary>Bytes of the largest encoding.</summary>
    public const int MaxEncodedSize = 72;

    /// <summary>Encodes r || s.</summary>
    /// <param name="signature">64 bytes, both halves big-endian.</param>
    public static byte[] Encode(ReadOnlySpan<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, Crypto.Sm2.SignatureSize);
        Span<byte> buffer = stackalloc byte[MaxEncodedSize];
        int length = 2 + WriteHalf(signature[..32], buffer[2..]);
        length += WriteHalf(signature[32..], buffer[length..]);
        buffer[0] = DerTag.Sequence;
        buffer[1] = (byte)(length - 2);
        return buffer[..length].ToArray();
    }

    private static int WriteHalf(ReadOnlySpan<byte> half, Span<byte> destination)
    {
        ReadOnlySpan<byte> number = half.TrimStart((byte)0);
        number = number.IsEmpty ? half[^1..] : number;
        int pad = number[0] >> 7;
        destination[0] = DerTag.Integer;
        destination[1] = (byte)(number.Length + pad);
        destination[2] = 0;
        number.CopyTo(destination[(2 + pad)..]);
        return 2 + pad + number.Length;
    }

    /// <summary>Decodes strictly: DER, both numbers non-negative and at most 256 bits, nothing after them.</summary>
    /// <param name="der">The SM2Signature.</param>
    /// <param name="signature">Receives 64 bytes r || s.</param>
    /// <returns>False when it is not that; the range 1..n-1 is for the verification to check.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> der, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(signature.Length, Crypto.Sm2.SignatureSize);
        if (der.Length is < 8 or > MaxEncodedSize || der[0] != DerTag.Sequence || der[1] != der.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = der[2..];
        return TryReadHalf(ref rest, signature[..32]) && TryReadHalf(ref rest, signature[32..64]) && rest.IsEmpty;
    }

    private static bool TryReadHalf(ref ReadOnlySpan<byte> rest, Span<byte> half)
    {
        if (rest.Length < 3 || rest[0] != DerTag.Integer || rest[1] is 0 or > 33 || rest.Length < 2 + rest[1])
        {
            return false;
        }

        ReadOnlySpan<byte> number = rest.Slice(2, rest[1]);
        rest = rest[(2 + number.Length)..];
        if (number[0] >= 0x80 || (number.Length > 1 && number[0] == 0 && number[1] < 0x80))
        {
            return false;
        }

        number = number[0] == 0 ? number[1..] : number;
        if (number.Length > 32)
        {
            return false;
        }

        half.Clear();
        number.CopyTo(half[(32 - number.Length)..]);
        return true;
    }

    /// <summary>Decodes as <see cref="TryDecode"/>.</summary>
    /// <returns>64 bytes r || s.</returns>
    /// <exception cref="PkiException">Not an SM2Signature.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> der)
    {
        byte[] signature = new byte[Crypto.Sm2.SignatureSize];
        return TryDecode(der, signature) ? signature : throw PkiException.Malformed("The signature is not the DER of an SM2Signature.");
    }
}
