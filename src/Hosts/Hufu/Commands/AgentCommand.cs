using System.CommandLine;

namespace Hufu.Host.Commands;

/// <summary><c>hufu agent</c> is a program of its own (Hufu.Agent), which the script <c>./hufu</c> starts; here it stands in the list of commands only.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        Command command = new("agent", "The signing agent for people's machines: lets pages sign with a token, asks for the PIN itself.");
        command.SetAction(static _ =>
        {
            Console.Error.WriteLine("hufu agent: the agent is the program Hufu.Agent beside this one; ./hufu agent starts it.");
            return 69;
        });
        return command;
    }
}
