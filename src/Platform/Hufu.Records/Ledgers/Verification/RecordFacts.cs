using System.Buffers;
using System.Text.Json;

namespace Hufu.Records;

/// <summary>Where a string stands in a line: the bytes between its quotation marks.</summary>
/// <param name="From">Offset into the line.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Escaped">Whether they have escapes (RFC 8259 section 7).</param>
internal readonly record struct TextPlace(int From, int Length, bool Escaped)
{
    internal static TextPlace Of(ref Utf8JsonReader json) => new((int)json.TokenStartIndex + 1, json.ValueSpan.Length, json.ValueIsEscaped);

    /// <summary>Writes the text as UTF-8 without escapes.</summary>
    /// <param name="line">The line.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="InvalidOperationException">It is no text: half of a surrogate pair.</exception>
    internal int CopyTo(ReadOnlySpan<byte> line, Span<byte> destination)
    {
        if (!Escaped)
        {
            line.Slice(From, Length).CopyTo(destination);
            return Length;
        }

        var json = new Utf8JsonReader(line.Slice(From - 1, Length + 2));
        json.Read();
        return json.CopyString(destination);
    }
}

/// <summary>What the verifier needs of a line; places are offsets into the line.</summary>
internal struct RecordFacts
{
    internal const int TimeLength = 24;

    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    internal int Start;
    internal int Length;
    internal bool Formed;
    internal long Sequence;
    internal int Previous;
    internal int Time;
    internal LedgerOutcome Outcome;
    internal bool ClockBack;
    internal bool Signed;
    internal bool Certifies;
    internal TextPlace Act;
    internal TextPlace Object;
    internal TextPlace Statement;
    internal TextPlace Signature;
    internal TextPlace Certificate;

    /// <summary>Reads a line strictly: the members that the ledger writes, in its order, nothing else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, ref RecordFacts facts)
    {
        try
        {
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 10 });
            return Read(ref json, ref facts) && !json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether bytes without a line feed can be the beginning of a line that a crash or a copy has torn.</summary>
    internal static bool IsBeginning(ReadOnlySpan<byte> torn)
    {
        try
        {
            var json = new Utf8JsonReader(torn, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = 10 }));
            bool first = true;
            while (json.Read())
            {
                if (first && json.TokenType != JsonTokenType.StartObject)
                {
                    return false;
                }

                first = false;
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Read(ref Utf8JsonReader json, ref RecordFacts facts)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read())
        {
            return false;
        }

        // Logs begun before 2026-11-23 have the place first.
        bool first = Is(ref json, "sequence"u8);
        return (!first || Place(ref json, ref facts)) && What(ref json, ref facts) && (first || Place(ref json, ref facts)) && json.TokenType == JsonTokenType.EndObject;
    }

    // sequence, previous, time, [clock]
    private static bool Place(ref Utf8JsonReader json, ref RecordFacts facts)
    {
        if (!Is(ref json, "sequence"u8) || !json.Read() || json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out facts.Sequence)
            || !Member(ref json, "previous"u8, JsonTokenType.String) || !IsHash(json.ValueSpan))
        {
            return false;
        }

        facts.Previous = (int)json.TokenStartIndex + 1;
        if (!Member(ref json, "time"u8, JsonTokenType.String) || !IsTime(json.ValueSpan))
        {
            return false;
        }

        facts.Time = (int)json.TokenStartIndex + 1;
        json.Read();
        if (Is(ref json, "clock"u8))
        {
            facts.ClockBack = true;
            if (!json.Read() || json.TokenType != JsonTokenType.String || !IsTime(json.ValueSpan))
            {
                return false;
            }

            json.Read();
        }

        return true;
    }

    // actor, act, object, outcome and what may follow them
    private static bool What(ref Utf8JsonReader json, ref RecordFacts facts)
    {
        if (!Text(ref json, "actor"u8) || !json.Read() || !Is(ref json, "act"u8) || !json.Read() || json.TokenType != JsonTokenType.String)
        {
            return false;
        }

        facts.Certifies = json.ValueTextEquals("certificate.seen"u8);
        facts.Act = TextPlace.Of(ref json);
        if (!json.Read() || !Text(ref json, "object"u8))
        {
            return false;
        }

        facts.Object = TextPlace.Of(ref json);
        return json.Read() && Outcomes(ref json, ref facts) && json.Read() && Rest(ref json, ref facts);
    }

    private static bool Outcomes(ref Utf8JsonReader json, ref RecordFacts facts)
    {
        if (!Text(ref json, "outcome"u8))
        {
            return false;
        }

        facts.Outcome = json.ValueTextEquals("refused"u8) ? LedgerOutcome.Refused : json.ValueTextEquals("failed"u8) ? LedgerOutcome.Failed : LedgerOutcome.Done;
        return facts.Outcome != LedgerOutcome.Done || json.ValueTextEquals("done"u8);
    }

    // detail, then statement with signature, then certificate: each may be absent.
    private static bool Rest(ref Utf8JsonReader json, ref RecordFacts facts)
    {
        if (Is(ref json, "detail"u8) && (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.TrySkip() || !json.Read()))
        {
            return false;
        }

        if (Is(ref json, "statement"u8))
        {
            facts.Signed = true;
            if (!json.Read() || json.TokenType != JsonTokenType.String)
            {
                return false;
            }

            facts.Statement = TextPlace.Of(ref json);
            if (!json.Read() || !Text(ref json, "signature"u8))
            {
                return false;
            }

            facts.Signature = TextPlace.Of(ref json);
            json.Read();
        }

        if (Is(ref json, "certificate"u8))
        {
            if (!json.Read() || json.TokenType != JsonTokenType.String || !IsHash(json.ValueSpan))
            {
                return false;
            }

            facts.Certificate = TextPlace.Of(ref json);
            json.Read();
        }

        return true;
    }

    private static bool Member(ref Utf8JsonReader json, ReadOnlySpan<byte> name, JsonTokenType type) =>
        json.Read() && Is(ref json, name) && json.Read() && json.TokenType == type;

    private static bool Text(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => Is(ref json, name) && json.Read() && json.TokenType == JsonTokenType.String;

    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name);

    private static bool IsHash(ReadOnlySpan<byte> text) => text.Length == 64 && text.IndexOfAnyExcept(Hex) < 0;

    // yyyy-MM-ddTHH:mm:ss.fffZ: of one length and form, so that the order of the bytes is the order of the times.
    internal static bool IsTime(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> form = "0000-00-00T00:00:00.000Z"u8;
        if (text.Length != TimeLength)
        {
            return false;
        }

        for (int i = 0; i < form.Length; i++)
        {
            if (form[i] == '0' ? !char.IsAsciiDigit((char)text[i]) : text[i] != form[i])
            {
                return false;
            }
        }

        return Two(text[5..]) is >= 1 and <= 12 && Two(text[8..]) is >= 1 and <= 31 && Two(text[11..]) <= 23 && Two(text[14..]) <= 59 && Two(text[17..]) <= 59;
    }

    private static int Two(ReadOnlySpan<byte> text) => ((text[0] - '0') * 10) + text[1] - '0';
}
