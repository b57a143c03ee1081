using Hufu.Governance;
using Hufu.Hosting;
using Microsoft.AspNetCore.Http;

namespace Hufu.Portal.Rendering;

/// <summary>What every page knows: language, place, moment, policy.</summary>
internal sealed class PageContext
{
    public required Words Words { get; init; }

    public required HostSettings Settings { get; init; }

    public required Policy Policy { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The path of this page, for the language switch.</summary>
    public required PathString Path { get; init; }

    /// <summary>The query of this page.</summary>
    public required IQueryCollection Query { get; init; }

    /// <summary>What a room refused, to be shown on top of the page; null when nothing was.</summary>
    public Problem? Problem { get; init; }

    public bool Chinese => Words == Words.Zh;

    public Moments Moments => field ??= new Moments(Words, Policy.Values, Now);

    /// <summary>An address inside the portal in the language of this page.</summary>
    public string Link(string path) => Chinese ? path : path + (path.Contains('?', StringComparison.Ordinal) ? "&lang=en" : "?lang=en");

    /// <summary>This page with one member of its query set and, where it is named, another left out; the others stay.</summary>
    public string Here(string name, string? value, string? without = null)
    {
        var pairs = Query.Where(pair => pair.Key != name && pair.Key != without).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString())).Append(KeyValuePair.Create(name, value));
        return Path + QueryString.Create(pairs.Where(pair => !string.IsNullOrEmpty(pair.Value))).Value;
    }

    /// <summary>What a CA of the installation is called; one that people have named themselves, by its name.</summary>
    public string Authority(string name) => name switch { "operational" => Words["caOperational"], "root" => Words["caRoot"], _ => name };

    /// <summary>What an act is called: in Chinese as policy says it, in English by the portal's own words; its id where neither knows it.</summary>
    public string ActName(string act) => Chinese ? (Policy.Acts.TryGetValue(act, out var rule) ? rule.What : act) : Words.ActsInEnglish.GetValueOrDefault(act, act);

    /// <summary>The names of all acts of policy by id, for scripts.</summary>
    public IReadOnlyDictionary<string, string> ActNames => Policy.Acts.Keys.ToDictionary(act => act, ActName);

    /// <summary>One of two texts that policy gives in both languages.</summary>
    public string Text(string zh, string en) => Chinese ? zh : en;
}
