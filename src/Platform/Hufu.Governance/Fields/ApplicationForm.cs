using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>A paper that a form asks for.</summary>
/// <param name="Id">Kind, kebab-case.</param>
/// <param name="Zh">Name in Chinese.</param>
/// <param name="En">Name in English.</param>
/// <param name="Required">Whether an application without it is not taken.</param>
/// <param name="When">Only when this field is filled; null for always.</param>
/// <param name="Valid">How long it counts for renewals; null for the one application only.</param>
/// <param name="Batch">Whether one of the organisation serves all lines of a batch.</param>
/// <param name="Accepts">Documents of which one will do.</param>
public sealed record FormDocument(string Id, string Zh, string En, bool Required, string? When, CalendarPeriod? Valid, bool Batch, IReadOnlyList<string> Accepts);

/// <summary>A check that a form asks of its vetter.</summary>
/// <param name="Id">Id, kebab-case.</param>
/// <param name="Zh">The question in Chinese.</param>
/// <param name="En">The question in English.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="Finding">What it establishes (3.3-a).</param>
/// <param name="Means">Ways of doing it, any one of them.</param>
/// <param name="When">Only when this field is filled; null for always.</param>
/// <param name="Source">A third-party source that can be asked, or null.</param>
/// <param name="IndependentNumber">A call back must not go to a number on the form.</param>
/// <param name="AtRenewal">A renewal asks it too.</param>
public sealed record FormCheck(
    string Id, string Zh, string En, string Clause, FindingKind Finding, IReadOnlyList<CheckMeans> Means, string? When, string? Source, bool IndependentNumber, bool AtRenewal);

/// <summary>What a type of certificate asks beyond its profile (6.1.3.2-g): one file of policy/forms. A holders' profile without one has the form that follows from the profile.</summary>
public sealed record ApplicationForm
{
    /// <summary>The profile's id; the file's name.</summary>
    public required string Profile { get; init; }

    /// <summary>Clauses that it comes from.</summary>
    public required IReadOnlyList<string> Clauses { get; init; }

    /// <summary>Who may apply, in Chinese.</summary>
    public required string ApplicantZh { get; init; }

    /// <summary>Who may apply, in English.</summary>
    public required string ApplicantEn { get; init; }

    /// <summary>By which ways.</summary>
    public required IReadOnlyList<ApplicationChannel> Channels { get; init; }

    /// <summary>Help on fields by their name: Chinese, English.</summary>
    public required IReadOnlyDictionary<string, (string Zh, string En)> Help { get; init; }

    /// <summary>Papers.</summary>
    public required IReadOnlyList<FormDocument> Documents { get; init; }

    /// <summary>Checks.</summary>
    public required IReadOnlyList<FormCheck> Checks { get; init; }

    /// <summary>Who may ask for a revocation (6.2.7.2-a).</summary>
    public required IReadOnlyList<RevocationAsker> Initiators { get; init; }

    /// <summary>In which kinds of modules CA or RA make the pair for the holder (6.6.2.1-b); empty: in none, the holder makes it.</summary>
    public required IReadOnlyList<MediumKind> Media { get; init; }

    /// <summary>Price of the first issue, in fen (7.2.1-a); 0 for none.</summary>
    public long FirstPrice { get; init; }

    /// <summary>Price of a renewal, in fen; 0 for none.</summary>
    public long RenewalPrice { get; init; }

    /// <summary>The papers that an application with these fields must have.</summary>
    /// <param name="fields">The application's fields.</param>
    public IEnumerable<FormDocument> DocumentsFor(IReadOnlyDictionary<string, string> fields) => Documents.Where(document => document.Required && Applies(document.When, fields));

    /// <summary>The checklist of an application with these fields (6.1.3.2-b to -e).</summary>
    /// <param name="fields">The application's fields.</param>
    /// <param name="renewal">Whether it renews a certificate.</param>
    public IEnumerable<FormCheck> ChecksFor(IReadOnlyDictionary<string, string> fields, bool renewal) => Checks.Where(check => Applies(check.When, fields) && (!renewal || check.AtRenewal));

    private static bool Applies(string? when, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return when is null || (fields.TryGetValue(when, out var value) && value.Length > 0);
    }
}
