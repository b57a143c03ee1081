namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>
/// One element of DER, found by walking tags and lengths. Written for these tests alone, so that what is cut out of our files for OpenSSL
/// is not cut by the code under test.
/// </summary>
/// <param name="Whole">Tag, length and content.</param>
/// <param name="Content">Content octets.</param>
internal sealed record DerElement(ReadOnlyMemory<byte> Whole, ReadOnlyMemory<byte> Content)
{
    public byte Tag => Whole.Span[0];

    /// <summary>The elements inside a constructed element, or inside an OCTET STRING that holds DER.</summary>
    public IReadOnlyList<DerElement> Children
    {
        get
        {
            List<DerElement> children = [];
            for (ReadOnlyMemory<byte> rest = Content; !rest.IsEmpty; rest = rest[children[^1].Whole.Length..])
            {
                children.Add(ReadFirst(rest));
            }

            return children;
        }
    }

    public DerElement this[int index] => Children[index];

    /// <summary>The content of a BIT STRING without the count of unused bits, which has to be 0.</summary>
    public byte[] Bits
    {
        get
        {
            Require(Tag == 0x03 && Content.Span[0] == 0, "a BIT STRING of whole bytes");
            return Content[1..].ToArray();
        }
    }

    /// <summary>The same element under another tag: signed attributes are signed as SET OF (RFC 5652 5.4).</summary>
    public byte[] Retagged(byte tag) => [tag, .. Whole.Span[1..]];

    /// <summary>An OBJECT IDENTIFIER in dots.</summary>
    public string Oid
    {
        get
        {
            Require(Tag == 0x06, "an OBJECT IDENTIFIER");
            List<ulong> arcs = [];
            ulong arc = 0;
            foreach (byte part in Content.Span)
            {
                arc = (arc << 7) | (part & 0x7Fu);
                if (part < 0x80)
                {
                    arcs.Add(arc);
                    arc = 0;
                }
            }

            ulong first = Math.Min(arcs[0] / 40, 2);
            return string.Join('.', [first, arcs[0] - (first * 40), .. arcs.Skip(1)]);
        }
    }

    /// <summary>The one element that the bytes hold; anything behind it is refused.</summary>
    public static DerElement Read(ReadOnlyMemory<byte> bytes)
    {
        DerElement element = ReadFirst(bytes);
        Require(element.Whole.Length == bytes.Length, "nothing behind the element");
        return element;
    }

    private static DerElement ReadFirst(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        Require(span.Length >= 2 && (span[0] & 0x1F) != 0x1F, "a tag below 31 and a length");
        int length = span[1], header = 2;
        if (length >= 0x80)
        {
            int size = length & 0x7F;
            Require(size is >= 1 and <= 3 && span.Length >= 2 + size, "a definite length of at most three bytes");
            length = 0;
            foreach (byte part in span.Slice(2, size))
            {
                length = (length << 8) | part;
            }

            Require(length >= 0x80 && (size == 1 || length >> (8 * (size - 1)) != 0), "the shortest form of length");
            header += size;
        }

        Require(span.Length - header >= length, "as many bytes as the length says");
        return new DerElement(bytes[..(header + length)], bytes.Slice(header, length));
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"DER has to be: {what}");
        }
    }
}
