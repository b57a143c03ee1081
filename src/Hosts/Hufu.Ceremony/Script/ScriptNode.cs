using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hufu.Ceremony.Script;

/// <summary>A mapping of a YAML file that is read key by key; what nobody asked for is an error when it is closed. Every mistake names its line.</summary>
internal sealed class ScriptNode
{
    private const int FileLimit = 256 * 1024;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private ScriptNode(YamlMappingNode node, string file) => (_node, File) = (node, file);

    public string File { get; }

    public static ScriptNode Load(string path)
    {
        string file = Path.GetFileName(path);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FileLimit })
            {
                throw new ScriptException(file, 0, $"The file is larger than {FileLimit} bytes.");
            }

            YamlStream stream = [];
            using StreamReader reader = new(path);
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode map }] ? new ScriptNode(map, file) : throw new ScriptException(file, 0, "The file must be one mapping.");
        }
        catch (YamlException e)
        {
            throw new ScriptException(file, e.Start.Line, "Not readable as YAML: " + e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new ScriptException(file, 0, "Not readable: " + e.Message);
        }
    }

    public bool Has(string key) => _node.Children.ContainsKey(new YamlScalarNode(key));

    public string Text(string key) => OptionalText(key) ?? throw Error($"'{key}' is missing.");

    public string? OptionalText(string key) => Child(key) switch
    {
        null => null,
        YamlScalarNode { Value.Length: > 0 and <= 200 } scalar when !scalar.Value.Any(char.IsControl) => scalar.Value,
        YamlNode other => throw Error($"'{key}' must be a text of one line, at most 200 characters.", other),
    };

    public int Number(string key, int least, int most) =>
        int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Error($"'{key}' must be a whole number from {least} to {most}.");

    public bool Flag(string key, bool otherwise) => OptionalText(key) switch
    {
        null => otherwise,
        "true" => true,
        "false" => false,
        _ => throw Error($"'{key}' must be true or false."),
    };

    public IReadOnlyList<string> Texts(string key) => Child(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(i => i is YamlScalarNode { Value.Length: > 0 } s ? s.Value! : throw Error($"'{key}' must be a list of texts.", i))],
        YamlNode other => throw Error($"'{key}' must be a list.", other),
    };

    public IReadOnlyList<ScriptNode> Maps(string key) => Child(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(i => i is YamlMappingNode m ? new ScriptNode(m, File) : throw Error($"'{key}' must be a list of mappings.", i))],
        YamlNode other => throw Error($"'{key}' must be a list.", other),
    };

    /// <summary>A mapping of texts; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string key) => Child(key) switch
    {
        null => new Dictionary<string, string>(),
        YamlMappingNode map => map.Children.ToDictionary(
            p => (p.Key as YamlScalarNode)?.Value ?? throw Error($"'{key}' must be a mapping of texts.", p.Key),
            p => (p.Value as YamlScalarNode)?.Value ?? throw Error($"'{key}' must be a mapping of texts.", p.Value),
            StringComparer.Ordinal),
        YamlNode other => throw Error($"'{key}' must be a mapping.", other),
    };

    /// <summary>Ends the reading: a key that nobody asked for is unknown.</summary>
    public void Close()
    {
        foreach (YamlNode key in _node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !_read.Contains(name))
            {
                throw Error($"The key '{key}' is unknown here.", key);
            }
        }
    }

    /// <summary>Lets keys pass that another reader of the same file is for.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            _read.Add(key);
        }
    }

    public ScriptException Error(string what) => Error(what, _node);

    private ScriptException Error(string what, YamlNode node) => new(File, node.Start.Line, what);

    private YamlNode? Child(string key)
    {
        _read.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child) ? child : null;
    }
}
