using System.Buffers.Binary;
using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>An encryption pair made for escrow.</summary>
/// <param name="PublicKey">The public half.</param>
/// <param name="SealedPrivateKey">The private half under the storage key; 61 bytes, only the device opens it.</param>
public sealed record EscrowedPair(SubjectPublicKeyInfo PublicKey, byte[] SealedPrivateKey);

/// <summary>An escrowed private key on its way to its holder, in the parts of GM/T 0014's SignedAndEnvelopedData.</summary>
/// <param name="EncryptedKey">A fresh SM4 key under the holder's signing key.</param>
/// <param name="EncryptedPrivateKey">SM4-ECB of the 32 raw bytes of the private key under that SM4 key, no padding: 32 bytes.</param>
/// <param name="ContentSignature">DER SM2Signature over the 32 raw bytes (GM/T 0010: the signature covers the content before encryption), default identity.</param>
/// <remarks>The same two first parts make an SM2EnvelopedKey: whoever transcodes needs to open nothing.</remarks>
public sealed record EscrowEnvelope(Sm2Cipher EncryptedKey, byte[] EncryptedPrivateKey, byte[] ContentSignature);

/// <summary>Whether an escrowed key opens what was encrypted to its public half.</summary>
/// <param name="Opened">It did.</param>
/// <param name="Ciphertext">Of the test vector: X‖Y, C3, C2.</param>
public sealed record EscrowTrial(bool Opened, byte[] Ciphertext);

/// <summary>Pairs whose private half the key centre keeps (6.6.2.2-b): made, kept and handed over without ever leaving the device in the clear.</summary>
public sealed partial class SoftwareDevice
{
    /// <summary>The largest batch of <see cref="MakeEscrowPairs"/>.</summary>
    public const int MostPairs = 10_000;

    private const int TestVectorSize = 32;

    /// <summary>Makes one pair and seals its private half under a storage key (<see cref="GenerateStorageKey"/>).</summary>
    /// <param name="storageKeyLabel">A key for escrow.</param>
    /// <param name="associatedData">What the sealed key is bound to besides its public half, for example the pair's number; given again when it is handed over.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public EscrowedPair MakeEscrowPair(string storageKeyLabel, ReadOnlySpan<byte> associatedData) =>
        MakeEscrowPairs(storageKeyLabel, [associatedData.ToArray()])[0];

    /// <summary>Makes a batch: one pair for each associated data, in their order.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/> over <see cref="MostPairs"/>; <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public IReadOnlyList<EscrowedPair> MakeEscrowPairs(string storageKeyLabel, IReadOnlyList<byte[]> associatedData)
    {
        EscrowBatch batch = MakeEscrowBatch(storageKeyLabel, associatedData);
        return
        [
            .. Enumerable.Range(0, associatedData.Count).Select(i => new EscrowedPair(
                Sm2PublicKey.TryDecode(batch.PublicKeys.AsSpan(Sm2.PublicKeySize * i, Sm2.PublicKeySize), out Sm2PublicKey? made)
                    ? SubjectPublicKeyInfo.FromSm2(made)
                    : throw new CryptographicException("A pair was made whose public half is not on the curve."),
                batch.SealedKeys[(batch.SealedSize * i)..(batch.SealedSize * (i + 1))])),
        ];
    }

