using System.CommandLine;
using Hufu.Host.Commands;

RootCommand root = new("Hufu 虎符: the software of a Chinese e-government certification authority (SM2, SM3, SM4).");
// One line a command; each lives in Commands/.
root.Subcommands.Add(TraceabilityCommand.Create());

return await root.Parse(args).InvokeAsync();
