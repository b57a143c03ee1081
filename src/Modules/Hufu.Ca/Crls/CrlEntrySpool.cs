using Hufu.Ca.Rules;

namespace Hufu.Ca.Crls;

/// <summary>The entries of a list as they will stand in it, in a temporary file: written once, read in pieces, a bounded buffer in memory. Gone when disposed.</summary>
internal sealed class CrlEntrySpool : IDisposable
{
    /// <summary>Bytes of the pieces.</summary>
    public const int Piece = 1 << 20;

    private readonly FileStream file;
    private readonly byte[] buffer = new byte[Piece];
    private int filled;
    private long written;

    /// <summary>An empty one.</summary>
    /// <param name="path">Where; must not exist.</param>
    public CrlEntrySpool(string path) =>
        file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.DeleteOnClose });

    /// <summary>How many entries it holds.</summary>
    public long Count { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public long Length => written + filled;

    /// <summary>Adds an entry.</summary>
    public void Add(CrlEntryKey entry)
    {
        if (filled > Piece - CrlEntryBytes.Most)
        {
            Flush();
        }

        filled += CrlEntryBytes.Write(entry, buffer.AsSpan(filled));
        Count++;
    }

    /// <summary>Hands the bytes over in their order, a piece at a time.</summary>
    public void Read(Action<ReadOnlyMemory<byte>> take)
    {
        Flush();
        for (long at = 0; at < written;)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, buffer, at);
            if (read == 0)
            {
                throw new IOException("A spool ended before its last entry.");
            }

            take(buffer.AsMemory(0, read));
            at += read;
        }
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        RandomAccess.Write(file.SafeFileHandle, buffer.AsSpan(0, filled), written);
        written += filled;
        filled = 0;
    }
}
