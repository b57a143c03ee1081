using System.Buffers;
using System.Text;
using Hufu.Contracts;

namespace Hufu.Records;

/// <summary>A signed statement as the verifier reads it: exactly the form of <see cref="ActStatement.ToCanonicalText"/>, on bytes.</summary>
/// <remarks>
/// Lines <c>HUFU-ACT 1</c>, room, act, object, state, payload, person, time, nonce. A text with anything but printable ASCII in it is read by <see cref="ActStatement.TryParse"/>, which says
/// what counts as a control character or a space beyond ASCII.
/// </remarks>
internal readonly ref struct StatementFacts
{
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    private StatementFacts(ReadOnlySpan<byte> room, ReadOnlySpan<byte> act, ReadOnlySpan<byte> what, ReadOnlySpan<byte> person, ReadOnlySpan<byte> time)
    {
        Room = room;
        Act = act;
        Object = what;
        Person = person;
        Time = time;
    }

    internal ReadOnlySpan<byte> Room { get; }

    internal ReadOnlySpan<byte> Act { get; }

    internal ReadOnlySpan<byte> Object { get; }

    internal ReadOnlySpan<byte> Person { get; }

    internal ReadOnlySpan<byte> Time { get; }

    internal static bool TryRead(ReadOnlySpan<byte> text, out StatementFacts facts)
    {
        facts = default;
        ReadOnlySpan<byte> rest = text;
        if (!Line(ref rest, "HUFU-ACT 1"u8, out ReadOnlySpan<byte> nothing) || !nothing.IsEmpty
            || !Line(ref rest, "room: "u8, out ReadOnlySpan<byte> room) || !Line(ref rest, "act: "u8, out ReadOnlySpan<byte> act) || !Line(ref rest, "object: "u8, out ReadOnlySpan<byte> what)
            || !Line(ref rest, "state: "u8, out ReadOnlySpan<byte> state) || !Line(ref rest, "payload: "u8, out ReadOnlySpan<byte> payload) || !Line(ref rest, "person: "u8, out ReadOnlySpan<byte> person)
            || !Line(ref rest, "time: "u8, out ReadOnlySpan<byte> time) || !Line(ref rest, "nonce: "u8, out ReadOnlySpan<byte> nonce) || !rest.IsEmpty)
        {
            return false;
        }

        bool plain = IsPlain(room) && IsPlain(act) && IsPlain(what) && IsPlain(state);
        if (plain
            ? text.Length > ActStatement.TextLimit || !IsHex(payload, 64) || !IsHex(person, 64) || !IsHex(nonce, 32) || !IsDate(time)
            : !ActStatement.TryParse(Encoding.UTF8.GetString(text), out _))
        {
            return false;
        }

        facts = new StatementFacts(room, act, what, person, time);
        return true;
    }

    private static bool Line(scoped ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 || !rest.StartsWith(name))
        {
            return false;
        }

        value = end < name.Length ? default : rest[name.Length..end];
        rest = rest[(end + 1)..];
        return true;
    }

    // Printable ASCII, one at least, no space at either end.
    private static bool IsPlain(ReadOnlySpan<byte> value) => !value.IsEmpty && value.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && value[0] != ' ' && value[^1] != ' ';

    private static bool IsHex(ReadOnlySpan<byte> value, int length) => value.Length == length && value.IndexOfAnyExcept(Hex) < 0;

    private static bool IsDate(ReadOnlySpan<byte> time)
    {
        if (!RecordFacts.IsTime(time))
        {
            return false;
        }

        int year = (1_000 * (time[0] - '0')) + (100 * (time[1] - '0')) + (10 * (time[2] - '0')) + time[3] - '0';
        int month = (10 * (time[5] - '0')) + time[6] - '0';
        return year >= 1 && (10 * (time[8] - '0')) + time[9] - '0' <= DateTime.DaysInMonth(year, month);
    }
}
