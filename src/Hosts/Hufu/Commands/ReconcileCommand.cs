using System.CommandLine;
using System.Net.Http.Headers;

namespace Hufu.Host.Commands;

/// <summary>
/// <c>hufu reconcile</c>: after a restore, gives the status service a full CRL that the CA signed since; until then it answers tryLater (R17). Exit code 0 reconciled, 1 the list was refused, 2 the server could not be asked.
/// </summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        Option<string?> data = RunningServer.DataOption();
        Option<string?> crl = new("--crl") { Description = "The full CRL, signed after the restore; the one that is published when left out.", HelpName = "FILE" };
        Command command = new("reconcile", "After a restore: nothing that was revoked may be good again.") { data, crl };
        command.SetAction(async (parsed, ct) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            try
            {
                using var http = RunningServer.Connect(parsed.GetValue(data), room: null);
                var list = parsed.GetValue(crl) is { } file ? await File.ReadAllBytesAsync(file, ct) : await http.GetByteArrayAsync(new Uri("crl/operational.crl", UriKind.Relative), ct);
                using var body = new ByteArrayContent(list);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/pkix-crl");
                using var response = await http.PostAsync(new Uri("api/ocsp/reconciliation", UriKind.Relative), body, ct);
                var text = await response.Content.ReadAsStringAsync(ct);
                await (response.IsSuccessStatusCode ? output : error).WriteLineAsync(text);
                return response.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception fault) when (RunningServer.IsToldInWords(fault))
            {
                await error.WriteLineAsync($"hufu reconcile: {fault.Message}");
                return 2;
            }
        });
        return command;
    }
}
