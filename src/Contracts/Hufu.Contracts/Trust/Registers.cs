namespace Hufu.Contracts;

/// <summary>A type of manual register, data of policy/registers.yaml: <c>GET /api/{room}/registers</c>, public within the platform: it holds no entries.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Zh">Its title in Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="Fields">Its fields in their order.</param>
/// <param name="RecordedBy">Roles that record in it.</param>
/// <param name="ReadBy">Roles that read it.</param>
/// <param name="ScanNeeded">Whether an entry needs at least one scan.</param>
public sealed record RegisterType(
    string Id, string Zh, string En, string Clause, IReadOnlyList<RegisterField> Fields, IReadOnlyList<SessionRole> RecordedBy, IReadOnlyList<SessionRole> ReadBy, bool ScanNeeded);

/// <summary>What a field of a register takes.</summary>
public enum RegisterFieldKind
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>A moment, ISO 8601 with offset.</summary>
    Time,

    /// <summary>A day, <c>yyyy-MM-dd</c>.</summary>
    Day,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>One of the words of <see cref="RegisterField.Choices"/>.</summary>
    Choice,

    /// <summary>SM3 of a paper or file, 64 hex digits.</summary>
    Digest,
}

/// <summary>A field of a register.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Zh">Its label in Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Needed">Whether it must be filled in.</param>
/// <param name="Private">Whether it holds personal data: sealed in the log, and shown to readers of the register only.</param>
/// <param name="Choices">The words of a choice; empty for other kinds.</param>
public sealed record RegisterField(string Id, string Zh, string En, RegisterFieldKind Kind, bool Needed, bool Private, IReadOnlyList<string> Choices);

/// <summary>
/// Records by hand (6.6.1.4-i): <c>POST /api/{room}/registers/{type}</c>, act <see cref="ActNames.RegisterEntryRecord"/>, object <c>register/{type}</c>; answered with <see cref="RegisterEntry"/>. An entry is never
/// changed: a correction is a new entry that names the old one.
/// </summary>
/// <param name="Fields">The fields by name, as texts; each at most 500 characters.</param>
/// <param name="PaperAt">Where the paper lies, such as a file number; null when there is none. At most 200 characters.</param>
/// <param name="Scans">SM3 (hex) of scans (PDF, PNG, JPEG); each is sent afterwards by <c>PUT /api/{room}/registers/scans/{SM3}</c>, and taken because its digest was signed here. At most 10.</param>
/// <param name="Corrects">The number of the entry that this one corrects, or null.</param>
public sealed record NewRegisterEntry(IReadOnlyDictionary<string, string> Fields, string? PaperAt, IReadOnlyList<string> Scans, string? Corrects = null);

/// <summary>Asks for entries, the newest first: <c>POST /api/{room}/registers/{type}/reading</c>, act <see cref="ActNames.RegisterEntriesRead"/>, object <c>register/{type}</c>; answered with <see cref="RegisterPage"/>.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="From">Recorded at this time or later.</param>
/// <param name="Until">Recorded before this time.</param>
/// <param name="Below">Only entries below this: <see cref="RegisterPage.Next"/>.</param>
public sealed record RegisterQuery(int Limit, DateTimeOffset? From = null, DateTimeOffset? Until = null, long? Below = null);

/// <summary>A page of a register.</summary>
/// <param name="Type">Which.</param>
/// <param name="Entries">The entries, the newest first.</param>
/// <param name="Next">Goes on below this, or null.</param>
public sealed record RegisterPage(string Type, IReadOnlyList<RegisterEntry> Entries, long? Next);

/// <summary>An entry of a register.</summary>
/// <param name="Id">Its number, such as <c>visitors-12</c>.</param>
/// <param name="Type">Which register.</param>
/// <param name="By">Who recorded it.</param>
/// <param name="At">When.</param>
/// <param name="Fields">The fields by name.</param>
/// <param name="PaperAt">Where the paper lies, or null.</param>
/// <param name="Scans">The scans.</param>
/// <param name="Corrects">The entry that this one corrects, or null.</param>
/// <param name="CorrectedBy">The entry that corrects this one, or null.</param>
public sealed record RegisterEntry(
    string Id, string Type, string By, DateTimeOffset At, IReadOnlyDictionary<string, string> Fields, string? PaperAt, IReadOnlyList<RegisterScan> Scans, string? Corrects, string? CorrectedBy);

/// <summary>A scan of an entry. Its bytes: <c>POST /api/{room}/registers/scans/{SM3}/reading</c>, act <see cref="ActNames.RegisterScanRead"/>.</summary>
/// <param name="Digest">SM3 (hex) of its bytes.</param>
/// <param name="Here">Whether its bytes have arrived.</param>
/// <param name="MediaType">Its type by content once it is here, or null.</param>
/// <param name="Size">Its bytes once it is here, or 0.</param>
public sealed record RegisterScan(string Digest, bool Here, string? MediaType, int Size);
