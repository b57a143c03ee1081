using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hufu.Governance;

/// <summary>A mapping of a policy file that is read key by key; what nobody asked for is an error when it is closed.</summary>
internal sealed class YamlMap
{
    private const int FileLimit = 256 * 1024;
    private const int TextLimit = 64 * 1024;
    private const int LineLimit = 600;
    private const int LevelLimit = 12;
    private readonly YamlMappingNode _node;
    private readonly string _file;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private YamlMap(YamlMappingNode node, string file)
    {
        _node = node;
        _file = file;
    }

    /// <summary>Reads a file whose whole content is one mapping.</summary>
    public static YamlMap Load(string directory, string file)
    {
        var path = Path.Combine(directory, file);
        if (!File.Exists(path))
        {
            throw new PolicyException(file, 0, "The file is missing.");
        }

        if (new FileInfo(path).Length > FileLimit)
        {
            throw new PolicyException(file, 0, $"The file is larger than {FileLimit} bytes.");
        }

        using var reader = new StreamReader(path);
        return Read(reader, file);
    }

    /// <summary>Reads a text that came from people at a door: small, and not nested deeper than any policy file is.</summary>
    public static YamlMap Parse(string text, string file)
    {
        if (text.Length > TextLimit || text.AsSpan().Count('\n') > LineLimit)
        {
            throw new PolicyException(file, 0, $"The text is longer than {TextLimit} characters or {LineLimit} lines.");
        }

        // The parser descends with what is nested; nothing here is nested more than six times.
        if (text.Split('\n').Any(line => line.AsSpan().Count("- ") + line.AsSpan().Count("? ") > LevelLimit || line.Length - line.TrimStart().Length > 4 * LevelLimit || line.AsSpan().Count('[') + line.AsSpan().Count('{') > LevelLimit)
            || text.AsSpan().Count('[') + text.AsSpan().Count('{') > LineLimit)
        {
            throw new PolicyException(file, 0, "The text is nested too deeply.");
        }

        using var reader = new StringReader(text);
        return Read(reader, file);
    }

    private static YamlMap Read(TextReader reader, string file)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode map }] ? new YamlMap(map, file) : throw new PolicyException(file, 0, "The file must be one mapping.");
        }
        catch (YamlException exception)
        {
            throw new PolicyException(file, exception.Start.Line, $"Not readable as YAML: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // YamlDotNet's scanner says so of some malformed texts.
            throw new PolicyException(file, 0, $"Not readable as YAML: {exception.Message}");
        }
    }

    public long Line => _node.Start.Line;

    public IEnumerable<string> Keys => _node.Children.Keys.Select(key => key is YamlScalarNode { Value: { } text } ? text : throw Error("A key must be a text.", key));

    public bool Has(string key) => _node.Children.ContainsKey(new YamlScalarNode(key));

    public string Text(string key) => OptionalText(key) ?? throw Error($"'{key}' is missing.");

    public string? OptionalText(string key) =>
        Child(key) switch
        {
            null => null,
            YamlScalarNode { Value.Length: > 0 } scalar => scalar.Value,
            var other => throw Error($"'{key}' must be a text.", other),
        };

    public bool Flag(string key, bool otherwise) =>
        OptionalText(key) switch
        {
            null => otherwise,
            "true" => true,
            "false" => false,
            _ => throw Error($"'{key}' must be true or false."),
        };

    public int Number(string key, int least, int most)
    {
        var text = Text(key);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Error($"'{key}' must be a whole number from {least} to {most}.");
    }

    public CalendarPeriod Period(string key) =>
        CalendarPeriod.TryParse(Text(key), out var period) ? period : throw Error($"'{key}' must be an ISO 8601 period such as P5Y3M or PT48H.");

    /// <summary>A word of a closed set, written in kebab-case.</summary>
    public T Word<T>(string key)
        where T : struct, Enum => ParseWord<T>(key, Text(key));

    public IReadOnlyList<T> Words<T>(string key)
        where T : struct, Enum => [.. Texts(key).Select(text => ParseWord<T>(key, text))];

    /// <summary>Words of a closed set of flags, joined.</summary>
    public T Flags<T>(string key)
        where T : struct, Enum => (T)Enum.ToObject(typeof(T), Words<T>(key).Aggregate(0, (sum, word) => sum | Convert.ToInt32(word, CultureInfo.InvariantCulture)));

    public IReadOnlyList<string> Texts(string key) =>
        Child(key) switch
        {
            null => [],
            YamlSequenceNode list => [.. list.Children.Select(item => item is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value! : throw Error($"'{key}' must be a list of texts.", item))],
            var other => throw Error($"'{key}' must be a list.", other),
        };

    public YamlMap Map(string key) => Child(key) is YamlMappingNode map ? new YamlMap(map, _file) : throw Error($"'{key}' must be a mapping.");

    public IReadOnlyList<YamlMap> Maps(string key) =>
        Child(key) switch
        {
            null => [],
            YamlSequenceNode list => [.. list.Children.Select(item => item is YamlMappingNode map ? new YamlMap(map, _file) : throw Error($"'{key}' must be a list of mappings.", item))],
            var other => throw Error($"'{key}' must be a list.", other),
        };

    /// <summary>Ends the reading: a key that nobody asked for is unknown.</summary>
    public void Close()
    {
        foreach (var key in Keys.Where(key => !_read.Contains(key)))
        {
            throw Error($"The key '{key}' is unknown.", _node.Children.Keys.First(node => node is YamlScalarNode scalar && scalar.Value == key));
        }
    }

    public PolicyException Error(string what) => Error(what, _node);

    /// <summary>What is wrong about a key, with the line where it stands; the mapping's own line when it is not there.</summary>
    public PolicyException ErrorAt(string key, string what) => Error(what, _node.Children.Keys.FirstOrDefault(node => node is YamlScalarNode scalar && scalar.Value == key) ?? _node);

    private PolicyException Error(string what, YamlNode node) => new(_file, node.Start.Line, what);

    private YamlNode? Child(string key)
    {
        _read.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;
    }

    private T ParseWord<T>(string key, string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (KebabCase(value.ToString()) == text)
            {
                return value;
            }
        }

        throw Error($"'{key}': '{text}' is none of {string.Join(", ", Enum.GetNames<T>().Select(KebabCase))}.");
    }

    private static string KebabCase(string name) =>
        string.Concat(name.Select((letter, i) => char.IsAsciiLetterUpper(letter) && i > 0 ? "-" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
