using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// Rooms whose peers learn of new certificates from people, at different times (decision 0050): keys that stand beside the present ones, so that a peer is heard and answered under the certificates that it knows.
/// </summary>
public sealed partial class RoomIdentity
{
    /// <summary>Installs certificates that follow this room's, all in one step on disk or none; what is installed already stays. Checked as <see cref="Follow"/> checks each.</summary>
    /// <param name="certified">At most one for each use.</param>
    /// <param name="beside">What stands beside the present certificates from then on, see <see cref="StandBeside"/>.</param>
    /// <param name="now">When all must be valid.</param>
    /// <returns>Whether something changed.</returns>
    /// <exception cref="RefusedException">As <see cref="Follow"/>.</exception>
    public bool FollowTogether(IReadOnlyList<ServiceCertified> certified, IReadOnlyList<StandIn> beside, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certified);
        ArgumentNullException.ThrowIfNull(beside);
        lock (_change)
        {
            IdentityFile before = Installed();
            IdentityFile after = Together(before, certified, now);
            if (ReferenceEquals(before, after))
            {
                StandBeside(beside);
                return false;
            }

            Put(after, [.. beside]);
            return true;
        }
    }

    /// <summary>Whether <see cref="FollowTogether"/> would install these now; changes nothing.</summary>
    /// <param name="certified">At most one for each use.</param>
    /// <param name="now">When all must be valid.</param>
    /// <returns>Whether something would change.</returns>
    /// <exception cref="RefusedException">As <see cref="Follow"/>.</exception>
    public bool CanFollow(IReadOnlyList<ServiceCertified> certified, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certified);
        IdentityFile before = Installed();
        return !ReferenceEquals(before, Together(before, certified, now));
    }

    /// <summary>
    /// Lets encryption certificates of this room open orders beside the present one, and says under which signing certificate each such order is answered. Not kept on disk: the room says it again after a start.
    /// </summary>
    /// <param name="beside">In place of what stood there before; certificates over keys that this device has not are passed over.</param>
    public void StandBeside(IReadOnlyList<StandIn> beside)
    {
        ArgumentNullException.ThrowIfNull(beside);
        lock (_change)
        {
            Volatile.Write(ref _keys, KeysOf(Volatile.Read(ref _keys).File, [.. beside]));
        }
    }

    /// <summary>The device's label of the key of one of this room's signing certificates, past and waiting ones too; null when the device has no such key.</summary>
    /// <param name="certificate">A signing certificate.</param>
    public string? SigningLabelOf(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return LabelOf(SigningLabel, certificate.PublicKey);
    }

    /// <summary>Under which certificate a message is answered: the one that went with the encryption certificate that the sender has used, while it is good; else the present one.</summary>
    internal Certificate? AnsweringUnder(OpenedMessage message, DateTimeOffset now)
    {
        RoomKeys keys = Volatile.Read(ref _keys);
        return message.Under is { } under && !under.Equals(keys.File?.Encryption)
            && keys.Beside.FirstOrDefault(one => one.Encryption.Equals(under))?.Signing is { } signing && signing.IsValidAt(now) && LabelOf(SigningLabel, signing.PublicKey) is not null
            ? signing
            : keys.File?.Signing;
    }

    private IdentityFile Together(IdentityFile file, IReadOnlyList<ServiceCertified> certified, DateTimeOffset now) =>
        certified.DistinctBy(one => one.Use).Count() == certified.Count
            ? certified.Aggregate(file, (so, one) => Following(so, one, now) ?? so)
            : throw new RefusedException(RefusalCode.FieldInvalid, "Two certificates are for one use.", "use");
}

/// <summary>A pair of certificates that stands beside a room's present ones.</summary>
/// <param name="Encryption">What is enveloped to it opens.</param>
/// <param name="Signing">Under which what came so is answered, while it is valid; null: under the present one.</param>
public sealed record StandIn(Certificate Encryption, Certificate? Signing);
