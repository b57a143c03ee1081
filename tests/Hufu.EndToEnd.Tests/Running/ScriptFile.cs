namespace Hufu.EndToEnd.Tests.Running;

/// <summary>A text script with the files it needs inside, in the manner of txtar.</summary>
/// <param name="Commands">The lines above the first file.</param>
/// <param name="Files">Name and content of each file: <c>-- NAME --</c> on a line of its own, then its text.</param>
internal sealed record ScriptFile(IReadOnlyList<ScriptLine> Commands, IReadOnlyDictionary<string, string> Files)
{
    public static ScriptFile Parse(string text)
    {
        List<ScriptLine> commands = [];
        Dictionary<string, string> files = [];
        string? current = null;
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith("-- ", StringComparison.Ordinal) && line.EndsWith(" --", StringComparison.Ordinal) && line.Length > 6)
            {
                current = line[3..^3].Trim();
                files[current] = "";
            }
            else if (current is not null)
            {
                files[current] += line + "\n";
            }
            else if (line.Trim() is { Length: > 0 } command && command[0] != '#')
            {
                commands.Add(ScriptLine.Parse(number, command));
            }
        }

        if (current is not null)
        {
            files[current] = files[current][..^1]; // the piece behind the last line feed is no line
        }

        return new ScriptFile(commands, files);
    }
}

/// <summary>One command of a script.</summary>
/// <param name="Number">Line in the file, from 1.</param>
/// <param name="Text">As written.</param>
/// <param name="Negated">Written with <c>!</c> before it.</param>
/// <param name="Words">The command and its arguments: divided by blanks; <c>'…'</c> keeps blanks, <c>''</c> inside it is a quote.</param>
internal sealed record ScriptLine(int Number, string Text, bool Negated, IReadOnlyList<string> Words)
{
    public static ScriptLine Parse(int number, string text)
    {
        List<string> words = [];
        int i = 0;
        while (i < text.Length)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            string word = "";
            bool quoted = false;
            for (; i < text.Length && (quoted || text[i] != ' '); i++)
            {
                if (text[i] != '\'')
                {
                    word += text[i];
                }
                else if (quoted && i + 1 < text.Length && text[i + 1] == '\'')
                {
                    word += '\'';
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }

            if (quoted)
            {
                throw new FormatException($"line {number}: a quote does not end");
            }

            words.Add(word);
        }

        bool negated = words[0] == "!";
        return new ScriptLine(number, text, negated, negated ? words[1..] : words);
    }
}
