using System.CommandLine;
using Hufu.Host.Traceability;

namespace Hufu.Host.Commands;

/// <summary><c>hufu traceability</c>: writes docs/traceability.md from the built assemblies, or checks it.</summary>
internal static class TraceabilityCommand
{
    public static Command Create()
    {
        Option<bool> check = new("--check") { Description = "Write nothing; exit 1 when the page is stale or a mark, the registry and docs/open-clauses.csv disagree." };
        Command command = new("traceability", "Write docs/traceability.md: each clause, where it is enforced, where it is tested.") { check };
        command.SetAction(parsed => Run(parsed.GetValue(check), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(bool check, TextWriter output, TextWriter error)
    {
        if (SourceTree.Find() is not { } tree)
        {
            error.WriteLine("hufu traceability works inside the source tree only; this binary was carried out of it.");
            return 2;
        }

        TraceabilityReport report;
        try
        {
            report = TraceabilityReport.Read(tree);
        }
        catch (Exception e) when (e is IOException or FormatException or BadImageFormatException)
        {
            error.WriteLine(e.Message);
            return 2;
        }

        string page = tree.At("docs", "traceability.md"), ledger = tree.At("docs", "open-clauses.csv");
        List<string> problems = [.. report.Problems()];
        if (check)
        {
            if (!File.Exists(page) || File.ReadAllText(page) != report.Page())
            {
                problems.Insert(0, "docs/traceability.md is stale: run ./hufu traceability");
            }
        }
        else
        {
            File.WriteAllText(page, report.Page());
            output.WriteLine($"Wrote {page}");
            if (File.ReadAllText(ledger) != report.SettledLedger())
            {
                // What is claimed and tested is no longer open; the diff shows it to the reviewer.
                File.WriteAllText(ledger, report.SettledLedger());
                output.WriteLine($"Took what is done out of {ledger}");
                problems = [.. TraceabilityReport.Read(tree).Problems()];
            }
        }

        problems.ForEach(error.WriteLine);
        return problems.Count == 0 ? 0 : 1;
    }
}
