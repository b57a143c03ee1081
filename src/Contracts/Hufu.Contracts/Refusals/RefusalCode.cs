namespace Hufu.Contracts;

/// <summary>The closed set of refusals. On the wire in kebab-case: <c>checksum-wrong</c>. Sentences and next steps: <see cref="RefusalCatalogue"/>.</summary>
public enum RefusalCode
{
    /// <summary>The request is not well formed.</summary>
    Malformed,

    /// <summary>The content is larger than allowed.</summary>
    TooLarge,

    /// <summary>A required field is missing.</summary>
    FieldMissing,

    /// <summary>A field does not have an allowed value.</summary>
    FieldInvalid,

    /// <summary>A name is longer than a certificate can carry.</summary>
    NameTooLong,

    /// <summary>The checksum of a number is wrong.</summary>
    ChecksumWrong,

    /// <summary>The subscriber agreement has not been accepted.</summary>
    AgreementMissing,

    /// <summary>Papers are missing.</summary>
    EvidenceMissing,

    /// <summary>A paper is not a readable image or PDF.</summary>
    EvidenceUnreadable,

    /// <summary>The request's signature does not prove possession of the private key.</summary>
    PossessionNotProven,

    /// <summary>The public key is not acceptable.</summary>
    KeyWeak,

    /// <summary>The public key is already in use.</summary>
    KeyReused,

    /// <summary>The subject name already belongs to another holder.</summary>
    SubjectNotUnique,

    /// <summary>There is no such certificate profile.</summary>
    ProfileUnknown,

    /// <summary>The certificate to be signed does not pass the linter.</summary>
    LintFailed,

    /// <summary>The certificate is outside its renewal window.</summary>
    OutsideRenewalWindow,

    /// <summary>The registered data changed, so the certificate cannot be renewed.</summary>
    RegisteredDataChanged,

    /// <summary>The one-time code is wrong.</summary>
    CodeWrong,

    /// <summary>The one-time code has expired.</summary>
    CodeExpired,

    /// <summary>The one-time code has been used.</summary>
    CodeUsed,

    /// <summary>The challenge phrase is wrong.</summary>
    ChallengeWrong,

    /// <summary>No tries are left.</summary>
    TriesExhausted,

    /// <summary>The access token is not valid for this application.</summary>
    AccessTokenWrong,

    /// <summary>There is no such object.</summary>
    UnknownObject,

    /// <summary>The object's state does not allow this.</summary>
    StateWrong,

    /// <summary>The act's signature does not verify.</summary>
    SignatureInvalid,

    /// <summary>The signed statement does not match the request.</summary>
    StatementMismatch,

    /// <summary>The statement's time is outside the allowed window.</summary>
    StatementStale,

    /// <summary>The statement has been used before.</summary>
    StatementReplayed,

    /// <summary>The signer is not a member of staff here.</summary>
    PersonUnknown,

    /// <summary>The signer's role is suspended.</summary>
    PersonSuspended,

    /// <summary>The certificate is outside its validity or revoked.</summary>
    CertificateNotValid,

    /// <summary>The signer's roles do not allow this act.</summary>
    RoleMissing,

    /// <summary>The roles exclude one another.</summary>
    RolesIncompatible,

    /// <summary>Two different people are needed.</summary>
    SamePerson,

    /// <summary>The setup code is wrong.</summary>
    SetupCodeWrong,

    /// <summary>The room is not initialised.</summary>
    NotInitialised,

    /// <summary>The room is already initialised.</summary>
    AlreadyInitialised,

    /// <summary>Too few shares are present.</summary>
    SharesTooFew,

    /// <summary>A share is not one of the set.</summary>
    ShareInvalid,

    /// <summary>The sealed message is not authentic or not for this room.</summary>
    MessageNotAuthentic,

    /// <summary>The sender may not send this message to this room.</summary>
    MessageNotAllowed,

    /// <summary>The other room is not registered.</summary>
    PeerUnknown,

    /// <summary>The other room cannot be reached; the request is kept.</summary>
    RoomUnreachable,

    /// <summary>The key centre refused.</summary>
    KeyCentreRefused,

    /// <summary>The audit ledger cannot be written, so the act is refused.</summary>
    LedgerUnavailable,

    /// <summary>The cryptographic device is not active.</summary>
    DeviceUnavailable,

    /// <summary>User name, password and certificate do not belong together; which of them is not said.</summary>
    SignInFailed,

    /// <summary>The account is locked after too many wrong passwords.</summary>
    AccountLocked,

    /// <summary>A new password does not meet the rules.</summary>
    PasswordUnfit,

    /// <summary>The password is too old; a new one has to come with it.</summary>
    PasswordExpired,

    /// <summary>There is no session, or it has ended.</summary>
    SessionMissing,

    /// <summary>The act is signed by somebody else than the person whose session it comes in.</summary>
    SessionOther,

    /// <summary>A second person has to agree; the proposal is kept.</summary>
    SecondNeeded,

    /// <summary>The room's clock has gone back.</summary>
    ClockBehind,

    /// <summary>Other sources of time disagree with the room's clock, or none answers.</summary>
    ClockInDoubt,

    /// <summary>A CA's key has been in no backup for longer than policy allows.</summary>
    BackupMissing,

    /// <summary>Too many requests.</summary>
    TooManyRequests,

    /// <summary>Something failed inside.</summary>
    Fault,
}
