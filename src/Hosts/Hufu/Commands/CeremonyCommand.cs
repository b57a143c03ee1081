using System.CommandLine;

namespace Hufu.Host.Commands;

/// <summary><c>hufu ceremony</c> has a host of its own (Hufu.Ceremony, the kernel alone), which the <c>hufu</c> script starts; here it stands for the list of commands.</summary>
internal static class CeremonyCommand
{
    private const int NotHere = 69; // EX_UNAVAILABLE

    public static Command Create()
    {
        Argument<string[]> rest = new("ARGUMENTS") { Arity = ArgumentArity.ZeroOrMore, Description = "See ./hufu ceremony --help." };
        Command command = new("ceremony", "Key ceremonies on a machine without a network: script, people, devices, signed transcript (--demo).") { rest };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Error.WriteLine("Ceremonies have a program of their own: start them by the script ./hufu ceremony, or run Hufu.Ceremony.dll.");
            return NotHere;
        });
        return command;
    }
}
