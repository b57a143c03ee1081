using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// Who a room is: its cryptographic device with three role keys (for its messages and answers, for what is enveloped to it, for its ledger), and their
/// certificates once they are installed. Each room has its own; no other room's key is ever in it.
/// </summary>
public sealed partial class RoomIdentity : IDisposable
{
    /// <summary>Label of the key that signs the room's messages, answers or tokens.</summary>
    public const string SigningLabel = "sign";

    /// <summary>Label of the key to which messages for the room are enveloped.</summary>
    public const string EncryptionLabel = "encrypt";

    /// <summary>Label of the key that signs the heads of the room's ledger.</summary>
    public const string AuditLabel = "audit";

    private static readonly (string Label, KeyUse Use)[] s_roleKeys = [(SigningLabel, KeyUse.Signing), (EncryptionLabel, KeyUse.Encryption), (AuditLabel, KeyUse.Signing)];

    private readonly Lock _change = new();
    private readonly string _file;
    private RoomKeys _keys;

    private RoomIdentity(string room, SoftwareDevice device, string file, string? guardedFolder = null)
    {
        Room = room;
        Device = device;
        GuardedFolder = guardedFolder;
        _file = file;
        AuditSigner = new WaitingSigner(room, (IBatchSigner)device.GetSigner(AuditLabel));
        _keys = KeysOf(IdentityFile.Read(file), []);
    }

    /// <summary>The room's name.</summary>
    public string Room { get; }

    /// <summary>The room's device. The room's other keys live there too.</summary>
    public SoftwareDevice Device { get; }

    /// <summary>Whether the device works now: a guarded one only between its operator's activation and its deactivation.</summary>
    public bool IsActive => Device.IsActive;

    /// <summary>The folder of the guarded device; null for one that starts by itself.</summary>
    public string? GuardedFolder { get; }

    /// <summary>Where refused attempts wait while the audit key sleeps.</summary>
    internal string WaitingRefusalsFile => Path.Combine(Path.GetDirectoryName(_file)!, "refused-activations.jsonl");

    /// <summary>Signs with the role key, the one of <see cref="SigningCertificate"/>. Where the two have to belong together while the room's certificate may be followed by another, see <see cref="SignerOf"/>.</summary>
    public ISigner Signer => Volatile.Read(ref _keys).Signer;

    /// <summary>Opens what is enveloped to the room.</summary>
    public IDecryptor Decryptor => Volatile.Read(ref _keys).Decryptor;

    /// <summary>Signs the ledger's heads.</summary>
    public ISigner AuditSigner { get; }

    /// <summary>Whether the room has its certificates; without them it neither sends nor receives.</summary>
    public bool IsInstalled => Volatile.Read(ref _keys).File is not null;

    /// <summary>The certificate of the signing key; null before installation.</summary>
    public Certificate? SigningCertificate => Volatile.Read(ref _keys).File?.Signing;

    /// <summary>The certificate of the encryption key; null before installation, and for a room that receives nothing.</summary>
    public Certificate? EncryptionCertificate => Volatile.Read(ref _keys).File?.Encryption;

    /// <summary>The certificate of the ledger's key; null before installation.</summary>
    public Certificate? AuditCertificate => Volatile.Read(ref _keys).File?.Audit;

    /// <summary>Issuing CA first, root last; empty before installation.</summary>
    public IReadOnlyList<Certificate> Chain => Volatile.Read(ref _keys).File?.Chain ?? [];

