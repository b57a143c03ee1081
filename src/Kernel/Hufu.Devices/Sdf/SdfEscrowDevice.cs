using System.Buffers.Binary;
using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

// A sealed private key: version 2 (1) ‖ IV (16) ‖ SM4-CBC of the 32 raw bytes (32) ‖ tag (16).
// The tag is the last block of SM4-CBC, under a second key and a zero IV, over the 32 bytes SM3(what it is bound to ‖ IV ‖ ciphertext): always two blocks, so that CBC-MAC is sound.
// GM/T 0018-2012 has no authenticated encryption and no call that gives out a wrapped SM2 key (standards.md 5.3), so a private key passes through this driver's memory, where it is zeroed.

/// <summary>
/// Escrowed pairs made and kept by a cryptographic machine behind the C interface of GM/T 0018. The machine makes the pairs, holds the storage keys (here only wrapped under its key encryption
/// key) and the fresh SM4 keys of hand-overs. Its own backup and destruction are the maker's ceremony.
/// </summary>
public sealed class SdfEscrowDevice : IEscrowDevice, IDisposable
{
    private const byte Version = 2;
    private const int IvSize = 16;
    private const int TagSize = 16;
    private const int SealedSize = 1 + IvSize + Sm2.PrivateKeySize + TagSize;
    private const int WrappedLimit = 1_024;
    private const int TestVectorSize = 32;
    private const string Extension = ".sdf";

    private readonly Lock _one = new();
    private readonly SdfOptions _options;
    private readonly SdfSession _session;
    private readonly Func<string, ISigner> _signers;
    private readonly Dictionary<string, (nint Secrecy, nint Tag)> _opened = [];
    private bool _disposed;

