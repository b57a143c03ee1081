using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hufu.Records;

/// <summary>What a line says of time, actor, act, object and outcome.</summary>
internal readonly record struct RecordFields(long Time, string Actor, string Act, string Object, LedgerOutcome Outcome)
{
    /// <summary>Reads a line that the ledger wrote.</summary>
    /// <exception cref="LedgerException">Broken: the row holds no such line.</exception>
    internal static RecordFields Of(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        (long? time, string? actor, string? act, string? what, LedgerOutcome? outcome) = (null, null, null, null, null);
        try
        {
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("time"u8))
                {
                    json.Read();
                    time = Milliseconds(json.ValueSpan);
                }
                else if (json.ValueTextEquals("actor"u8))
                {
                    actor = Text(ref json);
                }
                else if (json.ValueTextEquals("act"u8))
                {
                    act = Text(ref json);
                }
                else if (json.ValueTextEquals("object"u8))
                {
                    what = Text(ref json);
                }
                else if (json.ValueTextEquals("outcome"u8))
                {
                    json.Read();
                    outcome = json.ValueTextEquals("done"u8) ? LedgerOutcome.Done : json.ValueTextEquals("refused"u8) ? LedgerOutcome.Refused : LedgerOutcome.Failed;
                }
                else
                {
                    json.Skip();
                }
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        return time is { } at && actor is not null && act is not null && what is not null && outcome is { } ended
            ? new RecordFields(at, actor, act, what, ended)
            : throw new LedgerException(LedgerError.Broken, "Ledger: a row of the database holds no record. Keep everything and verify a copy of the files: hufu audit verify.");
    }

    private static string Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString() ?? "";
    }

    private static long Milliseconds(ReadOnlySpan<byte> text) =>
        DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(text), SignedHead.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time.ToUnixTimeMilliseconds()
            : throw new LedgerException(LedgerError.Broken, "Ledger: a row of the database holds no time.");
}
