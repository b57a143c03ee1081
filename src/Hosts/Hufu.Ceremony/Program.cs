using System.CommandLine;
using Hufu.Ceremony.Commands;

const int Usage = 64; // sysexits.h
ParseResult parsed = CeremonyCommand.Create().Parse(args);
int exitCode = parsed.Invoke();
return parsed.Errors.Count > 0 ? Usage : exitCode;
