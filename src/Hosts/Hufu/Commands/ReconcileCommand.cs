using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Hufu.Host.Commands;

/// <summary>
/// <c>hufu reconcile</c>: after a restore, gives the status service the full CRLs that its CAs signed since; until then it answers tryLater (R17). Exit code 0 reconciled, 1 a list was refused or another one is still waited for,
/// 2 the server could not be asked.
/// </summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        Option<string[]> crl = new("--crl") { Description = "A CRL signed after the restore: full, or the parts and then the full one; may be given several times. Those that are published when left out.", HelpName = "FILE" };
        Command command = new("reconcile", "After a restore: nothing that was revoked may be good again.") { crl };
        var server = ServerChoice.Of(command, withToken: false);
        command.SetAction(async (parsed, ct) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            try
            {
                using var http = server.Connect(parsed, room: null);
                if (parsed.GetValue(crl) is { Length: > 0 } files)
                {
                    Answer last = new(0, []);
                    foreach (var file in files)
                    {
                        last = await PostAsync(http, await File.ReadAllBytesAsync(file, ct), output, error, ct);
                        if (last.ExitCode != 0)
                        {
                            return last.ExitCode;
                        }
                    }

                    return await EndAsync(last, error);
                }

                // What is published: the CA that issues to holders first, then whoever else is waited for.
                var asked = new HashSet<string>(StringComparer.Ordinal);
                var answer = new Answer(0, ["operational"]);
                while (answer.ExitCode == 0 && answer.Waiting.FirstOrDefault(asked.Add) is { } ca)
                {
                    answer = await PostAsync(http, await http.GetByteArrayAsync(new Uri($"crl/{Uri.EscapeDataString(ca)}.crl", UriKind.Relative), ct), output, error, ct);
                }

                return await EndAsync(answer, error);
            }
            catch (Exception fault) when (RunningServer.IsToldInWords(fault))
            {
                await error.WriteLineAsync($"hufu reconcile: {RunningServer.InWords(fault)}");
                return 2;
            }
        });
        return command;
    }

    private static async Task<int> EndAsync(Answer answer, TextWriter error)
    {
        if (answer.ExitCode == 0 && answer.Waiting.Count > 0)
        {
            await error.WriteLineAsync($"hufu reconcile: not done yet: a full CRL is still waited for, of {string.Join(", ", answer.Waiting)}.");
            return 1;
        }

        return answer.ExitCode;
    }

    private static async Task<Answer> PostAsync(HttpClient http, byte[] list, TextWriter output, TextWriter error, CancellationToken ct)
    {
        using var body = new ByteArrayContent(list);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/pkix-crl");
        using var response = await http.PostAsync(new Uri("api/ocsp/reconciliation", UriKind.Relative), body, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        await (response.IsSuccessStatusCode ? output : error).WriteLineAsync(text);
        if (!response.IsSuccessStatusCode)
        {
            return new Answer(1, []);
        }

        using var report = JsonDocument.Parse(text);
        return new Answer(0, [.. report.RootElement.GetProperty("waiting").EnumerateArray().Select(ca => ca.GetString()!)]);
    }

    private sealed record Answer(int ExitCode, IReadOnlyList<string> Waiting);
}
