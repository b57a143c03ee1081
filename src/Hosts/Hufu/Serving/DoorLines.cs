using System.Net.Sockets;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Host.Serving;

/// <summary>What somebody at the machine asks at the local door; one JSON object a line.</summary>
/// <param name="Do">state, activate, deactivate, shut, honour, repairs, repair, repair-needs, repair-take-in; then, in an activation or deactivation, sign.</param>
/// <param name="Room">The room.</param>
/// <param name="Certificate">The operator's, DER.</param>
/// <param name="Act">The operator's signed statement.</param>
/// <param name="Secret">What the token opened, enveloped to the conversation's key.</param>
/// <param name="Reason">Why a device is shut without a token.</param>
/// <param name="Service">What a repair has certified for a room.</param>
/// <param name="Person">What a repair has certified for a person.</param>
/// <param name="Id">A repair's number.</param>
internal sealed record DoorLine(string Do, string? Room = null, byte[]? Certificate = null, SignedAct? Act = null, byte[]? Secret = null, string? Reason = null,
    ServiceCertified? Service = null, PersonCertified? Person = null, string? Id = null);

/// <summary>What the door answers.</summary>
/// <param name="Refusal">Null when it was done.</param>
/// <param name="Activation">What the operator's token opens.</param>
/// <param name="To">The conversation's key, 04 || X || Y.</param>
/// <param name="Devices">Rooms with a guarded device, and whether it is active.</param>
/// <param name="Needs">What a room needs after its certificates have ended.</param>
/// <param name="Taken">Whether what was certified changed anything in the room.</param>
/// <param name="Repairs">Repairs that wait for signatures.</param>
/// <param name="Repair">One repair.</param>
internal sealed record DoorAnswer(
    Refusal? Refusal = null, byte[]? Activation = null, byte[]? To = null, IReadOnlyDictionary<string, bool>? Devices = null, RepairNeeds? Needs = null, bool? Taken = null,
    IReadOnlyList<RepairStanding>? Repairs = null, RepairStanding? Repair = null);

/// <summary>Lines of JSON over a stream socket.</summary>
/// <param name="socket">The conversation.</param>
/// <param name="longest">Most bytes of a line that is read.</param>
internal sealed class DoorLines(Socket socket, int longest = DoorLines.LongestAsked) : IDisposable
{
    /// <summary>What the door reads.</summary>
    public const int LongestAsked = 64 << 10;

    /// <summary>What whoever knocks reads: a repair has up to 560 certificates with their chains.</summary>
    public const int LongestAnswer = 8 << 20;

    private byte[] buffer = new byte[Math.Min(longest, LongestAsked)];
    private int filled;

    public async Task WriteAsync<T>(T value, CancellationToken ct)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options), (byte)'\n'];
        for (var sent = 0; sent < line.Length;)
        {
            sent += await socket.SendAsync(line.AsMemory(sent), ct);
        }
    }

    /// <summary>Null at the end.</summary>
    /// <exception cref="RefusedException">TooLarge, Malformed.</exception>
    public async Task<T?> ReadAsync<T>(CancellationToken ct)
        where T : class
    {
        while (true)
        {
            if (buffer.AsSpan(0, filled).IndexOf((byte)'\n') is var end and >= 0)
            {
                try
                {
                    return JsonSerializer.Deserialize<T>(buffer.AsSpan(0, end), ContractJson.Options) ?? throw new RefusedException(RefusalCode.Malformed, "A line is a JSON object.");
                }
                catch (JsonException)
                {
                    throw new RefusedException(RefusalCode.Malformed, "A line is a JSON object of this door.");
                }
                finally
                {
                    buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
                    filled -= end + 1;
                }
            }

            if (filled == longest)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"A line has at most {longest} bytes.");
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(longest, buffer.Length * 2));
            }

            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), ct);
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }
    }

    public void Dispose() => socket.Dispose();
}
