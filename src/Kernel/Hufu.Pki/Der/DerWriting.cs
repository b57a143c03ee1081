using System.Formats.Asn1;
using System.Numerics;

namespace Hufu.Pki;

/// <summary>Shorthand over <see cref="AsnWriter"/> for what the structures here write again and again.</summary>
internal static class DerWriting
{
    internal static AsnWriter NewWriter() => new(AsnEncodingRules.DER);

    internal static Asn1Tag Context(int number, bool constructed) => new(TagClass.ContextSpecific, number, constructed);

    internal static AsnWriter.Scope PushContext(this AsnWriter writer, int number) => writer.PushSequence(Context(number, constructed: true));

    /// <summary>An already encoded element as it is. <see cref="AsnWriter.WriteEncodedValue"/> checks the outer header only.</summary>
    internal static void WriteRaw(this AsnWriter writer, ReadOnlySpan<byte> element) => writer.WriteEncodedValue(element);

    /// <summary>INTEGER from an unsigned big-endian number, leading zeros allowed.</summary>
    internal static void WriteUnsigned(this AsnWriter writer, ReadOnlySpan<byte> magnitude)
    {
        ReadOnlySpan<byte> trimmed = magnitude.TrimStart((byte)0);
        if (trimmed.IsEmpty)
        {
            writer.WriteInteger(0);
        }
        else
        {
            writer.WriteIntegerUnsigned(trimmed);
        }
    }

    internal static void WriteInteger(this AsnWriter writer, int value) => writer.WriteInteger(new BigInteger(value));

    /// <summary>Named bits, bit 0 first, trailing zero bits cut off as DER wants (X.690 11.2.2).</summary>
    internal static void WriteNamedBits(this AsnWriter writer, uint bits, Asn1Tag? tag = null)
    {
        int count = 32 - BitOperations.LeadingZeroCount(bits);
        byte[] bytes = new byte[(count + 7) / 8];
        for (int i = 0; i < count; i++)
        {
            bytes[i / 8] |= (byte)(((bits >> i) & 1) << (7 - (i % 8)));
        }

        writer.WriteBitString(bytes, (bytes.Length * 8) - count, tag);
    }

    /// <summary>The bytes of one element that <paramref name="write"/> writes.</summary>
    internal static byte[] Encode(Action<AsnWriter> write)
    {
        AsnWriter writer = NewWriter();
        write(writer);
        return writer.Encode();
    }

    /// <summary>An element with this tag around content octets.</summary>
    internal static byte[] Retag(byte tag, ReadOnlySpan<byte> content)
    {
        AsnWriter writer = NewWriter();
        writer.WriteOctetString(content);
        byte[] element = writer.Encode();
        element[0] = tag;
        return element;
    }
}
