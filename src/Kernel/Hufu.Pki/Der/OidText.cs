using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Hufu.Pki;

/// <summary>Object identifiers between content octets and dotted text; the known ones come back as the same string, without allocating.</summary>
internal static class OidText
{
    private const int MaxLength = 64;
    private static readonly (byte[] Content, string Text)[][] s_known = Build();

    internal static string Decode(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > MaxLength || content[^1] >= 0x80)
        {
            throw PkiException.Malformed("An OBJECT IDENTIFIER is empty, too long or cut off.");
        }

        foreach ((byte[] known, string text) in s_known[Bucket(content)])
        {
            if (content.SequenceEqual(known))
            {
                return text;
            }
        }

        return DecodeUnknown(content);
    }

    private static string DecodeUnknown(ReadOnlySpan<byte> content)
    {
        StringBuilder text = new();
        UInt128 value = 0;
        bool start = true;
        foreach (byte b in content)
        {
            if ((start && b == 0x80) || value >> 121 != 0)
            {
                throw PkiException.Malformed("An OBJECT IDENTIFIER has a component that is not minimal or beyond 128 bits.");
            }

            value = (value << 7) | (uint)(b & 0x7F);
            start = b < 0x80;
            if (!start)
            {
                continue;
            }

            if (text.Length == 0)
            {
                UInt128 root = value < 80 ? value / 40 : 2;
                text.Append(CultureInfo.InvariantCulture, $"{root}");
                value -= root * 40;
            }

            text.Append('.').Append(CultureInfo.InvariantCulture, $"{value}");
            value = 0;
        }

        return text.ToString();
    }

    private static int Bucket(ReadOnlySpan<byte> content) => (content[^1] ^ (content.Length << 3)) & 0x7F;

    private static (byte[] Content, string Text)[][] Build()
    {
        List<(byte[], string)>[] buckets = [.. Enumerable.Range(0, 128).Select(_ => new List<(byte[], string)>())];
        foreach (string oid in Oids.All)
        {
            AsnWriter writer = new(AsnEncodingRules.DER);
            writer.WriteObjectIdentifier(oid);
            byte[] content = writer.Encode()[2..];
            buckets[Bucket(content)].Add((content, oid));
        }

        return [.. buckets.Select(b => b.ToArray())];
    }
}
