namespace Hufu.Pki;

/// <summary>The measured sizes of a list to be written.</summary>
internal readonly record struct RevocationListPlan(byte[] Head, byte[] Extensions, long Count, long EntriesSize, long ContentSize, long TbsSize)
{
    internal const int MaxHeaderSize = 6;

    internal static RevocationListPlan Measure(RevocationListHeader header, IEnumerable<RevokedEntry> entries, AlgorithmIdentifier algorithm)
    {
        long count = 0, size = 0;
        foreach (RevokedEntry entry in entries)
        {
            count++;
            size += entry.EncodedSize;
        }

        byte[] head = header.EncodeHead(algorithm), extensions = header.EncodeExtensions();
        Span<byte> scratch = stackalloc byte[MaxHeaderSize];
        long content = head.Length + extensions.Length + (count == 0 ? 0 : WriteHeader(scratch, DerTag.Sequence, size) + size);
        return new RevocationListPlan(head, extensions, count, size, content, WriteHeader(scratch, DerTag.Sequence, content) + content);
    }

    /// <summary>Writes identifier and length octets.</summary>
    /// <returns>2 to 6.</returns>
    internal static int WriteHeader(Span<byte> destination, byte tag, long length)
    {
        if (length > int.MaxValue - 1024)
        {
            throw PkiException.TooLarge("A revocation list", int.MaxValue - 1024);
        }

        destination[0] = tag;
        if (length < 0x80)
        {
            destination[1] = (byte)length;
            return 2;
        }

        int count = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
        destination[1] = (byte)(0x80 | count);
        for (int i = 0; i < count; i++)
        {
            destination[2 + i] = (byte)(length >> (8 * (count - 1 - i)));
        }

        return 2 + count;
    }
}
