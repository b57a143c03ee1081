using System.CommandLine;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Host.Commands;

/// <summary><c>hufu policy matrix</c>: who may do what in which state, as the one policy decision says.</summary>
internal static class PolicyCommand
{
    private const int Unusable = 78; // EX_CONFIG

    public static Command Create()
    {
        Option<string> folder = new("--policy") { Description = "The policy folder.", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "policy"), HelpName = "DIR" };
        Option<string?> room = new("--room") { Description = "One room only." };
        Option<bool> json = new("--json") { Description = "Every cell as JSON." };
        Option<bool> csv = new("--csv") { Description = "Every cell as CSV." };
        Option<bool> markdown = new("--markdown") { Description = "A table for each room, as Markdown; the default." };
        Command matrix = new("matrix", "Role × act × state for each room, with reasons.") { folder, room, json, csv, markdown };
        matrix.SetAction(parsed =>
        {
            Policy policy;
            try
            {
                policy = Policy.Load(parsed.GetValue(folder)!);
            }
            catch (PolicyException fault)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"hufu policy: {fault.Message}");
                return Unusable;
            }

            IReadOnlyList<MatrixCell> cells = [.. PolicyMatrix.Of(policy).Where(cell => parsed.GetValue(room) is not { } one || cell.Room == one)];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(cells, ContractJson.Options));
            }
            else if (parsed.GetValue(csv))
            {
                output.WriteLine("room,act,role,state,allowed,code,reason,obligations");
                foreach (MatrixCell cell in cells)
                {
                    output.WriteLine(string.Join(',', new[] { cell.Room, cell.Act, cell.Role, cell.State, cell.Allowed ? "yes" : "no", cell.Code ?? "", cell.Reason, string.Join("; ", cell.Obligations) }.Select(Quoted)));
                }
            }
            else
            {
                Write(policy, cells, output);
            }

            return 0;
        });
        return new Command("policy", "The policy in force: values, roles, acts, states.") { matrix };
    }

    // A row an act, a column a role; a cell says yes, no, or the states in which it can be done.
    private static void Write(Policy policy, IReadOnlyList<MatrixCell> cells, TextWriter output)
    {
        foreach (IGrouping<string, MatrixCell> room in cells.GroupBy(cell => cell.Room))
        {
            string[] roles = [.. room.Select(cell => cell.Role).Distinct()];
            output.WriteLine($"## {room.Key}\n");
            output.WriteLine($"| act | {string.Join(" | ", roles.Select(role => $"{policy.Roles[role].TitleZh} {role}"))} | bound by |");
            output.WriteLine($"|---|{string.Concat(roles.Select(_ => "---|"))}---|");
            foreach (IGrouping<string, MatrixCell> act in room.GroupBy(cell => cell.Act))
            {
                StringBuilder line = new($"| {policy.Acts[act.Key].What} `{act.Key}` |");
                foreach (string role in roles)
                {
                    MatrixCell[] own = [.. act.Where(cell => cell.Role == role)];
                    line.Append(own.Any(cell => cell.Allowed) ? own is [{ State: "-" }] ? " yes |" : $" yes: {string.Join(", ", own.Where(cell => cell.Allowed).Select(cell => cell.State))} |" : $" – ({own[0].Code}) |");
                }

                output.WriteLine(line.Append($" {string.Join("; ", act.SelectMany(cell => cell.Obligations).Distinct())} |"));
            }

            output.WriteLine();
        }

        output.WriteLine($"{cells.Count} cells, {cells.Count(cell => cell.Allowed)} allowed. Policy {policy.Digest}.");
    }

    private static string Quoted(string cell) => cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
