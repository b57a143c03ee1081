using System.Buffers.Binary;
using System.Text;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

// GM/T 0016 6.4, all packed to one byte, numbers little endian, values of 256 bits in the last 32 bytes of 64:
// ECCPUBLICKEYBLOB { ULONG BitLen; BYTE X[64], Y[64] }   ECCSIGNATUREBLOB { BYTE r[64], s[64] }   ECCCIPHERBLOB { BYTE X[64], Y[64], HASH[32]; ULONG CipherLen; BYTE Cipher[CipherLen] }
// ENVELOPEDKEYBLOB { ULONG Version (1), SymmAlgID, Bits (256); BYTE cbEncryptedPriKey[64]; ECCPUBLICKEYBLOB PubKey; ECCCIPHERBLOB ECCCipherBlob }

/// <summary>The structures of GM/T 0016 to and from those of GM/T 0009.</summary>
internal static class SkfBlobs
{
    internal const int PublicKeySize = 132;
    internal const int SignatureSize = 128;

    /// <summary>DEVINFO has 294 bytes packed; makers with padding need a few more.</summary>
    internal const int DeviceInfoSize = 512;

    private const int Word = 32;
    private const int Field = 64;
    private const uint Bits = 256;

    /// <summary>The public key, or null when it is none of SM2 (an RSA container's blob has another length, an empty one another count of bits).</summary>
    internal static Sm2PublicKey? PublicKey(ReadOnlySpan<byte> blob)
    {
        if (blob.Length != PublicKeySize || BinaryPrimitives.ReadUInt32LittleEndian(blob) != Bits)
        {
            return null;
        }

        Span<byte> point = stackalloc byte[Sm2.PublicKeySize];
        point[0] = 4;
        blob.Slice(4 + Word, Word).CopyTo(point[1..]);
        blob.Slice(4 + Field + Word, Word).CopyTo(point[33..]);
        return Sm2PublicKey.TryDecode(point, out Sm2PublicKey? key) ? key : null;
    }

    /// <summary>r ‖ s of 64 bytes.</summary>
    internal static void Signature(ReadOnlySpan<byte> blob, Span<byte> signature)
    {
        blob.Slice(Word, Word).CopyTo(signature);
        blob.Slice(Field + Word, Word).CopyTo(signature[Word..]);
    }

    /// <summary>Transcodes without seeing what is inside: the SM4 key stays under the signing key, the private key under the SM4 key.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Mismatch"/>: padded to 48 bytes, which the structure has no place for.</exception>
    internal static byte[] Enveloped(Sm2EnvelopedKey key, SkfKeyPlace place)
    {
        ReadOnlySpan<byte> secret = key.EncryptedPrivateKey.Span;
        if (secret.Length != Word)
        {
            throw new DeviceException(DeviceError.Mismatch, "The enveloped private key is padded; an SKF token takes 32 bytes only.");
        }

        ReadOnlySpan<byte> raw = key.EncryptedKey.Raw.Span;
        int text = raw.Length - (3 * Word);
        byte[] blob = new byte[12 + Field + PublicKeySize + (2 * Field) + Word + 4 + text];
        BinaryPrimitives.WriteUInt32LittleEndian(blob, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(4), SkfCodes.Sm4Ecb);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(8), Bits);
        secret.CopyTo(blob.AsSpan(place == SkfKeyPlace.Last ? 12 + Word : 12));
        Span<byte> open = blob.AsSpan(12 + Field, PublicKeySize);
        BinaryPrimitives.WriteUInt32LittleEndian(open, Bits);
        key.PublicKeyPoint.Span.Slice(1, Word).CopyTo(open[(4 + Word)..]);
        key.PublicKeyPoint.Span.Slice(33, Word).CopyTo(open[(4 + Field + Word)..]);
        Span<byte> cipher = blob.AsSpan(12 + Field + PublicKeySize);
        raw[..Word].CopyTo(cipher[Word..]);
        raw.Slice(Word, Word).CopyTo(cipher[(Field + Word)..]);
        raw.Slice(2 * Word, Word).CopyTo(cipher[(2 * Field)..]);
        BinaryPrimitives.WriteInt32LittleEndian(cipher[((2 * Field) + Word)..], text);
        raw[(3 * Word)..].CopyTo(cipher[((2 * Field) + Word + 4)..]);
        return blob;
    }

    /// <summary>Manufacturer, label and serial number of DEVINFO.</summary>
    internal static (string Manufacturer, string Label, string Serial) DeviceInfo(ReadOnlySpan<byte> info) => (Words(info.Slice(2, 64)), Words(info.Slice(130, 32)), Words(info.Slice(162, 32)));

    /// <summary>Names separated by a zero, a second zero after the last.</summary>
    internal static List<byte[]> Names(ReadOnlySpan<byte> list, int most)
    {
        List<byte[]> names = [];
        while (names.Count < most)
        {
            int end = list.IndexOf((byte)0);
            ReadOnlySpan<byte> name = end < 0 ? list : list[..end];
            if (name.IsEmpty)
            {
                break;
            }

            names.Add(name.ToArray());
            list = end < 0 ? [] : list[(end + 1)..];
        }

        return names;
    }

    /// <summary>For people: what is not UTF-8 is shown byte by byte, and nothing that a terminal would obey.</summary>
    internal static string Words(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        string words = System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);
        return string.Concat(words.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)).Trim();
    }
}
