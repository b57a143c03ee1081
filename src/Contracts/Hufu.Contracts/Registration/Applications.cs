namespace Hufu.Contracts;

/// <summary>Starts an RA that has its service certificates: <c>POST /api/ra/initialise</c>. Both certificates come from the CA.</summary>
/// <param name="SetupCode">The room's setup code.</param>
/// <param name="BusinessAdministrator">业务管理员.</param>
/// <param name="Auditor">审计员; another person.</param>
public sealed record RaInitialisation(string SetupCode, PersonRequest BusinessAdministrator, PersonRequest Auditor);

/// <summary>An RA is initialised.</summary>
/// <param name="BusinessAdministrator">The person and certificate.</param>
/// <param name="Auditor">The person and certificate.</param>
public sealed record RaInitialised(Appointed BusinessAdministrator, Appointed Auditor);

/// <summary>The subscriber agreement in force: <c>GET /api/ra/agreement</c>.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Digest">SM3 of the text, hex.</param>
/// <param name="Text">The text.</param>
public sealed record Agreement(string Version, string Digest, string Text);

/// <summary>A version that is or was in force: <c>GET /api/ra/agreements</c>; its text at <c>GET /api/ra/agreements/{version}</c> (<see cref="Agreement"/>).</summary>
/// <param name="Version">Its version.</param>
/// <param name="Digest">SM3 of the text, hex.</param>
/// <param name="InForce">Since when.</param>
public sealed record AgreementVersion(string Version, string Digest, DateTimeOffset InForce);

/// <summary>What a type of certificate asks of its applicant: <c>GET /api/ra/types</c>.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="Fields">Names of the fields to fill in.</param>
/// <param name="Evidence">Kinds of papers to hand in.</param>
/// <param name="Checks">Checks that a vetter answers one by one.</param>
/// <param name="Keys">Which keys it takes: a request with another one is refused.</param>
public sealed record CertificateType(string Profile, string TitleZh, string TitleEn, IReadOnlyList<string> Fields, IReadOnlyList<string> Evidence, IReadOnlyList<string> Checks, KeyAlgorithm Keys = KeyAlgorithm.Sm2);

/// <summary>An application: <c>POST /api/ra/applications</c>.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Fields">Data by field name, e.g. <c>organisationName</c>, <c>creditCode</c>, <c>agentName</c>, <c>agentIdentityNumber</c>, <c>agentPhone</c>, <c>agentEmail</c>.</param>
/// <param name="Request">PKCS#10, DER, made in the applicant's own token: SM2, or P-256 signed with ECDSA and SHA-256 where the type takes such keys (<see cref="CertificateType.Keys"/>).</param>
/// <param name="ChallengePhrase">挑战语 for a later revocation without a counter: 6 to 64 characters.</param>
/// <param name="AgreementVersion">The version that the applicant accepted.</param>
/// <param name="AgreementAccepted">Must be true: expressly accepted.</param>
/// <param name="Publish">Whether the certificates may be published (6.2.4.2-a).</param>
/// <param name="Office">The office that it is for, one of <c>GET /api/ra/offices</c>; null for the centre. At the counter it is the clerk's.</param>
public sealed record NewApplication(
    string Profile, IReadOnlyDictionary<string, string> Fields, byte[] Request, string ChallengePhrase, string AgreementVersion, bool AgreementAccepted, bool Publish, string? Office = null);

/// <summary>A renewal with the same key: <c>POST /api/ra/renewals</c> (6.2.6.3-a).</summary>
/// <param name="Serial">Serial (hex) of the signing certificate to renew.</param>
/// <param name="Request">PKCS#10, DER, with the old public key, signed by the old key.</param>
/// <param name="AgreementVersion">The version that the holder accepted.</param>
/// <param name="AgreementAccepted">Must be true.</param>
public sealed record NewRenewal(string Serial, byte[] Request, string AgreementVersion, bool AgreementAccepted);

/// <summary>An application or renewal is on file.</summary>
/// <param name="Id">The application's number.</param>
/// <param name="AccessToken">Shows its holder this application and nothing else; sent as <c>Authorization: Bearer …</c>.</param>
/// <param name="EvidenceMissing">Kinds of papers still to hand in before it can be submitted.</param>
public sealed record ApplicationCreated(string Id, string AccessToken, IReadOnlyList<string> EvidenceMissing);

/// <summary>A paper is stored: <c>PUT /api/ra/applications/{id}/evidence/{kind}</c> with the file as body.</summary>
/// <param name="Kind">The kind of paper.</param>
/// <param name="Digest">SM3 of the file, hex.</param>
/// <param name="Size">Bytes.</param>
/// <param name="MediaType">What its content shows it to be.</param>
public sealed record EvidenceStored(string Kind, string Digest, long Size, string MediaType);

/// <summary>States of an application.</summary>
public enum ApplicationState
{
    /// <summary>草稿: papers may still be added.</summary>
    Draft,

    /// <summary>待录入: waits for the entry clerk.</summary>
    Submitted,

    /// <summary>待审核: entered, waits for the vetter.</summary>
    Entered,

    /// <summary>已拒绝: refused with reasons, back to the applicant.</summary>
    Refused,

    /// <summary>签发中: approved; the CA has the order.</summary>
    Approved,

    /// <summary>待领取: issued, waits to be fetched.</summary>
    Issued,

    /// <summary>已接受: downloaded or taken at the counter, which is acceptance (6.2.4.1-a).</summary>
    Accepted,

    /// <summary>已撤销: its certificates are revoked.</summary>
    Revoked,

    /// <summary>已撤回: the applicant has withdrawn it.</summary>
    Withdrawn,

    /// <summary>待复核: approved with an exception, which a second vetter confirms or not.</summary>
    Excepted,
}

/// <summary>Where an application stands: <c>GET /api/ra/applications/{id}</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Its state.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Due">When it must be answered (6.2.2.3-a), while it waits for us.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="SigningSerial">Serial (hex) of the signing certificate once issued.</param>
/// <param name="EncryptionSerial">Serial (hex) of the encryption certificate once issued.</param>
/// <param name="Papers">Kinds of the papers that were handed in; null in answers to an act.</param>
public sealed record ApplicationStatus(
    string Id, ApplicationState State, string Profile, DateTimeOffset? Due, string? Reason, string? SigningSerial, string? EncryptionSerial, IReadOnlyList<string>? Papers = null);
