using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// Who administers a device: the shares of its administration secret, and the device's PIN under that secret.
/// <code>
/// Administration ::= SEQUENCE {
///     head    SEQUENCE { version INTEGER (1), commitments ShareCommitments, holders SEQUENCE OF OCTET STRING (65) },   -- 04 || X || Y, share i for the i-th
///     shares  SEQUENCE OF OCTET STRING,     -- DER SM2Cipher to the holders' keys
///     nonce   OCTET STRING (12), sealedPin OCTET STRING, tag OCTET STRING (16) }   -- SM4-GCM; associated data: DER of head
/// </code>
/// The SM4 key is the first half of HMAC-SM3(secret, "hufu device administration 1").
/// </summary>
internal sealed class AdministrationFile
{
    public const int MaxSize = 64 << 10;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _head;
    private readonly byte[] _nonce;
    private readonly byte[] _sealedPin;
    private readonly byte[] _tag;

    private AdministrationFile(byte[] head, AdministrationSet set, byte[] nonce, byte[] sealedPin, byte[] tag)
    {
        (_head, Set, _nonce, _sealedPin, _tag) = (head, set, nonce, sealedPin, tag);
    }

    public AdministrationSet Set { get; }

    /// <summary>Deals a fresh secret and seals the PIN under it.</summary>
    public static AdministrationFile Deal(IReadOnlyList<Sm2PublicKey> holders, int threshold, ReadOnlySpan<byte> pin)
    {
        if (holders.Distinct().Count() != holders.Count)
        {
            throw new DeviceException(DeviceError.OutOfRange, "The administration's share holders are different people with different keys.");
        }

        byte[] secret = GC.AllocateArray<byte>(ShamirShares.SecretSize, pinned: true);
        IReadOnlyList<SecretShare> dealt = [];
        try
        {
            ShamirShares.MakeSecret(secret);
            (dealt, ShareCommitments commitments) = ShamirShares.Split(secret, holders.Count, threshold);
            AdministrationSet set = new(commitments, holders, [.. dealt.Select((s, i) => new DealtShare(s.Number, s.Envelop(holders[i])))]);
            byte[] head = EncodeHead(set);
            byte[] nonce = SecureRandom.GetBytes(NonceSize);
            byte[] sealedPin = new byte[pin.Length];
            byte[] tag = new byte[TagSize];
            using Sm4Gcm gcm = Cipher(secret);
            gcm.Encrypt(nonce, pin, sealedPin, tag, head);
            return new AdministrationFile(head, set, nonce, sealedPin, tag);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            foreach (SecretShare share in dealt)
            {
                share.Dispose();
            }
        }
    }

    /// <summary>The PIN; the caller zeroes it.</summary>
    public byte[] OpenPin(IReadOnlyList<SecretShare> shares)
    {
        byte[] secret = GC.AllocateArray<byte>(ShamirShares.SecretSize, pinned: true);
        try
        {
            ShamirShares.Join(shares, Set.Commitments, secret);
            byte[] pin = GC.AllocateArray<byte>(_sealedPin.Length, pinned: true);
            using Sm4Gcm gcm = Cipher(secret);
            return gcm.TryDecrypt(_nonce, _sealedPin, _tag, pin, _head) ? pin : throw Damaged();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public byte[] Encode()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(_head);
            using (writer.PushSequence())
            {
                foreach (DealtShare share in Set.Shares)
                {
                    writer.WriteOctetString(share.EnvelopedShare);
                }
            }

            writer.WriteOctetString(_nonce);
            writer.WriteOctetString(_sealedPin);
            writer.WriteOctetString(_tag);
        }

        return writer.Encode();
    }

    public static AdministrationFile Decode(byte[] content)
    {
        try
        {
            AsnReader outer = new(content, AsnEncodingRules.DER);
            AsnReader file = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            byte[] head = file.PeekEncodedValue().ToArray();
            AsnReader fields = file.ReadSequence();
            if (!fields.TryReadInt32(out int version) || version != 1)
            {
                throw Damaged();
            }

            ShareCommitments commitments = ShareCommitments.Decode(fields.ReadEncodedValue());
            AsnReader keys = fields.ReadSequence();
            fields.ThrowIfNotEmpty();
            List<Sm2PublicKey> holders = [];
            while (keys.HasData && holders.Count < commitments.Shares)
            {
                holders.Add(Sm2PublicKey.TryDecode(keys.ReadOctetString(), out Sm2PublicKey? key) ? key : throw Damaged());
            }

            AsnReader list = file.ReadSequence();
            List<DealtShare> shares = [];
            while (list.HasData && shares.Count < commitments.Shares)
            {
                shares.Add(new DealtShare(shares.Count + 1, list.ReadOctetString()));
            }

            byte[] nonce = file.ReadOctetString();
            byte[] sealedPin = file.ReadOctetString();
            byte[] tag = file.ReadOctetString();
            file.ThrowIfNotEmpty();
            return !keys.HasData && !list.HasData && holders.Count == commitments.Shares && shares.Count == commitments.Shares
                && nonce.Length == NonceSize && tag.Length == TagSize && sealedPin.Length is > 0 and <= 256
                ? new AdministrationFile(head, new AdministrationSet(commitments, holders, shares), nonce, sealedPin, tag)
                : throw Damaged();
        }
        catch (AsnContentException e)
        {
            throw Damaged(e);
        }
    }

    private static byte[] EncodeHead(AdministrationSet set)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(set.Commitments.Encode());
            using (writer.PushSequence())
            {
                foreach (Sm2PublicKey holder in set.Holders)
                {
                    writer.WriteOctetString(holder.Encode());
                }
            }
        }

        return writer.Encode();
    }

    private static Sm4Gcm Cipher(ReadOnlySpan<byte> secret)
    {
        Span<byte> derived = stackalloc byte[HmacSm3.HashSizeInBytes];
        try
        {
            HmacSm3.HashData(secret, "hufu device administration 1"u8, derived);
            return new Sm4Gcm(derived[..Sm4.KeySize]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static DeviceException Damaged(Exception? inner = null) => new(DeviceError.Damaged, "The device's administration file is not what was written.", inner);
}
