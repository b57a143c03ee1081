using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>
/// A person's or holder's token (USB key) in software: a folder with containers, each with a signing pair made inside, the encryption pairs that the key
/// centre delivered, and their certificates. Keys work only after the PIN was verified and stop at sign-out or when the token is closed (6.6.2.2-h);
/// six wrong PINs in a row lock it. Safe for many threads.
/// </summary>
public sealed partial class SoftToken : IHolderToken
{
    private readonly KeyVault _vault;
    private readonly SigningKeyRing _ring;

    private SoftToken(KeyVault vault)
    {
        _vault = vault;
        _ring = new SigningKeyRing(vault);
    }

    /// <summary>Makes an empty token in a new or empty folder. Whoever set its PIN is signed in already.</summary>
    /// <param name="path">The folder; made with mode 0700.</param>
    /// <param name="label">What the token is called, for people: 1 to 64 characters.</param>
    /// <param name="pin">6 to 64 characters.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceExists"/>, <see cref="DeviceError.PinUnfit"/>, <see cref="DeviceError.LabelUnfit"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static SoftToken Create(string path, string label, ReadOnlySpan<char> pin, DeviceOptions? options = null)
    {
        if (string.IsNullOrWhiteSpace(label) || label.Length > Devices.Label.MaxLength)
        {
            throw new DeviceException(DeviceError.LabelUnfit, $"A token's label has 1 to {Devices.Label.MaxLength} characters.");
        }

        return new SoftToken(KeyVault.Create(path, VaultKind.Token, label, pin, options ?? new DeviceOptions()));
    }

    /// <summary>Finds a token. No key works before <see cref="VerifyPin"/>; label, containers and certificates can be read.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>.</exception>
    public static SoftToken Open(string path) => new(KeyVault.Load(path, VaultKind.Token));

    /// <summary>True when a token lies at that folder.</summary>
    public static bool Exists(string path) => KeyVault.Exists(path);

    /// <summary>What the token is called.</summary>
    public string Label => _vault.Title;

    /// <summary>PIN tries that are left, 0 to 6. With 0 the token is locked.</summary>
    public int TriesLeft => _vault.TriesLeft;

    /// <summary>Whether its keys work now.</summary>
    public bool IsVerified => _vault.Unlocked;

    /// <summary>Signs in. The try is counted on the medium before the PIN is checked. A wrong PIN also signs out whoever was signed in.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinIncorrect"/> with the tries left, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.Deactivated"/>.</exception>
    public void VerifyPin(ReadOnlySpan<char> pin)
    {
        try
        {
            _vault.Unlock(pin);
        }
        finally
        {
            UnloadIfShut();
        }
    }

    /// <summary>Signs out: every key is zeroed and refuses until the next <see cref="VerifyPin"/>.</summary>
    public void Logout()
    {
        _vault.Relock();
        _ring.Unload();
    }

    /// <summary>Wraps the token's key under another PIN. The old PIN is checked and counted.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinIncorrect"/>, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.PinUnfit"/>.</exception>
    public void ChangePin(ReadOnlySpan<char> oldPin, ReadOnlySpan<char> newPin, DeviceOptions? options = null)
    {
        try
        {
            _vault.ChangePin(oldPin, newPin, options ?? new DeviceOptions());
        }
        finally
        {
            UnloadIfShut();
        }
    }

    /// <summary>Names of the containers, in ordinal order.</summary>
    public IReadOnlyList<string> Containers =>
        [.. _vault.Keys.Select(k => k.Label[..k.Label.IndexOf('+', StringComparison.Ordinal)]).Distinct()];

    /// <summary>Makes the container's signing pair inside the token, where it stays.</summary>
    /// <param name="container">1 to 64 characters a–z, 0–9, '.', '_', '-'. One container, one signing pair: a new pair takes a new container.</param>
    /// <param name="use">
    /// Signing; or Both, for a role that has a single pair and must also open what is enveloped to it (a share holder, 6.6.2.2-a).
    /// </param>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.LabelUnfit"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public SubjectPublicKeyInfo GenerateSigningPair(string container, KeyUse use = KeyUse.Signing)
    {
        if (use is not (KeyUse.Signing or KeyUse.Both))
        {
            throw new DeviceException(DeviceError.WrongUse, "The token makes signing pairs; encryption pairs come from the key centre (6.2.8-a).");
        }

        return PublicKeys.Of(_vault.AddPair(SigningLabel(container), use));
    }

    /// <inheritdoc/>
    public SubjectPublicKeyInfo MakeSigningPair(string container) => GenerateSigningPair(container);

    /// <summary>The container's signing key. The signer stops at sign-out and works again after the next sign-in.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public ISigner GetSigner(string container)
    {
        string label = SigningLabel(container);
        return new RingSigner(_ring, label, PublicKeys.Of(_vault.Find(label, KeyUse.Signing)));
    }

