using System.Text.RegularExpressions;

namespace Hufu.EndToEnd.Tests.Running;

/// <summary>
/// Runs a script over the real binary. Commands, each on its line; <c>!</c> before one means that it has to fail:
/// <code>
/// exec PROGRAM ARG…     runs it in the work folder; 'hufu' is ./hufu of the tree
/// stdin FILE            gives the next exec its input
/// stdout REGEX          the last exec's standard output matches (multi-line mode)
/// stderr REGEX          likewise its standard error
/// exists FILE…          each exists
/// cmp A B               two files are equal, byte for byte; A may be 'stdout'
/// cd FOLDER             changes the folder in which exec runs; 'cd .' goes back to the work folder
/// env NAME=VALUE        for the programs that follow
/// </code>
/// <c>$WORK</c>, <c>$ROOT</c> and what env set are replaced in arguments (not in regular expressions).
/// </summary>
internal sealed class ScriptRunner(Workplace work, params (string Name, string Value)[] more)
{
    private readonly Dictionary<string, string> _environment = new() { ["WORK"] = work.Folder, ["ROOT"] = Tree.Root, ["HUFU_DATA"] = work.At("data") };
    private string _folder = work.Folder;
    private string? _input;
    private Outcome? _last;

    public async Task RunAsync(ScriptFile script)
    {
        foreach ((string name, string value) in more)
        {
            _environment[name] = value;
        }

        foreach ((string name, string content) in script.Files)
        {
            string file = Inside(name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        }

        foreach (ScriptLine line in script.Commands)
        {
            try
            {
                await RunAsync(line);
            }
            catch (Exception e) when (e is FormatException or IOException or ArgumentException)
            {
                Assert.Fail($"line {line.Number}: {line.Text}\n{e.Message}");
            }
        }
    }

    private async Task RunAsync(ScriptLine line)
    {
        IReadOnlyList<string> words = line.Words;
        switch (words[0], words.Count)
        {
            case ("exec", > 1):
                string program = words[1] == "hufu" ? Tree.At("hufu") : Expand(words[1]);
                _last = await Command.RunAsync(program, words.Skip(2).Select(Expand), _folder, _environment, _input);
                _input = null;
                Hold(line, _last.ExitCode == 0);
                break;
            case ("stdin", 2):
                _input = await File.ReadAllTextAsync(Inside(Expand(words[1])), TestContext.Current.CancellationToken);
                break;
            case ("stdout", 2):
                Hold(line, Regex.IsMatch(Last().Output, words[1], RegexOptions.Multiline));
                break;
            case ("stderr", 2):
                Hold(line, Regex.IsMatch(Last().Error, words[1], RegexOptions.Multiline));
                break;
            case ("exists", > 1):
                foreach (string path in words.Skip(1).Select(word => Inside(Expand(word))))
                {
                    Hold(line, Path.Exists(path));
                }

                break;
            case ("cmp", 3):
                byte[] left = words[1] == "stdout" ? System.Text.Encoding.UTF8.GetBytes(Last().Output) : await File.ReadAllBytesAsync(Inside(Expand(words[1])));
                byte[] right = await File.ReadAllBytesAsync(Inside(Expand(words[2])));
                Hold(line, left.AsSpan().SequenceEqual(right));
                break;
            case ("cd", 2):
                _folder = words[1] == "." ? work.Folder : Inside(Expand(words[1]));
                break;
            case ("env", 2) when words[1].Split('=', 2) is [var name, var value]:
                _environment[name] = Expand(value);
                break;
            default:
                throw new FormatException("no such command, or a wrong number of words");
        }
    }

    private Outcome Last() => _last ?? throw new FormatException("nothing has been run yet");

    private void Hold(ScriptLine line, bool holds) => Assert.True(holds != line.Negated, $"line {line.Number}: {line.Text}\n{_last}");

    private string Inside(string path) => Path.GetFullPath(path, work.Folder);

    private string Expand(string word) => Regex.Replace(word, @"\$(\w+)", match => _environment.GetValueOrDefault(match.Groups[1].Value, match.Value));
}
