namespace Hufu.Contracts;

/// <summary>The ways in which an application comes (6.2.1.2-a).</summary>
public enum ApplicationChannel
{
    /// <summary>在线: by the applicant.</summary>
    Online,

    /// <summary>受理点: taken by a clerk.</summary>
    Counter,

    /// <summary>批量: a line of an organisation's file.</summary>
    Batch,
}

/// <summary>What a check establishes: three findings that a vetting record keeps apart (3.3-a).</summary>
public enum FindingKind
{
    /// <summary>鉴别: the papers are genuine.</summary>
    Genuine,

    /// <summary>实体鉴别: the entity exists and is who it claims to be.</summary>
    Entity,

    /// <summary>验证: the papers and the application belong to this applicant, who knows of it and authorises it.</summary>
    Belongs,
}

/// <summary>How a check was done (6.1.3.2-b to -e).</summary>
public enum CheckMeans
{
    /// <summary>The document was seen.</summary>
    Document,

    /// <summary>An authoritative third party's database was asked.</summary>
    Database,

    /// <summary>A call back.</summary>
    CallBack,

    /// <summary>A letter under the unit's seal.</summary>
    SealedLetter,

    /// <summary>Face to face.</summary>
    FaceToFace,

    /// <summary>An authorisation signed by the person.</summary>
    SignedAuthorisation,

    /// <summary>A code sent to the person's mobile phone and given back.</summary>
    SmsCode,

    /// <summary>A bank card in the person's name.</summary>
    BankCard,

    /// <summary>Control of the domain name, proven by DNS or HTTP.</summary>
    DomainControl,

    /// <summary>The registrar's data.</summary>
    Registrar,

    /// <summary>The holder's signature with the certificate in force.</summary>
    HolderSignature,
}

/// <summary>A field of a form.</summary>
/// <param name="Name">Its name in <see cref="NewApplication.Fields"/>.</param>
/// <param name="Zh">Label in Chinese.</param>
/// <param name="En">Label in English.</param>
/// <param name="Kind">text, person-name, credit-code, identity-number, phone, email, host-name, …</param>
/// <param name="Required">Whether it must be filled.</param>
/// <param name="MaxLength">Most characters.</param>
/// <param name="Private">Private data (7.2.4-a): sealed at rest, masked where it is not needed.</param>
/// <param name="InCertificate">Whether its value stands in the certificate.</param>
/// <param name="HelpZh">How to fill it in, in Chinese, or null.</param>
/// <param name="HelpEn">How to fill it in, in English, or null.</param>
public sealed record FormFieldText(string Name, string Zh, string En, string Kind, bool Required, int MaxLength, bool Private, bool InCertificate, string? HelpZh, string? HelpEn);

/// <summary>A paper to hand in: PDF, PNG or JPEG.</summary>
/// <param name="Id">Its kind, in the address of the upload.</param>
/// <param name="Zh">Name in Chinese.</param>
/// <param name="En">Name in English.</param>
/// <param name="Required">Whether it must be there before the application is submitted.</param>
/// <param name="When">A field: needed only when that is filled; null for always.</param>
/// <param name="Valid">How long one that was handed in counts for renewals (ISO 8601 period); null for this application only.</param>
/// <param name="Batch">Whether one paper of the organisation serves all lines of a batch.</param>
/// <param name="Accepts">Documents of which one will do, in Chinese; may be empty.</param>
public sealed record FormDocumentText(string Id, string Zh, string En, bool Required, string? When, string? Valid, bool Batch, IReadOnlyList<string> Accepts);

/// <summary>A check of the vetter's list.</summary>
/// <param name="Id">Its id, in <see cref="CheckFinding.Check"/>.</param>
/// <param name="Zh">The question in Chinese.</param>
/// <param name="En">The question in English.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="Finding">What it establishes.</param>
/// <param name="Means">Ways of doing it, any one of them.</param>
/// <param name="When">A field: asked only when that is filled; null for always.</param>
/// <param name="Source">The third-party source that can be asked, or null.</param>
/// <param name="IndependentNumber">Whether a call back must go to a number found independently, never to one on the form.</param>
/// <param name="AtRenewal">Whether a renewal asks it too (6.2.6.3-b).</param>
public sealed record FormCheckText(
    string Id, string Zh, string En, string Clause, FindingKind Finding, IReadOnlyList<CheckMeans> Means, string? When, string? Source, bool IndependentNumber, bool AtRenewal);

/// <summary>A form (6.1.3.2-g): <c>GET /api/ra/forms/{profile}</c>; all of them: <c>GET /api/ra/forms</c>.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Zh">The type's name in Chinese.</param>
/// <param name="En">The type's name in English.</param>
/// <param name="ApplicantZh">Who may apply, in Chinese (6.2.1.1-b).</param>
/// <param name="ApplicantEn">Who may apply, in English.</param>
/// <param name="Channels">By which ways.</param>
/// <param name="Fields">In the form's order.</param>
/// <param name="Documents">Papers.</param>
/// <param name="Checks">What the vetter answers.</param>
/// <param name="Initiators">Who may ask for a revocation (6.2.7.2-a).</param>
/// <param name="Clauses">Clauses that the form comes from.</param>
/// <param name="Media">In which kinds of modules CA or RA make the pair for the holder (6.6.2.1-b); empty: in none.</param>
/// <param name="Keys">Which keys the type takes: a request with another one is refused.</param>
public sealed record FormText(
    string Profile, string Zh, string En, string ApplicantZh, string ApplicantEn, IReadOnlyList<ApplicationChannel> Channels, IReadOnlyList<FormFieldText> Fields,
    IReadOnlyList<FormDocumentText> Documents, IReadOnlyList<FormCheckText> Checks, IReadOnlyList<RevocationAsker> Initiators, IReadOnlyList<string> Clauses, IReadOnlyList<MediumKind> Media,
    KeyAlgorithm Keys = KeyAlgorithm.Sm2);

/// <summary>
/// An application taken at the counter: <c>POST /api/ra/counter/applications</c>, act <see cref="ActNames.RaApplicationTake"/>, object <c>application/new</c>; answered with
/// <see cref="ApplicationCreated"/>. The access token goes with the applicant's receipt; with it the clerk hands in the papers and submits.
/// </summary>
/// <param name="Application">As online.</param>
/// <param name="PresentedBy">Who came; 1 to 100 characters.</param>
/// <param name="Identified">By which document or means; 1 to 500 characters.</param>
public sealed record CounterApplication(NewApplication Application, string PresentedBy, string Identified);
