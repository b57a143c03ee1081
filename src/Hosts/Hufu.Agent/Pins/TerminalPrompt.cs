using Hufu.Agent.Web;

namespace Hufu.Agent.Pins;

/// <summary>Asks in the terminal in which the agent runs; nothing that is typed is shown.</summary>
internal sealed class TerminalPrompt : IPinPrompt
{
    private const int Longest = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public string Kind => Console.IsInputRedirected ? "nobody" : "terminal";

    public void Tell(IReadOnlyList<string> words)
    {
        foreach (var line in words)
        {
            Console.WriteLine(line);
        }
    }

    public async Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            throw new AgentRefusedException(AgentRefusal.NobodyToAsk);
        }

        Console.WriteLine();
        Tell(question.Words);
        var first = await ReadAsync($"{question.Label}: {(question.NewPin ? "新 PIN / new PIN" : $"PIN（可试 {question.TriesLeft} 次）")}，直接回车为拒绝 / empty declines: ", ct);
        if (first is null || !question.NewPin)
        {
            return first;
        }

        var second = await ReadAsync("再输一次 / again: ", ct) ?? [];
        var alike = first.AsSpan().SequenceEqual(second);
        Array.Clear(second);
        if (alike)
        {
            return first;
        }

        Array.Clear(first);
        throw new AgentRefusedException(AgentRefusal.PinUnfit);
    }

    // Polls, so that a page that goes away takes its question with it.
    private static async Task<char[]?> ReadAsync(string prompt, CancellationToken ct)
    {
        Console.Write(prompt);
        var typed = new char[Longest];
        var length = 0;
        try
        {
            while (true)
            {
                if (!Console.KeyAvailable)
                {
                    await Task.Delay(Pause, ct);
                    continue;
                }

                var key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter)
                {
                    return length == 0 ? null : typed[..length];
                }

                if (key.Key == ConsoleKey.Backspace)
                {
                    length = Math.Max(0, length - 1);
                }
                else if (!char.IsControl(key.KeyChar) && length < Longest)
                {
                    typed[length++] = key.KeyChar;
                }
            }
        }
        finally
        {
            Array.Clear(typed);
            Console.WriteLine();
        }
    }
}
