using System.Diagnostics;
using Hufu.Contracts;

namespace Hufu.Kmc.Serving;

/// <summary>Refusals as error numbers of GM/T 0014's ErrorPkgRespond. The standard's own list could not be had, so the numbers are this platform's, one for each thing that a CA can do about it.</summary>
/// <remarks>The table is total: a test asks it for every code. errDesc carries the refusal's own code and words.</remarks>
internal static class ErrorNumbers
{
    /// <summary>The request is not well formed or a field has no allowed value: mend it.</summary>
    public const int BadRequest = 1;

    /// <summary>The CA is unknown here, or the request is not signed by it.</summary>
    public const int NotAuthentic = 2;

    /// <summary>The request's time lies outside the window, or its task number was used for something else.</summary>
    public const int StaleOrRepeated = 3;

    /// <summary>The algorithm or the holder's key is not acceptable.</summary>
    public const int KeyNotAcceptable = 4;

    /// <summary>The key or the certificate number is already in use.</summary>
    public const int InUse = 5;

    /// <summary>No pair belongs to that certificate number.</summary>
    public const int NoSuchKey = 6;

    /// <summary>The state or the policy of the key centre does not allow it.</summary>
    public const int NotAllowed = 7;

    /// <summary>Not now: send the same task again later.</summary>
    public const int TryLater = 8;

    /// <summary>Something failed inside the key centre: tell its operator.</summary>
    public const int Fault = 9;

    /// <summary>The number for a refusal.</summary>
    public static int Of(RefusalCode code) => code switch
    {
        RefusalCode.Malformed or RefusalCode.TooLarge or RefusalCode.FieldMissing or RefusalCode.FieldInvalid or RefusalCode.NameTooLong or RefusalCode.ChecksumWrong
            or RefusalCode.AgreementMissing or RefusalCode.EvidenceMissing or RefusalCode.EvidenceUnreadable or RefusalCode.ProfileUnknown or RefusalCode.LintFailed
            or RefusalCode.StatementMismatch => BadRequest,
        RefusalCode.MessageNotAuthentic or RefusalCode.MessageNotAllowed or RefusalCode.PeerUnknown or RefusalCode.SignatureInvalid or RefusalCode.CertificateNotValid
            or RefusalCode.PersonUnknown or RefusalCode.PersonSuspended or RefusalCode.RoleMissing or RefusalCode.AccessTokenWrong or RefusalCode.SetupCodeWrong or RefusalCode.SecondNeeded or RefusalCode.SignInFailed or RefusalCode.AccountLocked
            or RefusalCode.PasswordUnfit or RefusalCode.PasswordExpired or RefusalCode.SessionMissing or RefusalCode.SessionOther => NotAuthentic,
        RefusalCode.StatementStale or RefusalCode.StatementReplayed => StaleOrRepeated,
        RefusalCode.KeyWeak or RefusalCode.PossessionNotProven => KeyNotAcceptable,
        RefusalCode.KeyReused or RefusalCode.SubjectNotUnique => InUse,
        RefusalCode.UnknownObject => NoSuchKey,
        RefusalCode.StateWrong or RefusalCode.AlreadyInitialised or RefusalCode.OutsideRenewalWindow or RefusalCode.RegisteredDataChanged or RefusalCode.CodeWrong
            or RefusalCode.CodeExpired or RefusalCode.CodeUsed or RefusalCode.ChallengeWrong or RefusalCode.TriesExhausted or RefusalCode.RolesIncompatible
            or RefusalCode.SamePerson or RefusalCode.SharesTooFew or RefusalCode.ShareInvalid or RefusalCode.KeyCentreRefused => NotAllowed,
        RefusalCode.NotInitialised or RefusalCode.RoomUnreachable or RefusalCode.LedgerUnavailable or RefusalCode.DeviceUnavailable or RefusalCode.TooManyRequests or RefusalCode.ClockBehind or RefusalCode.ClockInDoubt or RefusalCode.BackupMissing => TryLater,
        RefusalCode.Fault => Fault,
        _ => throw new UnreachableException($"The refusal {code} has no error number."),
    };
}
