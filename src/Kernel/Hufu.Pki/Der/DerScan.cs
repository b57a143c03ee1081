namespace Hufu.Pki;

/// <summary>
/// Walks a whole structure once before it is read: one element and nothing after it, every nested header well-formed, no BER constructed strings,
/// depth and number of elements within <see cref="PkiLimits"/>. Iterative, so hostile nesting costs no stack.
/// </summary>
internal static class DerScan
{
    internal static void Check(ReadOnlySpan<byte> data, int sizeLimit, string what)
    {
        if (data.Length > sizeLimit)
        {
            throw PkiException.TooLarge(what, sizeLimit);
        }

        Span<int> ends = stackalloc int[PkiLimits.Depth];
        int depth = 0, position = 0, elements = 0;
        do
        {
            while (depth > 0 && position == ends[depth - 1])
            {
                depth--;
            }

            if (depth == 0 && position > 0)
            {
                break;
            }

            DerReader.ReadHeader(depth == 0 ? data : data[..ends[depth - 1]], position, out byte tag, out int start, out int length);
            if (++elements > PkiLimits.Elements)
            {
                throw PkiException.TooLarge($"{what}'s number of elements", PkiLimits.Elements);
            }

            bool constructed = (tag & 0x20) != 0;
            if ((tag & 0xC0) == 0 && constructed != (tag is DerTag.Sequence or DerTag.Set))
            {
                throw PkiException.Malformed($"Tag {tag:X2} is not DER: only SEQUENCE and SET are constructed.");
            }

            position = start;
            if (constructed)
            {
                if (depth == PkiLimits.Depth)
                {
                    throw PkiException.TooLarge($"{what}'s depth", PkiLimits.Depth);
                }

                ends[depth++] = start + length;
            }
            else
            {
                position += length;
            }
        }
        while (true);

        if (position != data.Length)
        {
            throw PkiException.Malformed($"{data.Length - position} bytes too many after {what}.");
        }
    }
}
