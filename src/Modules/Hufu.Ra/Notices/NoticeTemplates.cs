using System.Text;
using System.Text.RegularExpressions;

namespace Hufu.Ra.Notices;

/// <summary>
/// The words of notices, policy/notices/{name}.txt, Chinese first, English below: lines of <c>#</c> for those who keep them, <c>subject:</c>, <c>letter: yes|no</c>, a line <c>---</c>, the text. Places stand
/// in braces; what a template does not know stops the start.
/// </summary>
internal sealed partial class NoticeTemplates
{
    /// <summary>The folder below the policy.</summary>
    public const string Folder = "notices";

    private const int Largest = 8 * 1024;
    private const int LongestSubject = 100;

    private readonly Dictionary<string, Template> templates;

    private NoticeTemplates(Dictionary<string, Template> templates) => this.templates = templates;

    /// <summary>Which templates there are, with the places that each may use; one with an exclamation mark must stand in its text.</summary>
    public static IReadOnlyDictionary<string, string[]> Places { get; } = new Dictionary<string, string[]>
    {
        ["issued"] = ["application!", "title", "code!", "until!", "address"],
        ["refused"] = ["application!", "title", "reason!"],
        ["expiring"] = ["application!", "title", "serial!", "end!", "days"],
        ["suspended"] = ["application!", "title", "serial!", "when!"],
        ["resumed"] = ["application!", "title", "serial!", "when!"],
        ["revoked"] = ["application!", "title", "serial!", "when!"],
        ["case-refused"] = ["application!", "title", "kind", "reason!"],
        ["recovered"] = ["application!", "title", "keyCentreCase!"],
        ["recovery-entered"] = ["application!", "title", "recovery!"],
        ["recovery-released"] = ["application!", "title", "recovery!", "until!"],
        ["due-soon"] = ["application!", "state", "due!"],
        ["overdue"] = ["application!", "state", "due!"],
        ["receipt"] = ["application!", "title!", "serial!", "encryption", "when"],
        ["event"] = ["application!", "title", "serial!", "what!"],
        ["call-back"] = ["application!", "title", "code!", "until"],
    };

    /// <summary>Reads all of them.</summary>
    /// <param name="policy">The policy folder.</param>
    /// <exception cref="InvalidDataException">One is missing or not as it must be; the message says which and what.</exception>
    public static NoticeTemplates Load(string policy) => new(Places.ToDictionary(one => one.Key, one => Read(Path.Combine(policy, Folder, one.Key + ".txt"), one.Key, one.Value)));

    /// <summary>Fills a template. A value fills its place once and is never read as a template itself; line breaks in it become spaces, so that no value makes a line of its own.</summary>
    public NoticePaper Fill(NoticeWords words)
    {
        var template = templates[words.Template];
        return new NoticePaper(words.Template, Fill(template.Subject, words.Values), Fill(template.Body, words.Values), template.Letter);
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(text, match => string.Concat(values[match.Groups[1].Value].Select(letter => char.IsControl(letter) ? ' ' : letter)));

    private static Template Read(string path, string name, string[] places)
    {
        var file = Path.Combine(Folder, name + ".txt");
        if (!File.Exists(path) || new FileInfo(path).Length > Largest)
        {
            throw new InvalidDataException($"{file}: the notice is missing, or larger than {Largest} bytes.");
        }

        var text = File.ReadAllText(path, Encoding.UTF8).ReplaceLineEndings("\n");
        var parts = text.Split("\n---\n", 2);
        var head = parts[0].Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(": ", 2)).ToList();
        if (parts.Length != 2 || head.Count != 2 || head[0] is not ["subject", { Length: > 0 and <= LongestSubject } subject] || head[1] is not ["letter", "yes" or "no"] || string.IsNullOrWhiteSpace(parts[1]))
        {
            throw new InvalidDataException($"{file}: it begins with 'subject: …' (at most {LongestSubject} characters) and 'letter: yes' or 'letter: no', then a line '---' and the text.");
        }

        var letter = head[1][1] == "yes";
        var known = places.ToDictionary(place => place.TrimEnd('!'), place => place.EndsWith('!'));
        foreach (Match place in Place().Matches(text))
        {
            if (!known.ContainsKey(place.Groups[1].Value))
            {
                throw new InvalidDataException($"{file}: there is no {place.Value}; it has {string.Join(", ", known.Keys.Select(one => "{" + one + "}"))}.");
            }
        }

        if (known.FirstOrDefault(place => place.Value && !parts[1].Contains("{" + place.Key + "}", StringComparison.Ordinal)).Key is { } missing)
        {
            throw new InvalidDataException($"{file}: the text must say {{{missing}}}.");
        }

        // A code goes to its addressee and is nowhere else: not in a subject, which is kept in the clear, nor on paper.
        return known.ContainsKey("code") && (letter || subject.Contains("{code}", StringComparison.Ordinal))
            ? throw new InvalidDataException($"{file}: what carries a code is no letter, and its subject does not say it.")
            : new Template(subject, parts[1].Trim('\n') + "\n", letter);
    }

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Place();

    private sealed record Template(string Subject, string Body, bool Letter);
}
