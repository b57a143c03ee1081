using System.Diagnostics;
using Hufu.Agent.Web;

namespace Hufu.Agent.Pins;

/// <summary>Asks through a program with a window, as ssh-askpass does: the words are its one argument, the PIN is the first line that it prints; another exit status than 0 declines.</summary>
internal sealed class ProgramPrompt(string program) : IPinPrompt
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Kind => "program";

    public void Tell(IReadOnlyList<string> words)
    {
        foreach (var line in words)
        {
            Console.WriteLine(line);
        }
    }

    public async Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct)
    {
        var words = string.Join('\n', question.Words) + $"\n\n{question.Label}: {(question.NewPin ? "新 PIN / new PIN" : $"PIN（可试 {question.TriesLeft} 次）")}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [words]) { RedirectStandardOutput = true, UseShellExecute = false }) ?? throw new AgentRefusedException(AgentRefusal.NobodyToAsk);
            try
            {
                var line = await process.StandardOutput.ReadLineAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 && line is { Length: > 0 } ? line.ToCharArray() : null;
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new AgentRefusedException(AgentRefusal.NobodyToAsk, fault.Message);
        }
    }
}
