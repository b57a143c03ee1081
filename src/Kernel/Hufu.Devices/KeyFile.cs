using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// One key at rest.
/// <code>
/// KeyFile ::= SEQUENCE {
///     description  SEQUENCE { version INTEGER (1), vault OCTET STRING (16), label UTF8String, use INTEGER,
///                             publicKey OCTET STRING,        -- 04 || X || Y, or empty for an SM4 key
///                             archivedAt INTEGER OPTIONAL },  -- Unix seconds; there exactly when use says archived
///     nonce        OCTET STRING (12),
///     sealedKey    OCTET STRING,          -- SM4-GCM of d (32) or of the SM4 key (16) under the vault's key; associated data: DER of description
///     tag          OCTET STRING (16) }
/// </code>
/// </summary>
internal sealed class KeyFile
{
    public const int MaxSize = 1024;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _description;
    private readonly byte[] _nonce;
    private readonly byte[] _sealed;
    private readonly byte[] _tag;

    private KeyFile(byte[] description, byte[] vault, string label, KeyUse use, byte[] publicPoint, DateTimeOffset? archivedAt, byte[] nonce, byte[] sealedKey, byte[] tag)
    {
        (_description, Vault, Label, Use, PublicPoint, ArchivedAt, _nonce, _sealed, _tag) = (description, vault, label, use, publicPoint, archivedAt, nonce, sealedKey, tag);
    }

    public byte[] Vault { get; }

    public string Label { get; }

    public KeyUse Use { get; }

    /// <summary>04 || X || Y, or empty for an SM4 key.</summary>
    public byte[] PublicPoint { get; }

    /// <summary>When the key was archived; null for a living one.</summary>
    public DateTimeOffset? ArchivedAt { get; }

    public int SecretSize => _sealed.Length;

    /// <summary>The sealed bytes as they lie in the file.</summary>
    public ReadOnlySpan<byte> SealedKey => _sealed;

    public static KeyFile Seal(byte[] vault, string label, KeyUse use, byte[] publicPoint, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vaultKey, DateTimeOffset? archivedAt = null)
    {
        byte[] description = Describe(vault, label, use, publicPoint, archivedAt);
        byte[] nonce = SecureRandom.GetBytes(NonceSize);
        byte[] sealedKey = new byte[secret.Length];
        byte[] tag = new byte[TagSize];
        using Sm4Gcm gcm = new(vaultKey);
        gcm.Encrypt(nonce, secret, sealedKey, tag, description);
        return new KeyFile(description, vault, label, use, publicPoint, archivedAt, nonce, sealedKey, tag);
    }

    /// <summary>Opens into exactly <see cref="SecretSize"/> bytes; false when the file is not what was sealed.</summary>
    public bool TryOpen(ReadOnlySpan<byte> vaultKey, Span<byte> secret)
    {
        using Sm4Gcm gcm = new(vaultKey);
        if (gcm.TryDecrypt(_nonce, _sealed, _tag, secret, _description))
        {
            return true;
        }

        CryptographicOperations.ZeroMemory(secret);
        return false;
    }

    public byte[] Encode()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(_description);
            writer.WriteOctetString(_nonce);
            writer.WriteOctetString(_sealed);
            writer.WriteOctetString(_tag);
        }

        return writer.Encode();
    }

    public static KeyFile Decode(byte[] content, string label)
    {
        try
        {
            AsnReader outer = new(content, AsnEncodingRules.DER);
            AsnReader file = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            byte[] description = file.PeekEncodedValue().ToArray();
            AsnReader fields = file.ReadSequence();
            if (!fields.TryReadInt32(out int version) || version != 1)
            {
                throw Damaged(label);
            }

            byte[] vault = fields.ReadOctetString();
            string written = fields.ReadCharacterString(UniversalTagNumber.UTF8String);
            if (!fields.TryReadInt32(out int use))
            {
                throw Damaged(label);
            }

            byte[] point = fields.ReadOctetString();
            DateTimeOffset? archivedAt = null;
            if (((KeyUse)use).HasFlag(KeyUse.Archived))
            {
                archivedAt = TryReadTime(fields, out DateTimeOffset at) ? at : throw Damaged(label);
            }

            fields.ThrowIfNotEmpty();
            byte[] nonce = file.ReadOctetString();
            byte[] sealedKey = file.ReadOctetString();
            byte[] tag = file.ReadOctetString();
            file.ThrowIfNotEmpty();
            KeyUse living = (KeyUse)use & ~KeyUse.Archived;
            bool pair = living is KeyUse.Signing or KeyUse.Encryption or KeyUse.Both;
            bool secretKey = living is KeyUse.Data or KeyUse.Escrow;
            bool shape = pair ? point.Length == Sm2.PublicKeySize && sealedKey.Length == Sm2.PrivateKeySize : secretKey && point.Length == 0 && sealedKey.Length == 16;
            if (!shape || written != label || nonce.Length != NonceSize || tag.Length != TagSize)
            {
                throw Damaged(label);
            }

            return new KeyFile(description, vault, label, (KeyUse)use, point, archivedAt, nonce, sealedKey, tag);
        }
        catch (AsnContentException e)
        {
            throw Damaged(label, e);
        }
    }

    public static DeviceException Damaged(string label, Exception? inner = null) =>
        new(DeviceError.Damaged, $"The key file of '{label}' is not what was written. Restore the device from its backup.", inner);

    /// <summary>INTEGER, Unix seconds from 1970 to 9999.</summary>
    public static bool TryReadTime(AsnReader fields, out DateTimeOffset time)
    {
        long seconds = 0;
        bool read = fields.HasData && fields.TryReadInt64(out seconds) && seconds is >= 0 and <= 253402300799L;
        time = read ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return read;
    }

    private static byte[] Describe(byte[] vault, string label, KeyUse use, byte[] publicPoint, DateTimeOffset? archivedAt)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(vault);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, label);
            writer.WriteInteger((int)use);
            writer.WriteOctetString(publicPoint);
            if (archivedAt is { } time)
            {
                writer.WriteInteger(time.ToUnixTimeSeconds());
            }
        }

        return writer.Encode();
    }
}
