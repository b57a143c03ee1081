using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>A device that makes and keeps escrowed encryption pairs: the software device, or one behind the C interface of GM/T 0018 (<see cref="SdfEscrowDevice"/>). Safe for many threads.</summary>
public interface IEscrowDevice
{
    /// <summary>Maker, name and serial number, for people and for the ledger.</summary>
    string Description { get; }

    /// <summary>Whether there is a storage key, or another key, with that label.</summary>
    bool Contains(string label);

    /// <summary>Makes the SM4 key under which escrowed private keys are kept.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.LabelUnfit"/>.</exception>
    void GenerateStorageKey(string label);

    /// <summary>Destroys a key for ever.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    void Destroy(string label);

    /// <summary>Makes a batch: one pair for each associated data, in their order, each private half sealed under the storage key and bound to its public half and its associated data.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/> over <see cref="SoftwareDevice.MostPairs"/>; <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    EscrowBatch MakeEscrowBatch(string storageKeyLabel, IReadOnlyList<byte[]> associatedData);

    /// <summary>Hands an escrowed pair to its holder as SM2EnvelopedKey (GM/T 0009 7.4), openable by the holder's signing key alone.</summary>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.Damaged"/>: not sealed under this storage key for this public key and associated data; <see cref="DeviceError.Mismatch"/>: the holder's
    /// signing key is the escrowed key itself (R16); <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.
    /// </exception>
    Sm2EnvelopedKey EnvelopEscrowed(string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, Sm2PublicKey holderSigningKey);

    /// <summary>Hands many escrowed pairs over, each in the parts of GM/T 0014's retPriKey.</summary>
    /// <param name="storageKeyLabel">The storage key that all of them are under.</param>
    /// <param name="items">The pairs.</param>
    /// <param name="signingKeyLabel">The key that signs each content (32 raw bytes); null: no content is signed and <see cref="EscrowEnvelope.ContentSignature"/> is empty.</param>
    /// <returns>The parts, in the order of the pairs.</returns>
    /// <exception cref="DeviceException">As for one; for all when one is not in order; <see cref="DeviceError.OutOfRange"/> over <see cref="SoftwareDevice.MostPairs"/>.</exception>
    IReadOnlyList<EscrowEnvelope> EnvelopManyEscrowed(string storageKeyLabel, IReadOnlyList<EscrowHandOver> items, string? signingKeyLabel);

    /// <summary>Takes a pair from under one storage key to under another, inside the device: the storage key is being changed.</summary>
    /// <param name="storageKeyLabel">The storage key that it is under.</param>
    /// <param name="sealedPrivateKey">The sealed private half.</param>
    /// <param name="associatedData">As given when it was sealed.</param>
    /// <param name="publicKey">The pair's public half.</param>
    /// <param name="newStorageKeyLabel">The storage key that it goes under.</param>
    /// <param name="newAssociatedData">What it is bound to from now on.</param>
    /// <returns>The private half under the new storage key.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.Damaged"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    byte[] ResealEscrowed(
        string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey, string newStorageKeyLabel, ReadOnlySpan<byte> newAssociatedData);

    /// <summary>Tries whether an escrowed key opens what was encrypted to its public half: a random test vector is encrypted to the public half, opened with the escrowed key and compared.</summary>
    /// <returns>The ciphertext (C1 without its first byte, C3, C2) and whether it opened to the vector; the vector itself stays inside.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.Damaged"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    EscrowTrial TryEscrowed(string storageKeyLabel, byte[] sealedPrivateKey, ReadOnlySpan<byte> associatedData, SubjectPublicKeyInfo publicKey);
}