    /// <summary>Opens the room's device, or makes it at the first start, with its role keys.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="dataDirectory">The room's folder: the device is <c>device/</c> in it, the certificates <c>identity.der</c>.</param>
    /// <param name="pin">The device's PIN.</param>
    /// <param name="options">How hard the PIN is to guess, when the device is made; null for the default.</param>
    /// <exception cref="DeviceException">As <see cref="SoftwareDevice.Open"/> and <see cref="SoftwareDevice.Create"/>.</exception>
    /// <exception cref="InvalidDataException">identity.der is not what was written.</exception>
    public static RoomIdentity Open(string room, string dataDirectory, ReadOnlySpan<char> pin, DeviceOptions? options = null)
    {
        string folder = Path.Combine(dataDirectory, "device");
        SoftwareDevice device = SoftwareDevice.Exists(folder) ? SoftwareDevice.Open(folder, pin) : SoftwareDevice.Create(folder, pin, options);
        try
        {
            foreach ((string label, KeyUse use) in s_roleKeys)
            {
                if (!device.Contains(label))
                {
                    device.GenerateKeyPair(label, use);
                }
            }

            return new RoomIdentity(room, device, Path.Combine(dataDirectory, "identity.der"));
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds a room's guarded device, which a ceremony has made with the three role keys in it, without activating it: certificates and public keys can be read, and every use of a key is refused
    /// with DeviceUnavailable until its operator comes (<see cref="DeviceActivation"/>).
    /// </summary>
    /// <param name="room">The room's name.</param>
    /// <param name="dataDirectory">The room's folder, where <c>identity.der</c> is.</param>
    /// <param name="folder">The folder of the guarded device.</param>
    /// <exception cref="DeviceException">As <see cref="GuardedDevice.Find"/>.</exception>
    /// <exception cref="InvalidDataException">The device lacks a role key, or has another role key than one of its use; or identity.der is not what was written.</exception>
    [Clause("6.6.2.2-a")]
    public static RoomIdentity FindGuarded(string room, string dataDirectory, string folder)
    {
        SoftwareDevice device = GuardedDevice.Find(folder);
        try
        {
            foreach ((string label, KeyUse use) in s_roleKeys)
            {
                if (!device.Contains(label) || (device.UseOf(label) & KeyUse.Both) != use)
                {
                    throw new InvalidDataException($"The guarded device at {folder} has no key '{label}' for {use}: make it in a ceremony (policy/ceremonies/room-device.yaml).");
                }
            }

            return new RoomIdentity(room, device, Path.Combine(dataDirectory, "identity.der"), folder);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>PKCS#10 requests for the three role keys, each proving possession.</summary>
    /// <param name="subject">The subject asked for; whoever certifies the room decides.</param>
    /// <exception cref="RefusedException">DeviceUnavailable: the device waits for its operator.</exception>
    public IdentityRequests MakeRequests(DistinguishedName subject) => WaitingKeys.Do(Room, () => new IdentityRequests(
        Device.CreateRequest(CurrentLabel(SigningLabel), subject).Encode(),
        Device.CreateRequest(CurrentLabel(EncryptionLabel), subject).Encode(),
        Device.CreateRequest(AuditLabel, subject).Encode()));

    /// <summary>Installs the room's certificates, replacing earlier ones in one step. Checked: each is for the room's own key and its use, and hangs from the chain.</summary>
    /// <param name="signing">For <see cref="SigningLabel"/>.</param>
    /// <param name="encryption">For <see cref="EncryptionLabel"/>; null for a room that receives no messages.</param>
    /// <param name="audit">For <see cref="AuditLabel"/>.</param>
    /// <param name="chain">Issuing CA first, self-signed root last.</param>
    /// <param name="now">When all must be valid.</param>
    /// <exception cref="RefusedException">FieldInvalid or CertificateNotValid, naming the certificate.</exception>
    public void Install(Certificate signing, Certificate? encryption, Certificate audit, IReadOnlyList<Certificate> chain, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(signing);
        ArgumentNullException.ThrowIfNull(audit);
        ArgumentNullException.ThrowIfNull(chain);
        Require(signing, SigningLabel, KeyUsages.DigitalSignature, "signingCertificate");
        Require(audit, AuditLabel, KeyUsages.DigitalSignature, "auditCertificate");
        if (encryption is not null)
        {
            Require(encryption, EncryptionLabel, KeyUsages.KeyEncipherment, "encryptionCertificate");
        }

        lock (_change)
        {
            Put(new IdentityFile(signing, encryption, audit, [.. chain], EarlierThan(encryption)), Volatile.Read(ref _keys).Beside);
        }

        void Require(Certificate certificate, string label, KeyUsages usage, string field)
        {
            if (LabelOf(label, certificate.PublicKey) is null)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} is not for this room's key '{label}'.", field);
            }

            ChainCheck.Require(certificate, usage, chain, now, field);
        }
    }

    /// <summary>
    /// Archives in this room's device every key that ceremonies have closed (<see cref="CeremonyArchive.ClosedKeys"/>): it never works again here either, whatever backup it came from (6.6.2.2-d).
    /// </summary>
    /// <param name="closed">SM3 of the SubjectPublicKeyInfo, and the reason.</param>
    /// <param name="now">Kept with the key.</param>
    /// <returns>Label, digest and reason of each that was archived now.</returns>
    /// <exception cref="RefusedException">DeviceUnavailable: the device waits for its operator.</exception>
    [Clause("6.6.2.2-d")]
    public IReadOnlyList<(string Label, string Digest, string Reason)> Close(IReadOnlyDictionary<string, string> closed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(closed);
        return WaitingKeys.Do(Room, () => Told(Device.ArchiveClosed(key => closed.ContainsKey(CeremonyTranscript.Digest(key.RawData.Span)), now), closed));
    }

    /// <summary>Activates the device, closed keys archived first.</summary>
    internal IReadOnlyList<(string Label, string Digest, string Reason)> Activate(ReadOnlySpan<byte> secret, IReadOnlyDictionary<string, string> closed, DateTimeOffset now) =>
        Told(GuardedDevice.Activate(Device, secret, key => closed.ContainsKey(CeremonyTranscript.Digest(key.RawData.Span)), now), closed);

    private IReadOnlyList<(string Label, string Digest, string Reason)> Told(IReadOnlyList<string> labels, IReadOnlyDictionary<string, string> closed) =>
        [.. labels.Select(label => (label, CeremonyTranscript.Digest(Device.PublicKeyOf(label).RawData.Span))).Select(key => (key.label, key.Item2, closed[key.Item2]))];

    /// <summary>This room as others register it.</summary>
    /// <exception cref="RefusedException">NotInitialised before installation.</exception>
    public PeerInfo AsPeer() => Volatile.Read(ref _keys).File is { } installed
        ? new PeerInfo(Room, installed.Signing.Encode(), installed.Encryption?.Encode())
        : throw new RefusedException(RefusalCode.NotInitialised, $"The certificates of '{Room}' are not installed.");

    /// <summary>Deactivates the device: no key of the room works any more, in whoever's hands it is.</summary>
    [Clause("6.6.2.2-e")]
    public void Dispose() => Device.Dispose();
}
