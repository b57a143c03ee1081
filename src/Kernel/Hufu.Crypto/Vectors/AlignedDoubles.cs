using System.Runtime.InteropServices;

namespace Hufu.Crypto;

/// <summary>Doubles in pinned memory from a multiple of 64 octets on, so that a vector of eight never crosses a cache line.</summary>
internal sealed unsafe class AlignedDoubles
{
    private const int Line = 64;

    private readonly double[] _memory;
    private readonly int _offset;
    private readonly int _length;

    internal AlignedDoubles(int length)
    {
        _length = length;
        _memory = GC.AllocateArray<double>(length + (Line / sizeof(double)), pinned: true);
        nuint address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _offset = (int)((Line - (address % Line)) % Line / sizeof(double));
    }

    internal Span<double> Span => _memory.AsSpan(_offset, _length);
}