    /// <summary>Hands an escrowed pair to its holder as SM2EnvelopedKey (GM/T 0009 7.4), openable by the holder's signing key alone.</summary>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.Damaged"/>: not sealed under this storage key for this public key and associated data; <see cref="DeviceError.Mismatch"/>: the holder's
    /// signing key is the escrowed key itself (R16); <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.
    /// </exception>
    public Sm2EnvelopedKey EnvelopEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, Sm2PublicKey holderSigningKey)
    {
        using Sm2PrivateKey pair = OpenEscrowed(storageKeyLabel, sealedPrivateKey, associatedData, publicKey, holderSigningKey);
        return Sm2EnvelopedKey.Create(holderSigningKey, pair);
    }

    /// <summary>Hands an escrowed pair over in the parts of GM/T 0014's retPriKey, with the key centre's signature over the private key made in the device.</summary>
    /// <param name="storageKeyLabel">The storage key.</param>
    /// <param name="sealedPrivateKey">The sealed private half.</param>
    /// <param name="associatedData">As given when the pair was made.</param>
    /// <param name="publicKey">The pair's public half.</param>
    /// <param name="holderSigningKey">Whose key opens it.</param>
    /// <param name="signingKeyLabel">The device's key that signs the content.</param>
    /// <exception cref="DeviceException">As <see cref="EnvelopEscrowed"/>.</exception>
    public EscrowEnvelope EnvelopEscrowedSigned(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, Sm2PublicKey holderSigningKey,
        string signingKeyLabel)
    {
        ISigner signer = GetSigner(signingKeyLabel);
        using Sm2PrivateKey pair = OpenEscrowed(storageKeyLabel, sealedPrivateKey, associatedData, publicKey, holderSigningKey);
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            pair.Export(d);
            Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Create(holderSigningKey, pair);
            return new EscrowEnvelope(enveloped.EncryptedKey, enveloped.EncryptedPrivateKey.ToArray(), signer.Sign(d));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Takes a pair from under one storage key to under another, inside the device: the storage key is being changed.</summary>
    /// <param name="storageKeyLabel">The storage key that it is under.</param>
    /// <param name="sealedPrivateKey">The sealed private half.</param>
    /// <param name="associatedData">As given when it was sealed.</param>
    /// <param name="publicKey">The pair's public half.</param>
    /// <param name="newStorageKeyLabel">The storage key that it goes under.</param>
    /// <param name="newAssociatedData">What it is bound to from now on.</param>
    /// <returns>The private half under the new storage key; 61 bytes.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.Damaged"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public byte[] ResealEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, string newStorageKeyLabel, ReadOnlySpan<byte> newAssociatedData)
    {
        KeyFile storage = _vault.Find(Label.Check(newStorageKeyLabel), KeyUse.Escrow);
        using Sm2PrivateKey pair = OpenEscrowed(storageKeyLabel, sealedPrivateKey, associatedData, publicKey);
        Span<byte> storageKey = stackalloc byte[Sm4.KeySize];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            _vault.OpenSecret(storage, storageKey);
            pair.Export(d);
            return SealedValue.Seal(storageKey, d, Bind(pair.PublicKey, newAssociatedData));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(storageKey);
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Tries whether an escrowed key opens what was encrypted to its public half: the device makes a random test vector, encrypts it to the public half, opens it with the escrowed key and compares.</summary>
    /// <returns>The ciphertext (C1 without its first byte, C3, C2; 128 bytes) and whether it opened to the vector; the vector itself stays inside.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.Damaged"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public EscrowTrial TryEscrowed(string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey)
    {
        using Sm2PrivateKey pair = OpenEscrowed(storageKeyLabel, sealedPrivateKey, associatedData, publicKey);
        byte[] vector = SecureRandom.GetBytes(TestVectorSize);
        byte[] opened = new byte[TestVectorSize];
        byte[] ciphertext = new byte[TestVectorSize + Sm2.CiphertextOverhead];
        publicKey.RequireSm2().Encrypt(vector, ciphertext);
        bool same = pair.TryDecrypt(ciphertext, opened) && CryptographicOperations.FixedTimeEquals(vector, opened);
        CryptographicOperations.ZeroMemory(vector);
        CryptographicOperations.ZeroMemory(opened);
        return new EscrowTrial(same, ciphertext);
    }

    private Sm2PrivateKey OpenEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, Sm2PublicKey holderSigningKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        ArgumentNullException.ThrowIfNull(holderSigningKey);
        return holderSigningKey.Equals(publicKey.Sm2)
            ? throw new DeviceException(DeviceError.Mismatch, "The encryption key may not be the holder's signing key.")
            : OpenEscrowed(storageKeyLabel, sealedPrivateKey, associatedData, publicKey);
    }

    private Sm2PrivateKey OpenEscrowed(string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        KeyFile storage = _vault.Find(Label.Check(storageKeyLabel), KeyUse.Escrow);
        Sm2PublicKey point = publicKey.Sm2 ?? throw new DeviceException(DeviceError.Mismatch, "An escrowed pair is an SM2 pair.");
        Span<byte> storageKey = stackalloc byte[Sm4.KeySize];
        byte[]? d = null;
        try
        {
            _vault.OpenSecret(storage, storageKey);
            d = SealedValue.Open(storageKey, sealedPrivateKey, Bind(point, associatedData));
            if (d is null || !Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? pair))
            {
                throw new DeviceException(DeviceError.Damaged, "The escrowed key is not what was sealed for this public key and number.");
            }

            if (pair.PublicKey.Equals(point))
            {
                return pair;
            }

            pair.Dispose();
            throw new DeviceException(DeviceError.Damaged, "The escrowed key does not belong to its public key.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(storageKey);
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private static byte[] Bind(Sm2PublicKey publicKey, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> point = stackalloc byte[Sm2.PublicKeySize];
        publicKey.Encode(point);
        return Bind(point, associatedData);
    }

    private static byte[] Bind(ReadOnlySpan<byte> point, ReadOnlySpan<byte> associatedData)
    {
        byte[] bound = new byte[BoundSize(associatedData.Length)];
        Bind(point, associatedData, bound);
        return bound;
    }

    private static ReadOnlySpan<byte> Purpose => "hufu escrow 1"u8;

    private static int BoundSize(int associatedData) => Purpose.Length + Sm2.PublicKeySize + 4 + associatedData;

    private static void Bind(ReadOnlySpan<byte> point, ReadOnlySpan<byte> associatedData, Span<byte> bound)
    {
        Purpose.CopyTo(bound);
        point.CopyTo(bound[Purpose.Length..]);
        BinaryPrimitives.WriteInt32BigEndian(bound[(Purpose.Length + Sm2.PublicKeySize)..], associatedData.Length);
        associatedData.CopyTo(bound[(Purpose.Length + Sm2.PublicKeySize + 4)..]);
    }
}
