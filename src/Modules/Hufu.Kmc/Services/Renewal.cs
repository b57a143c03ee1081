using System.Text;
using Hufu.Contracts;
using Hufu.Kmc.Cases;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Kmc.Services;

/// <summary>A renewal of the key centre's certificates as it is now.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="State">How far it is.</param>
/// <param name="RenewedBy">Who renewed.</param>
/// <param name="RenewedAt">When.</param>
/// <param name="DecidedBy">The auditor, or null.</param>
/// <param name="DecidedAt">When, or null.</param>
/// <param name="Certificates">Signing, encryption and perhaps audit.</param>
internal sealed record Renewal(
    long Number, ServiceRenewalState State, string RenewedBy, DateTimeOffset RenewedAt, string? DecidedBy, DateTimeOffset? DecidedAt, IReadOnlyList<RenewedCertificate> Certificates)
{
    /// <summary>As statements name it.</summary>
    public string Object => ObjectOf(Number);

    /// <summary>What an act on it signs as its state: it binds the act to these very certificates.</summary>
    public string StateText => $"{CaseWords.Of(State)} {ActStatement.Digest(Encoding.UTF8.GetBytes(string.Concat(Certificates.Select(one => $"{one.Use} {(one.Der is { } der ? ActStatement.Digest(der) : one.Serial)}\n"))))}";

    /// <summary>As statements name a renewal.</summary>
    public static string ObjectOf(long number) => $"services/{number}";

    /// <summary>The certificate of a use; null when it is not renewed, or not signed yet.</summary>
    public byte[]? Of(string use) => Certificates.FirstOrDefault(one => one.Use == use)?.Der;

    /// <summary>What the room's identity installs.</summary>
    /// <param name="chain">The KM certificate, DER.</param>
    public IReadOnlyList<ServiceCertified> Certified(byte[] chain) =>
        [.. Certificates.Select(one => new ServiceCertified(Rooms.Kmc, one.Use, Certificate.Decode(one.Follows).SerialHex, one.Der ?? throw new InvalidOperationException("A renewal that is not signed."), [chain]))];

    /// <summary>For the doors.</summary>
    /// <param name="chain">The KM certificate, DER.</param>
    public RenewedServices Show(byte[] chain) => new(
        Number, State, StateText, RenewedAt,
        Of(RoomIdentity.SigningLabel) is { } signing && Of(RoomIdentity.EncryptionLabel) is { } encryption ? new PeerInfo(Rooms.Kmc, signing, encryption) : null, Of(RoomIdentity.AuditLabel), [chain]);
}

/// <summary>One certificate of a renewal.</summary>
/// <param name="Use">sign, encrypt, audit.</param>
/// <param name="Follows">The certificate before it, DER.</param>
/// <param name="Serial">Reserved for it.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER, of the device's key.</param>
/// <param name="Der">Null until it is signed.</param>
internal sealed record RenewedCertificate(string Use, byte[] Follows, string Serial, byte[] PublicKey, byte[]? Der);
