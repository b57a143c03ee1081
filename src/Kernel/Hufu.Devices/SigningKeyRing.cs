using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// Signing keys that stay loaded while their vault is open (a responder signs thousands of times a second). A key is counted while it works, so that
/// closing the vault zeroes it after the last running signature and before any next one.
/// </summary>
internal sealed class SigningKeyRing(KeyVault vault)
{
    private readonly ConcurrentDictionary<string, LoadedKey> _loaded = new();

    /// <summary>r || s over e = SM3(Z || data) with the default identity.</summary>
    public void Sign(string label, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        LoadedKey key = Enter(label);
        try
        {
            key.Private.SignData(Sm2.DefaultId, data, signature);
        }
        finally
        {
            key.Leave();
        }
    }

    /// <summary>r || s over a finished digest e.</summary>
    public void SignDigest(string label, ReadOnlySpan<byte> digest, Span<byte> signature)
    {
        LoadedKey key = Enter(label);
        try
        {
            key.Private.SignDigest(digest, signature);
        }
        finally
        {
            key.Leave();
        }
    }

    /// <summary>r || s after r || s over finished digests, 32 bytes each.</summary>
    public void SignDigests(string label, ReadOnlySpan<byte> digests, Span<byte> signatures)
    {
        LoadedKey key = Enter(label);
        try
        {
            Sm2Batch.SignDigests(key.Private, digests, signatures);
        }
        finally
        {
            key.Leave();
        }
    }

    /// <summary>Zeroes one key, or all with null.</summary>
    public void Unload(string? label = null)
    {
        foreach (string name in label is null ? [.. _loaded.Keys] : new[] { label })
        {
            if (_loaded.TryRemove(name, out LoadedKey? key))
            {
                key.Leave();
            }
        }
    }

    private LoadedKey Enter(string label)
    {
        while (true)
        {
            vault.ThrowIfLocked();
            if (_loaded.TryGetValue(label, out LoadedKey? key))
            {
                if (key.TryEnter())
                {
                    return key;
                }

                continue; // being unloaded: the vault will say what it is
            }

            LoadedKey fresh = new(Load(label));
            if (_loaded.TryAdd(label, fresh))
            {
                if (!vault.Unlocked || vault.Find(label) is null)
                {
                    Unload(label); // closed while this key was being loaded
                }
            }
            else
            {
                fresh.Leave();
            }
        }
    }

    private Sm2PrivateKey Load(string label)
    {
        KeyFile file = vault.Find(label, KeyUse.Signing);
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            vault.Open(file, d);
            return Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? key) ? key! : throw KeyFile.Damaged(label);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private sealed class LoadedKey(Sm2PrivateKey key)
    {
        private int _users = 1; // the ring itself

        public Sm2PrivateKey Private => key;

        public bool TryEnter()
        {
            for (int users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
            {
                if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                {
                    return true;
                }
            }

            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                key.Dispose();
            }
        }
    }
}
