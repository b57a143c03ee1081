namespace Hufu.Crypto;

/// <summary>In place or apart: what the modes can work on. A source that begins elsewhere in the destination would be overwritten before it is read.</summary>
internal static class Sm4InPlace
{
    internal static void Demand(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, string name)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
        {
            throw new ArgumentException("Source and destination are the same memory or do not overlap.", name);
        }
    }
}
