using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// The encrypted file of a backup.
/// <code>
/// Backup ::= SEQUENCE {
///     head         SEQUENCE { version INTEGER (1), commitments ShareCommitments },
///     nonce        OCTET STRING (12),
///     ciphertext   OCTET STRING,      -- SM4-GCM of Keys; associated data: DER of head
///     tag          OCTET STRING (16) }
/// Keys ::= SEQUENCE OF SEQUENCE { label UTF8String, use INTEGER, publicKey OCTET STRING, secret OCTET STRING, archivedAt INTEGER OPTIONAL }
/// </code>
/// The SM4 key is the first half of HMAC-SM3(secret, "hufu device backup 1"), the secret being what the shares give back.
/// </summary>
internal sealed class BackupFile
{
    private const int MaxSize = 64 << 20;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _head;
    private readonly byte[] _nonce;
    private readonly byte[] _ciphertext;
    private readonly byte[] _tag;

    private BackupFile(byte[] head, ShareCommitments commitments, byte[] nonce, byte[] ciphertext, byte[] tag)
    {
        (_head, Commitments, _nonce, _ciphertext, _tag) = (head, commitments, nonce, ciphertext, tag);
    }

    public ShareCommitments Commitments { get; }

    public static BackupFile Seal(ShareCommitments commitments, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> keys)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(commitments.Encode());
        }

        byte[] head = writer.Encode();
        byte[] nonce = SecureRandom.GetBytes(NonceSize);
        byte[] ciphertext = new byte[keys.Length];
        byte[] tag = new byte[TagSize];
        using Sm4Gcm gcm = Cipher(secret);
        gcm.Encrypt(nonce, keys, ciphertext, tag, head);
        return new BackupFile(head, commitments, nonce, ciphertext, tag);
    }

    /// <summary>The keys in the clear; the caller zeroes them.</summary>
    public byte[] Open(ReadOnlySpan<byte> secret)
    {
        byte[] keys = GC.AllocateArray<byte>(_ciphertext.Length, pinned: true);
        using Sm4Gcm gcm = Cipher(secret);
        return gcm.TryDecrypt(_nonce, _ciphertext, _tag, keys, _head)
            ? keys
            : throw new DeviceException(DeviceError.Damaged, "The backup file is not what was written.");
    }

    public byte[] Encode()
    {
        AsnWriter writer = new(AsnEncodingRules.DER, _ciphertext.Length + _head.Length + 128);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(_head);
            writer.WriteOctetString(_nonce);
            writer.WriteOctetString(_ciphertext);
            writer.WriteOctetString(_tag);
        }

        return writer.Encode();
    }

    public static BackupFile Decode(ReadOnlyMemory<byte> der)
    {
        if (der.Length > MaxSize)
        {
            throw Damaged();
        }

        try
        {
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            byte[] head = reader.PeekEncodedValue().ToArray();
            AsnReader fields = reader.ReadSequence();
            if (!fields.TryReadInt32(out int version) || version != 1)
            {
                throw Damaged();
            }

            ShareCommitments commitments = ShareCommitments.Decode(fields.ReadEncodedValue());
            fields.ThrowIfNotEmpty();
            byte[] nonce = reader.ReadOctetString();
            byte[] ciphertext = reader.ReadOctetString();
            byte[] tag = reader.ReadOctetString();
            reader.ThrowIfNotEmpty();
            return nonce.Length == NonceSize && tag.Length == TagSize ? new BackupFile(head, commitments, nonce, ciphertext, tag) : throw Damaged();
        }
        catch (AsnContentException e)
        {
            throw Damaged(e);
        }
    }

    private static DeviceException Damaged(Exception? inner = null) => new(DeviceError.Damaged, "The backup file is not readable.", inner);

    private static Sm4Gcm Cipher(ReadOnlySpan<byte> secret)
    {
        Span<byte> derived = stackalloc byte[HmacSm3.HashSizeInBytes];
        try
        {
            HmacSm3.HashData(secret, "hufu device backup 1"u8, derived);
            return new Sm4Gcm(derived[..Sm4.KeySize]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }
}
