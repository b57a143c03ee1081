using Hufu.Ceremony.Acts;
using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Commands;

/// <summary>People at a terminal: prompts in both languages, PINs unseen; from a pipe, a PIN a line.</summary>
/// <param name="output">Where words go.</param>
/// <param name="confirm">Whether the leader presses Enter before each step.</param>
internal sealed class ConsoleAttendant(TextWriter output, bool confirm) : IAttendant
{
    public bool Begin(int number, int count, CeremonyStep step)
    {
        output.WriteLine();
        output.WriteLine($"[{number}/{count}] {step.Zh}");
        output.WriteLine($"      {step.En}");
        if (step.TakingPart.Count > 0)
        {
            output.WriteLine($"      {string.Join("、", step.TakingPart.Select(p => p.Name))}");
        }

        if (!confirm)
        {
            return true;
        }

        output.Write("      按回车继续，输入 stop 中止 / Enter goes on, stop ends: ");
        return Console.In.ReadLine() is { } line && line.Trim() != "stop";
    }

    public string? Pin(ScriptPerson person, int? triesLeft)
    {
        if (triesLeft is not null)
        {
            output.WriteLine($"      口令错误，还可尝试 {triesLeft} 次 / wrong PIN, {triesLeft} tries left");
        }

        output.Write($"      {person.Name} 的令牌口令 / PIN: ");
        return Secret.Read(output);
    }

    public void Done(CeremonyAct act) => output.WriteLine($"      ✓ {act.What}{(act.Digest is null ? "" : $"  SM3 {act.Digest[..16]}…")}");

    public void Signing(int people)
    {
        output.WriteLine();
        output.WriteLine($"{people} 人对记录签名 / {people} people sign the transcript");
    }
}
