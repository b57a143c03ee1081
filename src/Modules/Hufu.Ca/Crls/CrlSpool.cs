using System.Runtime.InteropServices;

namespace Hufu.Ca.Crls;

/// <summary>A sequence of fixed-size records in a temporary file: written once, read as often as needed, a bounded buffer in memory. Gone when disposed.</summary>
/// <typeparam name="T">A structure without references.</typeparam>
internal sealed class CrlSpool<T> : IDisposable
    where T : unmanaged
{
    private const int Buffered = 8_192;
    private readonly FileStream file;
    private readonly T[] buffer = new T[Buffered];
    private int filled;
    private long written;

    /// <summary>An empty one.</summary>
    /// <param name="path">Where; must not exist.</param>
    public CrlSpool(string path) =>
        file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.DeleteOnClose });

    /// <summary>How many records it holds.</summary>
    public long Count => written + filled;

    private void Add(T record)
    {
        buffer[filled++] = record;
        if (filled == Buffered)
        {
            Flush();
        }
    }

    /// <summary>Adds everything that a reading hands over.</summary>
    public void AddAll(Action<Action<T>> read)
    {
        read(Add);
        Flush();
    }

    /// <summary>The records in their order. Nothing is added while they are read; several readers may read at once.</summary>
    public IEnumerable<T> Read()
    {
        if (filled > 0)
        {
            throw new InvalidOperationException("A spool is read after AddAll.");
        }

        return Records();
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        var bytes = MemoryMarshal.AsBytes(buffer.AsSpan(0, filled));
        RandomAccess.Write(file.SafeFileHandle, bytes, written * Marshal.SizeOf<T>());
        written += filled;
        filled = 0;
    }

    private IEnumerable<T> Records()
    {
        var page = new T[Buffered];
        for (long at = 0; at < written;)
        {
            var count = (int)Math.Min(Buffered, written - at);
            Fill(page.AsSpan(0, count), at);
            for (var i = 0; i < count; i++)
            {
                yield return page[i];
            }

            at += count;
        }
    }

    private void Fill(Span<T> page, long at)
    {
        var bytes = MemoryMarshal.AsBytes(page);
        var offset = at * Marshal.SizeOf<T>();
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, bytes, offset);
            if (read == 0)
            {
                throw new IOException("A spool ended before its last record.");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }
}
