using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

/// <summary>Refusals as PKIFailureInfo (RFC 3161 2.4.2, GM/T 0033). Total: a test asks it for every code. What the request itself got wrong is told by its own bit at the place where it is found.</summary>
internal static class FailureInfo
{
    /// <summary>The bit for a refusal.</summary>
    public static TimeStampFailure Of(RefusalCode code) => code switch
    {
        RefusalCode.Malformed or RefusalCode.TooLarge or RefusalCode.FieldMissing or RefusalCode.FieldInvalid or RefusalCode.NameTooLong or RefusalCode.ChecksumWrong
            or RefusalCode.EvidenceUnreadable => TimeStampFailure.BadDataFormat,

        // The clock is the device of this room.
        RefusalCode.DeviceUnavailable or RefusalCode.ClockInDoubt or RefusalCode.StatementStale => TimeStampFailure.TimeNotAvailable,

        RefusalCode.MessageNotAllowed or RefusalCode.MessageNotAuthentic or RefusalCode.PeerUnknown or RefusalCode.UnknownObject or RefusalCode.PersonUnknown
            or RefusalCode.PersonSuspended or RefusalCode.RoleMissing or RefusalCode.RolesIncompatible or RefusalCode.SamePerson or RefusalCode.AccessTokenWrong
            or RefusalCode.SignatureInvalid or RefusalCode.SetupCodeWrong or RefusalCode.CodeWrong or RefusalCode.CodeExpired or RefusalCode.CodeUsed
            or RefusalCode.ChallengeWrong or RefusalCode.TriesExhausted or RefusalCode.StatementMismatch or RefusalCode.StatementReplayed or RefusalCode.StateWrong
            or RefusalCode.AgreementMissing or RefusalCode.EvidenceMissing or RefusalCode.OutsideRenewalWindow or RefusalCode.RegisteredDataChanged
            or RefusalCode.AlreadyInitialised or RefusalCode.SubjectNotUnique or RefusalCode.PossessionNotProven or RefusalCode.KeyReused or RefusalCode.SecondNeeded or RefusalCode.SignInFailed or RefusalCode.AccountLocked
            or RefusalCode.PasswordUnfit or RefusalCode.PasswordExpired or RefusalCode.SessionMissing or RefusalCode.SessionOther => TimeStampFailure.BadRequest,

        RefusalCode.KeyWeak => TimeStampFailure.BadAlg,
        RefusalCode.ProfileUnknown => TimeStampFailure.UnacceptedPolicy,

        RefusalCode.NotInitialised or RefusalCode.RoomUnreachable or RefusalCode.LedgerUnavailable or RefusalCode.TooManyRequests or RefusalCode.ClockBehind or RefusalCode.CertificateNotValid
            or RefusalCode.LintFailed or RefusalCode.SharesTooFew or RefusalCode.ShareInvalid or RefusalCode.KeyCentreRefused or RefusalCode.BackupMissing or RefusalCode.Fault
            => TimeStampFailure.SystemFailure,

        _ => throw new UnreachableException($"The refusal {code} has no PKIFailureInfo."),
    };
}
