using System.Collections.Frozen;
using Hufu.Contracts;

namespace Hufu.Hosting;

/// <summary>The one table from refusals to HTTP: total, a test proves it.</summary>
public static class RefusalStatus
{
    private static readonly FrozenDictionary<RefusalCode, int> Table = new Dictionary<RefusalCode, int>
    {
        // 400, 413: the request itself.
        [RefusalCode.Malformed] = 400,
        [RefusalCode.TooLarge] = 413,

        // 401: show who you are.
        [RefusalCode.AccessTokenWrong] = 401,
        [RefusalCode.SignInFailed] = 401,
        [RefusalCode.SessionMissing] = 401,

        // 403: who you are, or what you know, does not open this.
        [RefusalCode.CodeWrong] = 403,
        [RefusalCode.ChallengeWrong] = 403,
        [RefusalCode.SetupCodeWrong] = 403,
        [RefusalCode.SignatureInvalid] = 403,
        [RefusalCode.StatementStale] = 403,
        [RefusalCode.PersonUnknown] = 403,
        [RefusalCode.PersonSuspended] = 403,
        [RefusalCode.CertificateNotValid] = 403,
        [RefusalCode.RoleMissing] = 403,
        [RefusalCode.AccountLocked] = 403,
        [RefusalCode.PasswordExpired] = 403,
        [RefusalCode.SessionOther] = 403,
        [RefusalCode.MessageNotAuthentic] = 403,
        [RefusalCode.MessageNotAllowed] = 403,
        [RefusalCode.PeerUnknown] = 403,

        // 404, 410: not there, no longer there.
        [RefusalCode.UnknownObject] = 404,
        [RefusalCode.CodeExpired] = 410,
        [RefusalCode.CodeUsed] = 410,

        // 409: not in this state, not together with what there is.
        [RefusalCode.StateWrong] = 409,
        [RefusalCode.StatementMismatch] = 409,
        [RefusalCode.StatementReplayed] = 409,
        [RefusalCode.SamePerson] = 409,
        [RefusalCode.SecondNeeded] = 409,
        [RefusalCode.RolesIncompatible] = 409,
        [RefusalCode.KeyReused] = 409,
        [RefusalCode.SubjectNotUnique] = 409,
        [RefusalCode.OutsideRenewalWindow] = 409,
        [RefusalCode.RegisteredDataChanged] = 409,
        [RefusalCode.NotInitialised] = 409,
        [RefusalCode.AlreadyInitialised] = 409,
        [RefusalCode.SharesTooFew] = 409,

        // 422: well formed, but what it says cannot be accepted.
        [RefusalCode.FieldMissing] = 422,
        [RefusalCode.FieldInvalid] = 422,
        [RefusalCode.NameTooLong] = 422,
        [RefusalCode.ChecksumWrong] = 422,
        [RefusalCode.AgreementMissing] = 422,
        [RefusalCode.EvidenceMissing] = 422,
        [RefusalCode.EvidenceUnreadable] = 422,
        [RefusalCode.PossessionNotProven] = 422,
        [RefusalCode.KeyWeak] = 422,
        [RefusalCode.ProfileUnknown] = 422,
        [RefusalCode.LintFailed] = 422,
        [RefusalCode.ShareInvalid] = 422,
        [RefusalCode.PasswordUnfit] = 422,

        // 429: too often.
        [RefusalCode.TriesExhausted] = 429,
        [RefusalCode.TooManyRequests] = 429,

        // 5xx: ours.
        [RefusalCode.Fault] = 500,
        [RefusalCode.KeyCentreRefused] = 502,
        [RefusalCode.RoomUnreachable] = 503,
        [RefusalCode.LedgerUnavailable] = 503,
        [RefusalCode.DeviceUnavailable] = 503,
        [RefusalCode.ClockBehind] = 503,
        [RefusalCode.ClockInDoubt] = 503,
        [RefusalCode.BackupMissing] = 503,
    }.ToFrozenDictionary();

    /// <summary>The HTTP status of a refusal.</summary>
    public static int Of(RefusalCode code) => Table[code];
}
