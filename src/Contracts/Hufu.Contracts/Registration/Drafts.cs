namespace Hufu.Contracts;

/// <summary>Saves a half-filled form to come back to: <c>POST /api/ra/drafts</c>, later <c>PUT /api/ra/drafts/{id}</c> with <c>Authorization: Bearer {secret}</c>. Nothing is checked but its size.</summary>
/// <param name="Profile">The profile's id.</param>
/// <param name="Fields">What has been filled in so far, by field name; unknown names are refused.</param>
public sealed record FormDraft(string Profile, IReadOnlyDictionary<string, string> Fields);

/// <summary>A draft is kept.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Secret">Opens it, and nothing else does; shown this once.</param>
/// <param name="Link">The private link: the secret stands behind the <c>#</c>, which browsers send to nobody.</param>
/// <param name="Until">When it is deleted unless saved again.</param>
public sealed record DraftSaved(string Id, string Secret, string Link, DateTimeOffset Until);

/// <summary>A draft as it was left: <c>GET /api/ra/drafts/{id}</c>; <c>DELETE</c> forgets it. Both with the secret.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Fields">What has been filled in.</param>
/// <param name="SavedAt">When.</param>
/// <param name="Until">When it is deleted unless saved again.</param>
public sealed record DraftFile(string Id, string Profile, IReadOnlyDictionary<string, string> Fields, DateTimeOffset SavedAt, DateTimeOffset Until);

/// <summary>
/// Corrects an application that is a draft or was refused: <c>POST /api/ra/applications/{id}/correction</c> with the access token; answered with <see cref="ApplicationStatus"/>. Then papers are
/// replaced as before and it is submitted again, which brings it back to entry. The fields of a renewal cannot change (6.2.6.1-a).
/// </summary>
/// <param name="Fields">All fields, as in <see cref="NewApplication"/>.</param>
/// <param name="Request">Another PKCS#10 (DER), or null to keep the one on file.</param>
public sealed record Correction(IReadOnlyDictionary<string, string> Fields, byte[]? Request = null);

/// <summary>Withdraws an application that is not approved yet: <c>POST /api/ra/applications/{id}/withdrawal</c> with the access token; answered with <see cref="ApplicationStatus"/>.</summary>
/// <param name="Reason">Why, if the applicant says; at most 500 characters.</param>
public sealed record Withdrawal(string? Reason = null);

/// <summary>Something that happened to an application, oldest first.</summary>
/// <param name="At">When.</param>
/// <param name="What">created, corrected, submitted, entered, refused, withdrawn, …</param>
/// <param name="By">applicant, holder, ca, or the person's number.</param>
/// <param name="Note">The reason or remark, or null.</param>
public sealed record ApplicationStep(DateTimeOffset At, string What, string By, string? Note);
