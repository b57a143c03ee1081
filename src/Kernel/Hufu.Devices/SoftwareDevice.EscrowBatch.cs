using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>An escrowed pair that is to be handed over.</summary>
/// <param name="PublicKey">The pair's public half.</param>
/// <param name="SealedPrivateKey">The sealed private half.</param>
/// <param name="AssociatedData">As given when the pair was made.</param>
/// <param name="HolderSigningKey">Whose key opens it.</param>
public sealed record EscrowHandOver(Sm2PublicKey PublicKey, byte[] SealedPrivateKey, byte[] AssociatedData, Sm2PublicKey HolderSigningKey);

/// <summary>Pairs made together for escrow.</summary>
/// <param name="PublicKeys">04‖X‖Y after 04‖X‖Y, 65 bytes each.</param>
/// <param name="SealedKeys">The private halves under the storage key, one after the other; only the device opens them.</param>
/// <param name="SealedSize">Bytes of each.</param>
public sealed record EscrowBatch(byte[] PublicKeys, byte[] SealedKeys, int SealedSize);

/// <summary>Many at once: where eight fit side by side, a hand-over costs a third of a single one.</summary>
public sealed partial class SoftwareDevice
{
    /// <inheritdoc/>
    public string Description => "Hufu software device";

    /// <summary>Makes a batch: one pair for each associated data, in their order.</summary>
    /// <param name="storageKeyLabel">A key for escrow.</param>
    /// <param name="associatedData">What each sealed key is bound to besides its public half.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/> over <see cref="MostPairs"/>; <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public EscrowBatch MakeEscrowBatch(string storageKeyLabel, IReadOnlyList<byte[]> associatedData)
    {
        ArgumentNullException.ThrowIfNull(associatedData);
        if (associatedData.Count > MostPairs)
        {
            throw new DeviceException(DeviceError.OutOfRange, $"A batch has at most {MostPairs} pairs.");
        }

        KeyFile storage = _vault.Find(Label.Check(storageKeyLabel), KeyUse.Escrow);
        int count = associatedData.Count;
        const int SealedSize = Sm2.PrivateKeySize + SealedValue.Overhead;
        Span<byte> storageKey = stackalloc byte[Sm4.KeySize];
        byte[] privateKeys = GC.AllocateArray<byte>(Sm2.PrivateKeySize * count, pinned: true);
        byte[] points = new byte[Sm2.PublicKeySize * count], sealedKeys = new byte[SealedSize * count];
        try
        {
            _vault.OpenSecret(storage, storageKey);
            using Sm4Gcm gcm = new(storageKey);
            Sm2Batch.GenerateKeyPairs(privateKeys, points);
            if (count > 0 && associatedData.All(one => one.Length == associatedData[0].Length))
            {
                int bound = BoundSize(associatedData[0].Length);
                byte[] together = new byte[bound * count];
                for (int i = 0; i < count; i++)
                {
                    Bind(points.AsSpan(Sm2.PublicKeySize * i, Sm2.PublicKeySize), associatedData[i], together.AsSpan(bound * i, bound));
                }

                SealedValue.SealMany(gcm, privateKeys, Sm2.PrivateKeySize, together, sealedKeys);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    byte[] bound = Bind(points.AsSpan(Sm2.PublicKeySize * i, Sm2.PublicKeySize), associatedData[i]);
                    SealedValue.Seal(gcm, privateKeys.AsSpan(Sm2.PrivateKeySize * i, Sm2.PrivateKeySize), bound, sealedKeys.AsSpan(SealedSize * i, SealedSize));
                }
            }

            return new EscrowBatch(points, sealedKeys, SealedSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(storageKey);
            CryptographicOperations.ZeroMemory(privateKeys);
        }
    }

