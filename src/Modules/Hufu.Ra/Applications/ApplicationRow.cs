using Hufu.Contracts;

namespace Hufu.Ra.Applications;

/// <summary>A row of ra_applications. Times are Unix milliseconds; fields are sealed.</summary>
internal sealed class ApplicationRow
{
    public string Id { get; set; } = "";

    public string Profile { get; set; } = "";

    public ApplicationState State { get; set; }

    public string Title { get; set; } = "";

    public byte[] Fields { get; set; } = [];

    public byte[] Request { get; set; } = [];

    /// <summary>SM3 over the request's SubjectPublicKeyInfo, hex.</summary>
    public string KeyDigest { get; set; } = "";

    /// <summary><see cref="ApplicationData.Digest"/>.</summary>
    public string DataDigest { get; set; } = "";

    /// <summary>What identifies the holder, keyed (<see cref="HolderKey"/>), hex.</summary>
    public string Holder { get; set; } = "";

    public string? RenewalOf { get; set; }

    public bool Publish { get; set; }

    public string AgreementVersion { get; set; } = "";

    public long AgreementAt { get; set; }

    public string TokenDigest { get; set; } = "";

    public ApplicationChannel Channel { get; set; }

    /// <summary>The office (RA centre, regional RA or counter) that it belongs to.</summary>
    public string Office { get; set; } = "centre";

    /// <summary>The batch whose line it is, or null.</summary>
    public string? Batch { get; set; }

    /// <summary>End of the signing certificate, once issued; Unix milliseconds.</summary>
    public long? NotAfter { get; set; }

    /// <summary>A renewal with a new key (6.1.3.3-a), see <see cref="Renewal.CreateRekey.Kind"/>.</summary>
    public long Rekey { get; set; }

    /// <summary>Whether the shorter checklist of a renewal is asked: not when the certificate had expired before its key was replaced (6.1.3.3-b).</summary>
    public bool VettedAsRenewal => RenewalOf is not null && Rekey != Renewal.CreateRekey.Kind.Expired;

    /// <summary>The certificate that the CA is asked to renew, part of what staff sign; null for a new key, which is a new pair of the same holder.</summary>
    public string? OrderedRenewalOf => Rekey == Renewal.CreateRekey.Kind.None ? RenewalOf : null;

    public long CreatedAt { get; set; }

    public long WaitingSince { get; set; }

    public long DueAt { get; set; }

    public string? Reason { get; set; }

    public string? SigningSerial { get; set; }

    public string? EncryptionSerial { get; set; }

    /// <summary>The state as acts on the delivery sign it: word and serial of the signing certificate.</summary>
    public string DeliveryState() => ApplicationData.StateText(State, SigningSerial ?? "-");

    /// <summary>The state as acts on the application sign it.</summary>
    public string StateText() => ApplicationData.StateText(State, DataDigest);

    /// <summary>What the applicant sees of it.</summary>
    public ApplicationStatus ToStatus() => new(
        Id, State, Profile, State is ApplicationState.Submitted or ApplicationState.Entered or ApplicationState.Excepted or ApplicationState.Approved ? DateTimeOffset.FromUnixTimeMilliseconds(DueAt) : null,
        Reason, SigningSerial, EncryptionSerial);
}
