using System.CommandLine;
using System.CommandLine.Help;
using Hufu.Host.Commands;

// A plain command and not RootCommand: that one calls itself by the file name, and people type ./hufu.
Command root = new("hufu", "Hufu 虎符: the software of a Chinese e-government certification authority (SM2, SM3, SM4).") { new HelpOption(), new VersionOption() };
// One line a command; each lives in Commands/.
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(UpCommand.Create());
root.Subcommands.Add(DeviceCommands.Activate());
root.Subcommands.Add(DeviceCommands.Deactivate());
root.Subcommands.Add(RepairCommand.Create());
root.Subcommands.Add(AuditCommand.Create());
root.Subcommands.Add(ArchiveCommand.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(AgentCommand.Create());
root.Subcommands.Add(LintCommand.Create());
root.Subcommands.Add(PolicyCommand.Create());
root.Subcommands.Add(SelfTestCommand.Create());
root.Subcommands.Add(CeremonyCommand.Create());
root.Subcommands.Add(VerifyCommand.Create());
root.Subcommands.Add(DirectoryCommand.Create());
root.Subcommands.Add(ReconcileCommand.Create());
root.Subcommands.Add(TraceabilityCommand.Create());

const int Usage = 64; // sysexits.h: what commands answer themselves (audit verify: 0, 1, 2) is never mistaken for a slip of the fingers
ParseResult parsed = root.Parse(args);
int exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? Usage : exitCode;