    private SdfEscrowDevice(SdfOptions options, SdfSession session, Func<string, ISigner> signers)
    {
        (_options, _session, _signers) = (options, session, signers);
        Description = session.Describe();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Loads the library and opens the device and a session.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="signers">Keys that sign contents, by label: those of the room's own device.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Driver"/>, <see cref="DeviceError.OutOfRange"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static SdfEscrowDevice Open(SdfOptions options, Func<string, ISigner> signers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(signers);
        DeviceFile.CreateFolder(options.Directory);
        SdfSession session = new(options);
        try
        {
            return new SdfEscrowDevice(options, session, signers);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string label) => File.Exists(PathOf(label));

    /// <inheritdoc/>
    public void GenerateStorageKey(string label)
    {
        lock (_one)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Contains(label))
            {
                throw new DeviceException(DeviceError.KeyExists, $"There is a key '{label}' already; destroy it first or take another label.");
            }

            byte[] secrecy = _session.GenerateWrapped(), tag = _session.GenerateWrapped();
            byte[] file = new byte[4 + secrecy.Length + tag.Length];
            BinaryPrimitives.WriteInt32BigEndian(file, secrecy.Length);
            secrecy.CopyTo(file, 4);
            tag.CopyTo(file, 4 + secrecy.Length);
            DeviceFile.Write(PathOf(label), file);
        }
    }

    /// <inheritdoc/>
    public void Destroy(string label)
    {
        lock (_one)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!Contains(label))
            {
                throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
            }

            if (_opened.Remove(label, out (nint Secrecy, nint Tag) keys))
            {
                _session.Destroy(keys.Secrecy);
                _session.Destroy(keys.Tag);
            }

            DeviceFile.Destroy(PathOf(label));
        }
    }

    /// <inheritdoc/>
    public EscrowBatch MakeEscrowBatch(string storageKeyLabel, IReadOnlyList<byte[]> associatedData)
    {
        ArgumentNullException.ThrowIfNull(associatedData);
        Limit(associatedData.Count);
        byte[] points = new byte[Sm2.PublicKeySize * associatedData.Count], sealedKeys = new byte[SealedSize * associatedData.Count];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            lock (_one)
            {
                (nint Secrecy, nint Tag) keys = Keys(storageKeyLabel);
                for (int i = 0; i < associatedData.Count; i++)
                {
                    Span<byte> point = points.AsSpan(Sm2.PublicKeySize * i, Sm2.PublicKeySize);
                    _session.MakePair(point, d);
                    if (!Sm2Batch.AreKeyPairs(d, point))
                    {
                        throw new DeviceException(DeviceError.Driver, "The device made two halves that do not belong together.");
                    }

                    Seal(keys, d, Bind(point, associatedData[i]), sealedKeys.AsSpan(SealedSize * i, SealedSize));
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }

        return new EscrowBatch(points, sealedKeys, SealedSize);
    }

    /// <inheritdoc/>
    public Sm2EnvelopedKey EnvelopEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, Sm2PublicKey holderSigningKey)
    {
        Sm2PublicKey point = Point(publicKey);
        EscrowEnvelope parts = EnvelopManyEscrowed(storageKeyLabel, [new EscrowHandOver(point, sealedPrivateKey, associatedData.ToArray(), holderSigningKey)], null)[0];
        return Sm2EnvelopedKey.Assemble(parts.EncryptedKey, point.Encode(), parts.EncryptedPrivateKey);
    }

    /// <inheritdoc/>
    public IReadOnlyList<EscrowEnvelope> EnvelopManyEscrowed(string storageKeyLabel, IReadOnlyList<EscrowHandOver> items, string? signingKeyLabel)
    {
        ArgumentNullException.ThrowIfNull(items);
        Limit(items.Count);
        ISigner? signer = signingKeyLabel is null ? null : _signers(signingKeyLabel);
        EscrowEnvelope[] envelopes = new EscrowEnvelope[items.Count];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        Span<byte> recipient = stackalloc byte[_session.Ecc.PublicKeySize];
        Span<byte> cipher = stackalloc byte[_session.Ecc.CipherSize(Sm4.KeySize)];
        try
        {
            lock (_one)
            {
                (nint Secrecy, nint Tag) keys = Keys(storageKeyLabel);
                for (int i = 0; i < items.Count; i++)
                {
                    EscrowHandOver item = items[i];
                    if (item.HolderSigningKey.Equals(item.PublicKey))
                    {
                        throw new DeviceException(DeviceError.Mismatch, "The encryption key may not be the holder's signing key.");
                    }

                    Open(keys, item.SealedPrivateKey, item.PublicKey, item.AssociatedData, d);
                    _session.Ecc.WritePublicKey(item.HolderSigningKey.Encode(), recipient);
                    byte[] encrypted = new byte[Sm2.PrivateKeySize];
                    nint fresh = _session.GenerateEnveloped(recipient, cipher);
                    try
                    {
                        _session.Encrypt(fresh, SdfLibrary.Sm4Ecb, [], d, encrypted);
                    }
                    finally
                    {
                        _session.Destroy(fresh);
                    }

                    envelopes[i] = new EscrowEnvelope(_session.Ecc.ReadCipher(cipher, Sm4.KeySize), encrypted, signer?.Sign(d) ?? []);
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }

        return envelopes;
    }

    /// <inheritdoc/>
    public byte[] ResealEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, string newStorageKeyLabel, ReadOnlySpan<byte> newAssociatedData)
    {
        Sm2PublicKey point = Point(publicKey);
        byte[] resealed = new byte[SealedSize];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            lock (_one)
            {
                (nint Secrecy, nint Tag) next = Keys(newStorageKeyLabel);
                Open(Keys(storageKeyLabel), sealedPrivateKey, point, associatedData, d);
                Seal(next, d, Bind(point.Encode(), newAssociatedData), resealed);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }

        return resealed;
    }

    /// <inheritdoc/>
    public EscrowTrial TryEscrowed(string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey)
    {
        Sm2PublicKey point = Point(publicKey);
        byte[] vector = new byte[TestVectorSize], opened = new byte[TestVectorSize], ciphertext = new byte[TestVectorSize + Sm2.CiphertextOverhead];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            lock (_one)
            {
                Open(Keys(storageKeyLabel), sealedPrivateKey, point, associatedData, d);
                _session.Random(vector);
            }

            point.Encrypt(vector, ciphertext);
            using Sm2PrivateKey? pair = Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? imported) ? imported : null;
            return new EscrowTrial(pair?.TryDecrypt(ciphertext, opened) == true && CryptographicOperations.FixedTimeEquals(vector, opened), ciphertext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
            CryptographicOperations.ZeroMemory(vector);
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    /// <summary>Closes the session and the device. Any later use throws.</summary>
    public void Dispose()
    {
        lock (_one)
        {
            if (!_disposed)
            {
                _disposed = true;
                _session.Dispose();
            }
        }
    }

    private void Seal((nint Secrecy, nint Tag) keys, ReadOnlySpan<byte> d, byte[] bound, Span<byte> value)
    {
        value[0] = Version;
        _session.Random(value.Slice(1, IvSize));
        _session.Encrypt(keys.Secrecy, SdfLibrary.Sm4Cbc, value.Slice(1, IvSize), d, value.Slice(1 + IvSize, Sm2.PrivateKeySize));
        Tag(keys.Tag, bound, value.Slice(1, IvSize + Sm2.PrivateKeySize), value[^TagSize..]);
    }

    private void Open((nint Secrecy, nint Tag) keys, ReadOnlySpan<byte> value, Sm2PublicKey point, ReadOnlySpan<byte> associatedData, Span<byte> d)
    {
        byte[] encoded = point.Encode();
        Span<byte> tag = stackalloc byte[TagSize];
        if (value.Length == SealedSize && value[0] == Version)
        {
            Tag(keys.Tag, Bind(encoded, associatedData), value.Slice(1, IvSize + Sm2.PrivateKeySize), tag);
            if (CryptographicOperations.FixedTimeEquals(tag, value[^TagSize..]))
            {
                _session.Decrypt(keys.Secrecy, SdfLibrary.Sm4Cbc, value.Slice(1, IvSize), value.Slice(1 + IvSize, Sm2.PrivateKeySize), d);
                if (Sm2Batch.AreKeyPairs(d, encoded))
                {
                    return;
                }
            }
        }

        throw new DeviceException(DeviceError.Damaged, "The escrowed key is not what was sealed for this public key and number.");
    }

    private void Tag(nint key, byte[] bound, ReadOnlySpan<byte> ivAndText, Span<byte> tag)
    {
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        Span<byte> blocks = stackalloc byte[Sm3.HashSizeInBytes];
        using Sm3Hash hash = new();
        hash.AppendData(bound);
        hash.AppendData(ivAndText);
        hash.GetHashAndReset(digest);
        _session.Encrypt(key, SdfLibrary.Sm4Cbc, [], digest, blocks);
        blocks[^TagSize..].CopyTo(tag);
    }

    private (nint Secrecy, nint Tag) Keys(string label)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_opened.TryGetValue(label, out (nint Secrecy, nint Tag) keys))
        {
            return keys;
        }

        if (!Contains(label))
        {
            throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
        }

        byte[] file = DeviceFile.Read(PathOf(label), WrappedLimit);
        int length = file.Length > 4 ? BinaryPrimitives.ReadInt32BigEndian(file) : 0;
        if (length < 1 || length >= file.Length - 4)
        {
            throw new DeviceException(DeviceError.Damaged, $"The file of the storage key '{label}' is damaged.");
        }

        keys = (_session.Import(file.AsSpan(4, length)), _session.Import(file.AsSpan(4 + length)));
        _opened.Add(label, keys);
        return keys;
    }

    private string PathOf(string label) => Path.Combine(_options.Directory, Label.Check(label) + Extension);

    private static Sm2PublicKey Point(SubjectPublicKeyInfo publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return publicKey.Sm2 ?? throw new DeviceException(DeviceError.Mismatch, "An escrowed pair is an SM2 pair.");
    }

    private static void Limit(int count)
    {
        if (count > SoftwareDevice.MostPairs)
        {
            throw new DeviceException(DeviceError.OutOfRange, $"A batch has at most {SoftwareDevice.MostPairs} pairs.");
        }
    }

    private static byte[] Bind(ReadOnlySpan<byte> point, ReadOnlySpan<byte> associatedData)
    {
        ReadOnlySpan<byte> purpose = "hufu escrow 2"u8;
        byte[] bound = new byte[purpose.Length + Sm2.PublicKeySize + 4 + associatedData.Length];
        purpose.CopyTo(bound);
        point.CopyTo(bound.AsSpan(purpose.Length));
        BinaryPrimitives.WriteInt32BigEndian(bound.AsSpan(purpose.Length + Sm2.PublicKeySize), associatedData.Length);
        associatedData.CopyTo(bound.AsSpan(purpose.Length + Sm2.PublicKeySize + 4));
        return bound;
    }
}
