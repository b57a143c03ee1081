using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// Refused attempts at a room whose audit key sleeps: its ledger takes nothing that no head could cover, so they wait in a file of the room's folder (mode 0600, one line each, flushed) and go into the
/// ledger with the next activation, before the activation itself. At most <see cref="Most"/> wait; more are counted. An attempt that carried an operator's statement keeps its signature, so no line of
/// that kind can be made up.
/// </summary>
internal sealed class WaitingRefusals(string path)
{
    public const int Most = 1_000;
    private const int Longest = 64 * 1024;
    private readonly Lock _one = new();

    /// <summary>Keeps a refusal.</summary>
    public void Add(LedgerRecord record, DateTimeOffset now)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(
            new Waiting(now.ToUnixTimeMilliseconds(), record.Actor, record.Act, record.Object, record.Detail?.ToJsonString() ?? "{}", record.Statement, record.Signature, record.Certificate), ContractJson.Options), (byte)'\n'];
        lock (_one)
        {
            if (Read().Count >= Most || line.Length > Longest)
            {
                line = "+\n"u8.ToArray();
            }

            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(path, options);
            if (stream.Length < (long)Most * Longest)
            {
                stream.Write(line);
                stream.Flush(flushToDisk: true);
            }
        }
    }

    /// <summary>Puts what waits into the ledger, and forgets it once it is durable there.</summary>
    public async Task TellAsync(Ledger ledger, CancellationToken ct)
    {
        List<Waiting?> waiting;
        lock (_one)
        {
            waiting = Read();
        }

        if (waiting.Count == 0)
        {
            return;
        }

        foreach (Waiting one in waiting.OfType<Waiting>())
        {
            JsonObject detail = JsonNode.Parse(one.Detail)?.AsObject() ?? [];
            detail["attemptedAt"] = DateTimeOffset.FromUnixTimeMilliseconds(one.At).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            await ledger.AppendAsync(
                new LedgerRecord { Actor = one.Actor, Act = one.Act, Object = one.Object, Outcome = LedgerOutcome.Refused, Detail = detail, Statement = one.Statement, Signature = one.Signature, Certificate = one.Certificate }, ct)
                .ConfigureAwait(false);
        }

        if (waiting.Count(one => one is null) is > 0 and var more)
        {
            await ledger.AppendAsync(
                new LedgerRecord { Actor = "system", Act = DeviceActivation.ActivateAct, Object = "device/-", Outcome = LedgerOutcome.Refused, Detail = new JsonObject { ["unrecorded"] = more } }, ct).ConfigureAwait(false);
        }

        lock (_one)
        {
            File.Delete(path);
        }
    }

    // A line that cannot be read is counted: something was attempted, or somebody has changed the file.
    private List<Waiting?> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        return [.. File.ReadLines(path).Select(static line =>
        {
            try
            {
                return JsonSerializer.Deserialize<Waiting>(line, ContractJson.Options);
            }
            catch (JsonException)
            {
                return null;
            }
        })];
    }

    private sealed record Waiting(long At, string Actor, string Act, string Object, string Detail, string? Statement, byte[]? Signature, byte[]? Certificate);
}
