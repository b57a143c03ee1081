using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>One key inside an opened backup. Zeroed when disposed.</summary>
internal sealed class BackedUpKey(string label, KeyUse use, byte[] publicPoint, byte[] secret, DateTimeOffset? archivedAt) : IDisposable
{
    public string Label => label;

    public KeyUse Use => use;

    public byte[] PublicPoint => publicPoint;

    public ReadOnlySpan<byte> Secret => secret;

    public DateTimeOffset? ArchivedAt => archivedAt;

    public void Dispose() => CryptographicOperations.ZeroMemory(secret);

    /// <summary>All keys of a vault as the backup's plaintext, one pinned buffer that the caller zeroes.</summary>
    public static byte[] EncodeAll(KeyVault vault)
    {
        IReadOnlyList<KeyFile> keys = vault.Keys;
        AsnWriter writer = new(AsnEncodingRules.DER, 1024 + (keys.Count * 256)); // large enough never to move and leave copies
        byte[] scratch = GC.AllocateArray<byte>(Sm2.PrivateKeySize, pinned: true);
        try
        {
            using (writer.PushSequence())
            {
                foreach (KeyFile key in keys)
                {
                    Span<byte> secret = scratch.AsSpan(0, key.SecretSize);
                    vault.OpenSecret(key, secret);
                    using (writer.PushSequence())
                    {
                        writer.WriteCharacterString(UniversalTagNumber.UTF8String, key.Label);
                        writer.WriteInteger((int)key.Use);
                        writer.WriteOctetString(key.PublicPoint);
                        writer.WriteOctetString(secret);
                        if (key.ArchivedAt is { } time)
                        {
                            writer.WriteInteger(time.ToUnixTimeSeconds());
                        }
                    }
                }
            }

            byte[] encoded = GC.AllocateArray<byte>(writer.GetEncodedLength(), pinned: true);
            writer.Encode(encoded);
            return encoded;
        }
        finally
        {
            writer.Reset(); // zeroes its buffer
            CryptographicOperations.ZeroMemory(scratch);
        }
    }

    public static List<BackedUpKey> DecodeAll(byte[] plaintext)
    {
        List<BackedUpKey> keys = [];
        try
        {
            AsnReader outer = new(plaintext, AsnEncodingRules.DER);
            AsnReader list = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (list.HasData)
            {
                AsnReader key = list.ReadSequence();
                string label = Devices.Label.Check(key.ReadCharacterString(UniversalTagNumber.UTF8String));
                if (!key.TryReadInt32(out int use))
                {
                    throw Damaged();
                }

                byte[] point = key.ReadOctetString();
                byte[] secret = GC.AllocateArray<byte>(Sm2.PrivateKeySize, pinned: true);
                if (!key.TryReadOctetString(secret, out int length))
                {
                    throw Damaged();
                }

                keys.Add(new BackedUpKey(label, (KeyUse)use, point, length == secret.Length ? secret : Shorten(secret, length), ((KeyUse)use).HasFlag(KeyUse.Archived) ? ReadTime(key) : null));
                key.ThrowIfNotEmpty();
            }

            return keys;
        }
        catch (Exception e)
        {
            keys.ForEach(k => k.Dispose());
            if (e is AsnContentException)
            {
                throw Damaged(e);
            }

            throw;
        }
    }

    private static DateTimeOffset ReadTime(AsnReader key) => KeyFile.TryReadTime(key, out DateTimeOffset time) ? time : throw Damaged();

    private static byte[] Shorten(byte[] secret, int length)
    {
        byte[] shorter = GC.AllocateArray<byte>(length, pinned: true);
        secret.AsSpan(0, length).CopyTo(shorter);
        CryptographicOperations.ZeroMemory(secret);
        return shorter;
    }

    private static DeviceException Damaged(Exception? inner = null) => new(DeviceError.Damaged, "The backup's content is not readable.", inner);
}
