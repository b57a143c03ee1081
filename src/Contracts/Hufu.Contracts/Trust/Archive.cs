namespace Hufu.Contracts;

/// <summary>Seals a package: <c>POST /api/{room}/archive/packages</c>, act <see cref="ActNames.ArchiveMake"/>, object <c>archive/{class}</c>; answered with <see cref="ArchiveRow"/>.</summary>
/// <param name="Class">A class of policy/archive.yaml, such as <c>ledger</c>.</param>
/// <param name="Reason">Why now, 1 to 200 characters; it stands in the package.</param>
public sealed record ArchiveMaking(string Class, string Reason);

/// <summary>Asks for the list: <c>POST /api/{room}/archive/reading</c>, act <see cref="ActNames.ArchiveListRead"/>, object <c>archive/all</c>; answered with <see cref="ArchiveList"/>.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="Class">Only of this class.</param>
/// <param name="Below">Only packages below this: <see cref="ArchiveList.Next"/>.</param>
public sealed record ArchiveQuery(int Limit, string? Class = null, long? Below = null);

/// <summary>The packages of a room, the newest first.</summary>
/// <param name="Classes">What is archived here, with periods and clauses.</param>
/// <param name="Packages">The packages.</param>
/// <param name="Next">Goes on below this, or null.</param>
public sealed record ArchiveList(IReadOnlyList<ArchiveClassRow> Classes, IReadOnlyList<ArchiveRow> Packages, long? Next);

/// <summary>A class of what is archived.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="Clause">The clause of its period.</param>
/// <param name="Kept">How long, ISO 8601, counted from the end of what it holds.</param>
/// <param name="Sealed">Whether its files are sealed against reading.</param>
/// <param name="Every">How often a package is due, ISO 8601.</param>
/// <param name="Due">Since when the next package is due; null while it is not.</param>
public sealed record ArchiveClassRow(string Id, string Zh, string En, string Clause, string Kept, bool Sealed, string Every, DateTimeOffset? Due);

/// <summary>A package.</summary>
/// <param name="Id">Its name, which is its folder's: room, class and number, such as <c>ra-ledger-000003</c>.</param>
/// <param name="Class">Its class.</param>
/// <param name="State"><c>sealed</c>, <c>proposed</c>, <c>approved</c> (for destruction), <c>destroyed</c>.</param>
/// <param name="MadeAt">When.</param>
/// <param name="By">Who had it made.</param>
/// <param name="Covers">What it covers, in words: records from … to …, and the like.</param>
/// <param name="KeptUntil">It cannot be destroyed before.</param>
/// <param name="Held">Why it is held, or null when it is not.</param>
/// <param name="StampedAt">The time of its time stamp, or null while it has none.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Root">The Merkle root over its files, 64 hex digits.</param>
public sealed record ArchiveRow(
    string Id, string Class, string State, DateTimeOffset MadeAt, string By, string Covers, DateTimeOffset KeptUntil, string? Held, DateTimeOffset? StampedAt, int Files, long Bytes, string Root);

/// <summary>
/// Retrieves a file of a package: <c>POST /api/{room}/archive/packages/{id}/reading</c>, act <see cref="ActNames.ArchiveRead"/>, object <c>package/{id}</c>; the whole package is verified first. The answer is the
/// file's bytes, opened where its class seals them; the header <c>Hufu-Archive-Verdict</c> says <c>whole</c>. A package that does not verify gives nothing (<c>fault</c> in the log, refusal <c>state-wrong</c>).
/// </summary>
/// <param name="File">The file's name as the manifest says it; <c>manifest.json</c> for the manifest itself.</param>
/// <param name="Purpose">Why, 1 to 200 characters; it stands in the ledger.</param>
public sealed record ArchiveRetrieval(string File, string Purpose);
