using System.Runtime.InteropServices;

namespace Hufu.Ocsp.Memory;

/// <summary>
/// Where signatures made ahead lie: large pieces of memory that the system may give in huge pages (Linux, where it is allowed), because an answer's signature is anywhere among gigabytes and finding the page of 4 KiB costs
/// as much as reading it. A piece goes when nothing kept in it is used any more: signatures are renewed in the order in which they were placed, so that happens piece by piece. One thread.
/// </summary>
internal sealed class SignatureRoom
{
    private const int First = 64 * 1024;
    private const int Largest = 32 * 1024 * 1024;
    private const int Line = Lines.Size;

    private byte[] _piece = [];
    private int _at;
    private int _size = First;

    /// <summary>Room for so many bytes, at the beginning of a cache line.</summary>
    public (byte[] Piece, int Offset) Take(int bytes)
    {
        if (_piece.Length - _at < bytes)
        {
            Begin(bytes);
        }

        var offset = _at;
        _at += (bytes + Line - 1) & -Line;
        return (_piece, offset);
    }

    private void Begin(int bytes)
    {
        var size = Math.Max(_size, bytes + Line);
        var aligned = size >= HugePages.Size ? HugePages.Size : Line;
        // Not touched before the advice is given: the pages come with the first signature.
        _piece = GC.AllocateUninitializedArray<byte>(checked(size + aligned), pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_piece, 0);
        _at = (int)(-address & (aligned - 1));
        _size = Math.Min(_size * 2, Largest);
        if (aligned == HugePages.Size)
        {
            HugePages.Advise(address + _at, size & ~(HugePages.Size - 1));
        }
    }
}
