using System.Collections.Frozen;
using System.Text.Json;

namespace Hufu.Portal.Rendering;

/// <summary>The page's words in one language: embedded <c>Words/{language}.json</c>, key to text.</summary>
internal sealed class Words
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

    public string Format(string key, params object[] args) => string.Format(System.Globalization.CultureInfo.InvariantCulture, _texts[key], args);

    private static Words Load(string language) =>
        new(Read(language));

    private static FrozenDictionary<string, string> Read(string file) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(PortalFiles.Read($"Words/{file}.json"))!.ToFrozenDictionary(StringComparer.Ordinal);
}