    /// <summary>
    /// Takes over an encryption pair that the key centre enveloped to this container's signing key. Earlier pairs stay, so that what was encrypted before
    /// a renewal can still be read. The same pair again changes nothing.
    /// </summary>
    /// <returns>The pair's public key.</returns>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.Mismatch"/>: not enveloped to this key, the private key is not that of the public key beside it, or it is the signing key itself
    /// (R16); <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>.
    /// </exception>
    public SubjectPublicKeyInfo ImportEncryptionPair(string container, Sm2EnvelopedKey envelopedKey)
    {
        ArgumentNullException.ThrowIfNull(envelopedKey);
        _vault.ThrowIfLocked();
        KeyFile signing = _vault.Find(SigningLabel(container), KeyUse.Signing);
        try
        {
            // GM/T 0009 7.4: the envelope is opened with the signing key. Nothing else that is encrypted to it ever is.
            using Sm2PrivateKey pair = envelopedKey.Open(new VaultDecryptor(_vault, signing));
            byte[] point = pair.PublicKey.Encode();
            if (point.AsSpan().SequenceEqual(signing.PublicPoint))
            {
                throw new DeviceException(DeviceError.Mismatch, "The encryption pair is the signing pair itself.");
            }

            KeyFile[] earlier = EncryptionKeysOf(container);
            KeyFile imported = earlier.FirstOrDefault(k => k.PublicPoint.AsSpan().SequenceEqual(point))
                ?? _vault.AddPair(EncryptionLabel(container, earlier.Length + 1), KeyUse.Encryption, pair);
            return PublicKeys.Of(imported);
        }
        catch (PkiException e)
        {
            throw new DeviceException(DeviceError.Mismatch, "The enveloped pair does not open with this container's signing key, or its halves do not belong together.", e);
        }
    }

    /// <summary>The container's newest encryption key; for a container of use Both without one, its only key.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>: no encryption pair was imported; <see cref="DeviceError.WrongUse"/>: a signing key never decrypts.</exception>
    public IDecryptor GetDecryptor(string container)
    {
        KeyFile[] keys = EncryptionKeysOf(container);
        return new VaultDecryptor(_vault, keys.Length > 0 ? keys[0] : _vault.Find(SigningLabel(container), KeyUse.Encryption));
    }

    /// <summary>The container's encryption key with that public key: also an earlier one.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public IDecryptor GetDecryptor(string container, SubjectPublicKeyInfo publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        byte[]? point = publicKey.Sm2?.Encode();
        KeyFile? key = EncryptionKeysOf(container).FirstOrDefault(k => point is not null && k.PublicPoint.AsSpan().SequenceEqual(point));
        return new VaultDecryptor(_vault, key ?? throw new DeviceException(DeviceError.KeyMissing, $"'{container}' has no encryption pair with that public key."));
    }

    /// <summary>Public keys of the container's encryption pairs, the newest first.</summary>
    public IReadOnlyList<SubjectPublicKeyInfo> EncryptionKeys(string container) => [.. EncryptionKeysOf(container).Select(PublicKeys.Of)];

    /// <summary>
    /// Opens what is enveloped to this container and envelops it to another key without showing it: how a share holder hands a share to the room that
    /// restores.
    /// </summary>
    /// <param name="container">A container with an encryption pair, or of use Both.</param>
    /// <param name="sm2Cipher">DER SM2Cipher to this container's key.</param>
    /// <param name="recipient">Whose key opens the answer.</param>
    /// <returns>DER SM2Cipher to the recipient.</returns>
    /// <exception cref="PkiException">It does not open with this container's key.</exception>
    public byte[] ReEnvelop(string container, ReadOnlySpan<byte> sm2Cipher, Sm2PublicKey recipient)
    {
        byte[] plain = GetDecryptor(container).Decrypt(sm2Cipher);
        try
        {
            return Sm2Cipher.Encrypt(recipient, plain).Encode();
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Destroys a container: its keys are overwritten, its certificates deleted.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>.</exception>
    public void DeleteContainer(string container)
    {
        _vault.ThrowIfLocked();
        string[] labels = [SigningLabel(container), .. EncryptionKeysOf(container).Select(k => k.Label)];
        foreach (string label in labels)
        {
            _vault.Remove(label);
            _ring.Unload(label);
            DeleteCertificate(label);
        }
    }

    /// <summary>Closes the token: every key is zeroed; any later use is refused with <see cref="DeviceError.Deactivated"/>.</summary>
    public void Dispose()
    {
        _vault.Dispose();
        _ring.Unload();
    }

    private void UnloadIfShut()
    {
        if (!_vault.Unlocked)
        {
            _ring.Unload();
        }
    }

    private static string SigningLabel(string container) => Devices.Label.Check(container) + "+sign";

    private static string EncryptionLabel(string container, int number) => $"{Devices.Label.Check(container)}+enc{number:D4}";

    /// <summary>The newest first.</summary>
    private KeyFile[] EncryptionKeysOf(string container)
    {
        string prefix = Devices.Label.Check(container) + "+enc";
        return [.. _vault.Keys.Where(k => k.Label.StartsWith(prefix, StringComparison.Ordinal)).OrderByDescending(k => k.Label, StringComparer.Ordinal)];
    }
}
