using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Hosting;

/// <summary>Whether an entry is what its register asks for.</summary>
internal static class RegisterRules
{
    public const int MostScans = 10;
    private const int TextLimit = 500;
    private const int PaperLimit = 200;

    /// <exception cref="RefusedException">FieldMissing, FieldInvalid, EvidenceMissing.</exception>
    public static void Check(RegisterDefinition type, NewRegisterEntry entry)
    {
        if (entry.Fields.Keys.FirstOrDefault(name => type.Fields.All(field => field.Id != name)) is { } unknown)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The register has no such field; it has {string.Join(", ", type.Fields.Select(field => field.Id))}.", unknown.Length <= 40 ? unknown : "fields");
        }

        foreach (var field in type.Fields)
        {
            if (!entry.Fields.TryGetValue(field.Id, out var text) || text.Trim().Length == 0)
            {
                if (field.Needed)
                {
                    throw new RefusedException(RefusalCode.FieldMissing, $"{field.Zh} ({field.En}).", field.Id);
                }
            }
            else if (!Fits(field, text))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"{field.Zh}: {Wanted(field)}", field.Id);
            }
        }

        if (entry.PaperAt is { } paper && (paper.Trim().Length is 0 or > PaperLimit || paper.Any(char.IsControl)))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {PaperLimit} characters.", "paperAt");
        }

        if (entry.Scans.Count > MostScans || entry.Scans.Distinct(StringComparer.Ordinal).Count() != entry.Scans.Count || !entry.Scans.All(IsDigest))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"At most {MostScans} SM3 digests (64 hex digits), each once.", "scans");
        }

        if (type.ScanNeeded && entry.Scans.Count == 0)
        {
            throw new RefusedException(RefusalCode.EvidenceMissing, "This register asks for a scan.", "scans");
        }
    }

    public static bool IsDigest(string text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    private static bool Fits(RegisterField field, string text) => text.Length <= TextLimit && !text.Any(char.IsControl) && field.Kind switch
    {
        RegisterFieldKind.Text => true,
        RegisterFieldKind.Time => DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        RegisterFieldKind.Day => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        RegisterFieldKind.Number => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        RegisterFieldKind.Choice => field.Choices.Contains(text),
        _ => IsDigest(text),
    };

    private static string Wanted(RegisterField field) => field.Kind switch
    {
        RegisterFieldKind.Time => "a moment such as 2026-11-22T08:00+08:00.",
        RegisterFieldKind.Day => "a day such as 2026-11-22.",
        RegisterFieldKind.Number => "a whole number.",
        RegisterFieldKind.Choice => $"one of {string.Join(", ", field.Choices)}.",
        RegisterFieldKind.Digest => "an SM3 digest, 64 hex digits.",
        _ => $"one line of at most {TextLimit} characters.",
    };
}
