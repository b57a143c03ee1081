using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>Refusals as OCSP response statuses (RFC 6960 2.3). Total: a test asks it for every code.</summary>
internal static class ResponseStatuses
{
    /// <summary>The status for a refusal.</summary>
    public static OcspResponseStatus Of(RefusalCode code) => code switch
    {
        RefusalCode.Malformed or RefusalCode.TooLarge or RefusalCode.FieldMissing or RefusalCode.FieldInvalid or RefusalCode.NameTooLong or RefusalCode.ChecksumWrong
            or RefusalCode.EvidenceMissing or RefusalCode.EvidenceUnreadable or RefusalCode.AgreementMissing or RefusalCode.StatementMismatch => OcspResponseStatus.MalformedRequest,

        RefusalCode.NotInitialised or RefusalCode.RoomUnreachable or RefusalCode.LedgerUnavailable or RefusalCode.DeviceUnavailable or RefusalCode.TooManyRequests or RefusalCode.ClockBehind or RefusalCode.ClockInDoubt or RefusalCode.BackupMissing
            => OcspResponseStatus.TryLater,

        RefusalCode.MessageNotAllowed or RefusalCode.MessageNotAuthentic or RefusalCode.PeerUnknown or RefusalCode.UnknownObject or RefusalCode.PersonUnknown
            or RefusalCode.PersonSuspended or RefusalCode.RoleMissing or RefusalCode.AccessTokenWrong or RefusalCode.SignatureInvalid or RefusalCode.SetupCodeWrong
            or RefusalCode.CodeWrong or RefusalCode.CodeExpired or RefusalCode.CodeUsed or RefusalCode.ChallengeWrong or RefusalCode.TriesExhausted
            or RefusalCode.StatementStale or RefusalCode.StatementReplayed or RefusalCode.SamePerson or RefusalCode.RolesIncompatible or RefusalCode.SecondNeeded or RefusalCode.SignInFailed or RefusalCode.AccountLocked
            or RefusalCode.PasswordUnfit or RefusalCode.PasswordExpired or RefusalCode.SessionMissing or RefusalCode.SessionOther => OcspResponseStatus.Unauthorized,

        RefusalCode.PossessionNotProven or RefusalCode.KeyWeak or RefusalCode.KeyReused or RefusalCode.SubjectNotUnique or RefusalCode.ProfileUnknown or RefusalCode.LintFailed
            or RefusalCode.OutsideRenewalWindow or RefusalCode.RegisteredDataChanged or RefusalCode.StateWrong or RefusalCode.CertificateNotValid
            or RefusalCode.AlreadyInitialised or RefusalCode.SharesTooFew or RefusalCode.ShareInvalid or RefusalCode.KeyCentreRefused or RefusalCode.Fault
            => OcspResponseStatus.InternalError,

        _ => throw new UnreachableException($"The refusal {code} has no OCSP response status."),
    };
}
