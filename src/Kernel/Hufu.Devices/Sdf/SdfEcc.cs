using System.Buffers.Binary;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

// ECCrefPublicKey { uint bits; uchar x[MAX], y[MAX] }   ECCrefPrivateKey { uint bits; uchar K[MAX] }
// ECCCipher { uchar x[MAX], y[MAX], M[32]; uint L; uchar C[L] }        values of 32 bytes lie in the last 32 of MAX; MAX = 64, with older devices 32

/// <summary>The ECC structures of GM/T 0018 for one maker's ECCref_MAX_BITS.</summary>
internal readonly struct SdfEcc
{
    private const int Bits = 256;
    private const int Word = 32;
    private readonly int _max;

    internal SdfEcc(int maxBits) => _max = maxBits is 256 or 512
        ? maxBits / 8
        : throw new DeviceException(DeviceError.OutOfRange, $"ECCref_MAX_BITS is 256 or 512, not {maxBits}.");

    internal int PublicKeySize => 4 + (2 * _max);

    internal int PrivateKeySize => 4 + _max;

    internal int CipherSize(int text) => (2 * _max) + Word + 4 + text;

    /// <summary>04‖X‖Y into ECCrefPublicKey.</summary>
    internal void WritePublicKey(ReadOnlySpan<byte> point, Span<byte> structure)
    {
        structure.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(structure, Bits);
        point.Slice(1, Word).CopyTo(structure[(4 + _max - Word)..]);
        point[33..].CopyTo(structure[(4 + (2 * _max) - Word)..]);
    }

    /// <summary>ECCrefPublicKey as 04‖X‖Y.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Driver"/>: not of 256 bits, or not on the curve.</exception>
    internal void ReadPublicKey(ReadOnlySpan<byte> structure, Span<byte> point)
    {
        point[0] = 4;
        structure.Slice(4 + _max - Word, Word).CopyTo(point[1..]);
        structure.Slice(4 + (2 * _max) - Word, Word).CopyTo(point[33..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(structure) != Bits || !Sm2PublicKey.TryDecode(point, out _))
        {
            throw new DeviceException(DeviceError.Driver, "The device made a public key that is not on the SM2 curve; check ECCref_MAX_BITS.");
        }
    }

    /// <summary>The last 32 bytes of K.</summary>
    internal ReadOnlySpan<byte> PrivateKey(ReadOnlySpan<byte> structure) => structure.Slice(4 + _max - Word, Word);

    /// <summary>ECCCipher as SM2Cipher.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Driver"/>: another length than expected.</exception>
    internal Sm2Cipher ReadCipher(ReadOnlySpan<byte> structure, int text)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(structure[((2 * _max) + Word)..]) != text)
        {
            throw new DeviceException(DeviceError.Driver, $"The device enciphered another length than {text} bytes; check ECCref_MAX_BITS.");
        }

        Span<byte> raw = stackalloc byte[(3 * Word) + text];
        structure.Slice(_max - Word, Word).CopyTo(raw);
        structure.Slice((2 * _max) - Word, Word).CopyTo(raw[Word..]);
        structure.Slice(2 * _max, Word).CopyTo(raw[(2 * Word)..]);
        structure.Slice((2 * _max) + Word + 4, text).CopyTo(raw[(3 * Word)..]);
        return Sm2Cipher.FromRaw(raw);
    }
}
