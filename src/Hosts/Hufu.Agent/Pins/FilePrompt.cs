using Hufu.Agent.Web;

namespace Hufu.Agent.Pins;

/// <summary>For demonstrations and tests: PINs come from files or from the demo's rule, nobody is asked, and everything that is signed is printed.</summary>
/// <param name="files">Token id to the file whose first line is its PIN; <c>*</c> for all others.</param>
/// <param name="rule">PIN of a token by its id where no file is named; null for none.</param>
/// <param name="output">Where what is signed is printed.</param>
internal sealed class FilePrompt(IReadOnlyDictionary<string, string> files, Func<string, string?>? rule, TextWriter output) : IPinPrompt
{
    public string Kind => "file";

    public void Tell(IReadOnlyList<string> words)
    {
        lock (output)
        {
            foreach (var line in words)
            {
                output.WriteLine(line);
            }
        }
    }

    public async Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct)
    {
        Tell(question.Words);
        if (files.TryGetValue(question.Token, out var file) || (rule is null && files.TryGetValue("*", out file)))
        {
            using var reader = new StreamReader(file);
            return (await reader.ReadLineAsync(ct))?.ToCharArray();
        }

        return rule?.Invoke(question.Token)?.ToCharArray() ?? throw new AgentRefusedException(AgentRefusal.NobodyToAsk, $"There is no PIN file for '{question.Token}'.");
    }
}