    /// <summary>Hands many escrowed pairs over, each in the parts of GM/T 0014's retPriKey.</summary>
    /// <param name="storageKeyLabel">The storage key that all of them are under.</param>
    /// <param name="items">The pairs.</param>
    /// <param name="signingKeyLabel">The device's key that signs each content (32 raw bytes); null: no content is signed and <see cref="EscrowEnvelope.ContentSignature"/> is empty.</param>
    /// <returns>The parts, in the order of the pairs.</returns>
    /// <exception cref="DeviceException">As <see cref="EnvelopEscrowed"/>, for all when one is not in order; <see cref="DeviceError.OutOfRange"/> over <see cref="MostPairs"/>.</exception>
    public IReadOnlyList<EscrowEnvelope> EnvelopManyEscrowed(string storageKeyLabel, IReadOnlyList<EscrowHandOver> items, string? signingKeyLabel)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count > MostPairs)
        {
            throw new DeviceException(DeviceError.OutOfRange, $"A batch has at most {MostPairs} pairs.");
        }

        KeyFile storage = _vault.Find(Label.Check(storageKeyLabel), KeyUse.Escrow);
        int count = items.Count;
        byte[] keys = GC.AllocateArray<byte>(Sm2.PrivateKeySize * count, pinned: true);
        byte[] fresh = GC.AllocateArray<byte>(Sm4.KeySize * count, pinned: true);
        try
        {
            OpenEscrowed(storage, items, keys);
            SecureRandom.Fill(fresh);
            int whole = Sm4.KeySize + Sm2.CiphertextOverhead;
            byte[] enciphered = new byte[whole * count];
            Sm2Batch.Encrypt([.. items.Select(item => item.HolderSigningKey)], fresh, Sm4.KeySize, enciphered);
            byte[][]? signatures = signingKeyLabel is null
                ? null
                : Sign(signingKeyLabel, count, i => new ReadOnlyMemory<byte>(keys, Sm2.PrivateKeySize * i, Sm2.PrivateKeySize));
            EscrowEnvelope[] envelopes = new EscrowEnvelope[count];
            for (int i = 0; i < count; i++)
            {
                byte[] encrypted = new byte[Sm2.PrivateKeySize];
                using (Sm4 sm4 = new(fresh.AsSpan(Sm4.KeySize * i, Sm4.KeySize)))
                {
                    sm4.EncryptEcb(keys.AsSpan(Sm2.PrivateKeySize * i, Sm2.PrivateKeySize), encrypted);
                }

                envelopes[i] = new EscrowEnvelope(Sm2Cipher.FromRaw(enciphered.AsSpan(whole * i, whole)), encrypted, signatures?[i] ?? []);
            }

            return envelopes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
            CryptographicOperations.ZeroMemory(fresh);
        }
    }

    /// <summary>Signs many messages with a key that stays in the device.</summary>
    /// <param name="label">The key.</param>
    /// <param name="messages">Each complete, not a digest.</param>
    /// <returns>DER SM2Signature of each over SM3(Z || message), Z with the default user id.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> when the key is not for signing.</exception>
    public IReadOnlyList<byte[]> SignMany(string label, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return Sign(label, messages.Count, i => messages[i]);
    }

    private byte[][] Sign(string label, int count, Func<int, ReadOnlyMemory<byte>> message)
    {
        Sm2PublicKey signer = PublicKeys.PointOf(_vault.Find(Label.Check(label), KeyUse.Signing));
        byte[] digests = new byte[Sm3.HashSizeInBytes * count], signatures = new byte[Sm2.SignatureSize * count];
        for (int i = 0; i < count; i++)
        {
            signer.ComputeDigest(Sm2.DefaultId, message(i).Span, digests.AsSpan(Sm3.HashSizeInBytes * i, Sm3.HashSizeInBytes));
        }

        _ring.SignDigests(label, digests, signatures);
        CryptographicOperations.ZeroMemory(digests);
        return [.. Enumerable.Range(0, count).Select(i => Sm2SignatureValue.Encode(signatures.AsSpan(Sm2.SignatureSize * i, Sm2.SignatureSize)))];
    }

    private void OpenEscrowed(KeyFile storage, IReadOnlyList<EscrowHandOver> items, byte[] keys)
    {
        byte[] points = new byte[Sm2.PublicKeySize * items.Count];
        Span<byte> storageKey = stackalloc byte[Sm4.KeySize];
        try
        {
            _vault.OpenSecret(storage, storageKey);
            using Sm4Gcm gcm = new(storageKey);
            for (int i = 0; i < items.Count; i++)
            {
                EscrowHandOver item = items[i];
                if (item.HolderSigningKey.Equals(item.PublicKey))
                {
                    throw new DeviceException(DeviceError.Mismatch, "The encryption key may not be the holder's signing key.");
                }

                if (!SealedValue.TryOpen(gcm, item.SealedPrivateKey, Bind(item.PublicKey, item.AssociatedData), keys.AsSpan(Sm2.PrivateKeySize * i, Sm2.PrivateKeySize)))
                {
                    throw new DeviceException(DeviceError.Damaged, "An escrowed key is not what was sealed for its public key and number.");
                }

                item.PublicKey.Encode(points.AsSpan(Sm2.PublicKeySize * i, Sm2.PublicKeySize));
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(storageKey);
        }

        if (!Sm2Batch.AreKeyPairs(keys, points))
        {
            throw new DeviceException(DeviceError.Damaged, "An escrowed key does not belong to its public key.");
        }
    }
}
