using System.Buffers.Binary;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Ocsp.Status;

// File: "HUFUIDX2", then for each CA and length of serial
//   01, length of the CA's name (1), name, length of serials (1), number of buckets (4), and for each bucket the number of bytes (4) and the bytes (marks and ordered serials, as SerialBucket has them);
//   02, length of the CA's name (1), name, length of serials (1), number of revoked (4), and for each the serial and its detail (6);
// 00 ends it. Numbers are little-endian. What vouches for it is its SM3 in the database.

/// <summary>The index in a file, from which a start reads it in seconds. Belongs to one database at one change; any other file is not read.</summary>
/// <param name="directory">The room's folder.</param>
internal sealed class StatusCheckpoint(string directory)
{
    private const int Buffer = 1 << 20;

    private readonly string _path = Path.Combine(directory, "status.index");

    private static ReadOnlySpan<byte> Magic => "HUFUIDX2"u8;

    /// <summary>Writes the index beside the present file; <see cref="Commit"/> puts it in its place.</summary>
    /// <param name="index">May change meanwhile: what changes is among the changes that a start reads after the file.</param>
    /// <returns>The file's SM3, hex.</returns>
    public string Write(StatusIndex index)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = Buffer };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(_path + ".new", options);
        using var output = new HashedStream(file);
        output.Write(Magic);
        foreach (var ca in index.Authorities)
        {
            var authority = index.Of(ca);
            foreach (var set in authority.Sets)
            {
                WriteSet(output, ca, set);
                if (authority.RevokedOf(set.Length) is { } revoked)
                {
                    WriteRevoked(output, ca, set.Length, revoked);
                }
            }
        }

        output.Write([0]);
        file.Flush(flushToDisk: true);
        return output.Digest();
    }

    /// <summary>Puts the file that was written in the place of the last one.</summary>
    public void Commit() => File.Move(_path + ".new", _path, overwrite: true);

    /// <summary>Fills an empty index from the file.</summary>
    /// <param name="digest">The SM3 that the database has for it.</param>
    /// <param name="index">Empty; untouched when the answer is false.</param>
    /// <returns>False when there is no such file or it is another one.</returns>
    public bool TryRead(string digest, StatusIndex index)
    {
        if (!File.Exists(_path))
        {
            return false;
        }

        using var file = new FileStream(_path, new FileStreamOptions { BufferSize = Buffer, Options = FileOptions.SequentialScan });
        using var input = new HashedStream(file);
        var sets = new List<(string Ca, SerialSet Set)>();
        var revoked = new List<(string Ca, int Length, byte[] Records)>();
        try
        {
            if (!input.Take(Magic.Length).AsSpan().SequenceEqual(Magic))
            {
                return false;
            }

            for (var kind = input.Take(1)[0]; kind != 0; kind = input.Take(1)[0])
            {
                var ca = Encoding.UTF8.GetString(input.Take(input.Take(1)[0]));
                int length = input.Take(1)[0];
                if (kind == 1)
                {
                    sets.Add((ca, ReadSet(input, length)));
                }
                else
                {
                    revoked.Add((ca, length, input.Take(checked(Number(input) * (length + AuthorityIndex.DetailLength)))));
                }
            }
        }
        catch (Exception damaged) when (damaged is EndOfStreamException or OverflowException or OutOfMemoryException or ArgumentException)
        {
            return false;
        }

        // Whatever was read, the digest decides; the index is not touched before.
        if (input.Digest() != digest)
        {
            return false;
        }

        foreach (var (ca, set) in sets)
        {
            index.Of(ca).Put(set);
        }

        foreach (var (ca, length, records) in revoked)
        {
            for (var at = 0; at < records.Length; at += length + AuthorityIndex.DetailLength)
            {
                index.Of(ca).PutDetail(records.AsSpan(at, length), records.AsSpan(at + length, AuthorityIndex.DetailLength));
            }
        }

        return true;
    }

    private static void WriteSet(HashedStream output, string ca, SerialSet set)
    {
        var name = Encoding.UTF8.GetBytes(ca);
        // A set that splits meanwhile would give a serial twice or not at all: its buckets are taken at one moment.
        var buckets = set.Snapshot();
        output.Write([1, (byte)name.Length, .. name, (byte)set.Length]);
        output.Write(Bytes(buckets.Length));
        foreach (var bucket in buckets)
        {
            output.Write(Bytes(bucket.Bytes.Length));
            output.Write(bucket.Bytes);
        }
    }

    private static SerialSet ReadSet(HashedStream input, int length)
    {
        var count = Number(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 26);
        var buckets = new SerialBucket[count];
        long serials = 0;
        for (var i = 0; i < count; i++)
        {
            var bytes = Number(input);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 1 << 20);
            buckets[i] = bytes == 0 ? SerialBucket.Empty : new SerialBucket(input.Take(bytes), length);
            serials += buckets[i].Count;
        }

        return new SerialSet(length, buckets, serials);
    }

    private static void WriteRevoked(HashedStream output, string ca, int length, SerialTable revoked)
    {
        var name = Encoding.UTF8.GetBytes(ca);
        using var records = new MemoryStream();
        var count = 0;
        revoked.ForEach((serial, detail) =>
        {
            records.Write(serial.Span);
            records.Write(detail.Span);
            count++;
        });
        output.Write([2, (byte)name.Length, .. name, (byte)length]);
        output.Write(Bytes(count));
        output.Write(records.GetBuffer().AsSpan(0, (int)records.Length));
    }

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static int Number(HashedStream input) => BinaryPrimitives.ReadInt32LittleEndian(input.Take(4)) is >= 0 and var number ? number : throw new OverflowException();

    /// <summary>Reads or writes and hashes what passes.</summary>
    private sealed class HashedStream(FileStream file) : IDisposable
    {
        private readonly Sm3Hash _hash = new();

        public void Write(ReadOnlySpan<byte> bytes)
        {
            file.Write(bytes);
            _hash.AppendData(bytes);
        }

        public byte[] Take(int count)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, file.Length - file.Position, nameof(count));
            var bytes = new byte[count];
            file.ReadExactly(bytes);
            _hash.AppendData(bytes);
            return bytes;
        }

        public string Digest()
        {
            var digest = new byte[Sm3.HashSizeInBytes];
            _hash.GetHashAndReset(digest);
            return Convert.ToHexStringLower(digest);
        }

        public void Dispose() => _hash.Dispose();
    }
}
