using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hufu.Portal.Rendering;

/// <summary>The page's words in one language: embedded <c>Words/{language}.json</c>, key to text.</summary>
internal sealed partial class Words
{
    private readonly FrozenDictionary<string, string> _texts;

    private Words(FrozenDictionary<string, string> texts) => _texts = texts;

    public static Words Zh { get; } = Load("zh");

    public static Words En { get; } = Load("en");

    /// <summary>What the acts of policy/acts.csv, which names them in Chinese, are called in English.</summary>
    public static FrozenDictionary<string, string> ActsInEnglish { get; } = Read("acts-en");

    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>Chinese unless English is asked for.</summary>
    public static Words Of(string? language) => language == "en" ? En : Zh;

    public string this[string key] => _texts[key];

    public bool Has(string key) => _texts.ContainsKey(key);

    public string Format(string key, params object[] args) => One().Replace(string.Format(System.Globalization.CultureInfo.InvariantCulture, _texts[key], args), "1 $1");

    // English has a singular.
    [GeneratedRegex("(?<![0-9.,:/-])1 (year|month|day|record|application|serial|letter|row)s\\b")]
    private static partial Regex One();

    private static Words Load(string language) =>
        new(Read(language));

    private static FrozenDictionary<string, string> Read(string file) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(PortalFiles.Read($"Words/{file}.json"))!.ToFrozenDictionary(StringComparer.Ordinal);
}
