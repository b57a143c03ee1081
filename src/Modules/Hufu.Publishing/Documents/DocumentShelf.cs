using Hufu.Contracts;
using Microsoft.AspNetCore.Http;

namespace Hufu.Publishing.Documents;

/// <summary>Practice statements, policies and manuals: the files that the operator lays into <c>documents/</c> of the room's folder (towards 6.4.3.3-a).</summary>
/// <param name="folder">The room's folder.</param>
internal sealed class DocumentShelf(string folder)
{
    private static readonly Dictionary<string, string> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pdf"] = "application/pdf",
        [".txt"] = "text/plain; charset=utf-8",
        [".md"] = "text/markdown; charset=utf-8",
        [".zip"] = "application/zip",
    };

    private readonly string _folder = Path.Combine(folder, "documents");

    /// <summary>The names of what lies there, of known types only.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)!).Where(name => s_types.ContainsKey(Path.GetExtension(name))).Order(StringComparer.Ordinal).Take(1000)]
        : [];

    /// <summary>A document, by a name that <see cref="Names"/> gives; any other is not there.</summary>
    public IResult Open(string name) => Names().Contains(name, StringComparer.Ordinal)
        ? Results.File(Path.Combine(_folder, name), s_types[Path.GetExtension(name)], enableRangeProcessing: true)
        : throw new RefusedException(RefusalCode.UnknownObject);
}
