using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>What both kinds of vault do with single keys.</summary>
internal sealed partial class KeyVault
{
    /// <summary>Reads the folder again, checks the PIN, and archives the pairs that are closed: nobody uses one of them in between.</summary>
    public IReadOnlyList<string> UnlockArchiving(ReadOnlySpan<char> pin, Func<KeyFile, bool> closed, DateTimeOffset now)
    {
        lock (_gate)
        {
            Reload();
            Unlock(pin);
            return ArchiveWhere(closed, now);
        }
    }

    /// <summary>Archives the living pairs that are closed.</summary>
    public IReadOnlyList<string> ArchiveWhere(Func<KeyFile, bool> closed, DateTimeOffset now)
    {
        lock (_gate)
        {
            ThrowIfLocked();
            string[] labels = [.. _keys.Values.Where(key => key.PublicPoint.Length > 0 && !key.Use.HasFlag(KeyUse.Archived) && closed(key)).Select(key => key.Label)];
            try
            {
                foreach (string label in labels)
                {
                    Archive(label, now);
                }
            }
            catch
            {
                // A key that must not work and cannot be archived keeps the whole device shut.
                ForgetKey();
                throw;
            }

            return labels;
        }
    }

    /// <summary>Makes a pair inside the vault.</summary>
    public KeyFile AddPair(string label, KeyUse use)
    {
        ThrowIfLocked();
        using Sm2PrivateKey pair = Sm2PrivateKey.Generate();
        return AddPair(label, use, pair);
    }

    /// <summary>Seals a pair that came from elsewhere, enveloped.</summary>
    public KeyFile AddPair(string label, KeyUse use, Sm2PrivateKey pair)
    {
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            pair.Export(d);
            return Add(label, use, pair.PublicKey.Encode(), d);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Makes an SM4 key inside the vault.</summary>
    public KeyFile AddSecretKey(string label, KeyUse use)
    {
        Span<byte> secret = stackalloc byte[Sm4.KeySize];
        try
        {
            SecureRandom.Fill(secret);
            return Add(label, use, [], secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The private key for one operation; the caller disposes it. Refused when the key was destroyed since.</summary>
    public Sm2PrivateKey OpenPair(KeyFile key)
    {
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            OpenSecret(key, d);
            return Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? pair) ? pair : throw KeyFile.Damaged(key.Label);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>The key's bytes for one operation; the caller zeroes them. Refused when the key was destroyed since.</summary>
    public void OpenSecret(KeyFile key, Span<byte> secret)
    {
        if (!ReferenceEquals(Find(key.Label), key))
        {
            throw new DeviceException(DeviceError.KeyMissing, $"The key '{key.Label}' has been destroyed.");
        }

        Open(key, secret);
    }
}
