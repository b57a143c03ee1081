using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Crls;

/// <summary>A CRL as it lies on the disk, read in pieces: its entries, its digest, its signature. Only for files that this room has written; what does not parse throws <see cref="InvalidDataException"/>.</summary>
internal sealed class CrlFile : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int Sequence = 0x30;
    private readonly Stream stream;
    private readonly Lock turn = new();
    private readonly (long Start, long Length) tbs;
    private readonly (long Start, long Length) entries;
    private readonly byte[] signature;

    private CrlFile(Stream stream)
    {
        this.stream = stream;
        var (_, at, length) = Header(0, Sequence);
        if (at + length != stream.Length)
        {
            throw new InvalidDataException("The file is longer or shorter than its list.");
        }

        var (_, content, contentLength) = Header(at, Sequence);
        tbs = (at, content + contentLength - at);
        entries = FindEntries(content, content + contentLength);
        var (_, algorithm, algorithmLength) = Header(tbs.Start + tbs.Length, Sequence);
        var (_, bits, bitsLength) = Header(algorithm + algorithmLength, 0x03);
        signature = new byte[bitsLength - 1];
        ReadAt(bits + 1, signature);
    }

    public long Length => stream.Length;

    public static CrlFile Open(string path) => new(new FileStream(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.Read }));

    public static CrlFile Of(byte[] der) => new(new MemoryStream(der, writable: false));

    /// <summary>The entries in the order in which they stand. Several readers may read at once.</summary>
    public IEnumerable<CrlEntryKey> Entries()
    {
        var buffer = new byte[BufferSize];
        var (at, end) = (entries.Start, entries.Start + entries.Length);
        while (at < end)
        {
            var filled = (int)Math.Min(BufferSize, end - at);
            ReadAt(at, buffer.AsSpan(0, filled));
            var used = 0;
            while (used < filled && TryReadEntry(buffer.AsSpan(used, filled - used), out var entry, out var size))
            {
                used += size;
                yield return entry;
            }

            if (used == 0)
            {
                throw new InvalidDataException("An entry of a kept CRL is not readable.");
            }

            at += used;
        }
    }

    /// <summary>SM3 over the whole file, hex.</summary>
    public string Digest()
    {
        using var hash = new Sm3Hash();
        Hash(hash, 0, stream.Length);
        return Finish(hash);
    }

    /// <summary>Whether the signature that stands in the file is a CA's over a list with this digest (<see cref="SignedDigest"/>).</summary>
    public bool IsSignatureOf(Certificate issuer, KeyAlgorithm algorithm, ReadOnlySpan<byte> digest) => SignedDigest.IsSignature(algorithm, issuer.PublicKey, digest, signature);

    /// <summary>A piece of the file.</summary>
    public byte[] Piece(long offset, int length)
    {
        var piece = new byte[Math.Min(length, stream.Length - offset)];
        ReadAt(offset, piece);
        return piece;
    }

    public void Dispose() => stream.Dispose();

    private static string Finish(Sm3Hash hash)
    {
        var digest = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }

    // version INTEGER, signature SEQUENCE, issuer SEQUENCE, thisUpdate, nextUpdate, then the entries or the extensions.
    private (long Start, long Length) FindEntries(long at, long end)
    {
        for (var field = 0; field < 5; field++)
        {
            var (_, start, length) = Header(at, field switch { 0 => 0x02, 1 or 2 => Sequence, _ => -1 });
            at = start + length;
        }

        if (at >= end)
        {
            return (at, 0);
        }

        var (tag, content, size) = Header(at, -1);
        return tag == Sequence ? (content, size) : (at, 0);
    }

    private (int Tag, long Content, long Length) Header(long at, int expected)
    {
        Span<byte> head = stackalloc byte[6];
        ReadAt(at, head[..2]);
        if (expected >= 0 && head[0] != expected)
        {
            throw new InvalidDataException($"A kept CRL has the tag {head[0]:x2} where {expected:x2} belongs.");
        }

        if (head[1] < 0x80)
        {
            return (head[0], at + 2, head[1]);
        }

        var octets = head[1] & 0x7F;
        if (octets is 0 or > 4)
        {
            throw new InvalidDataException("A length in a kept CRL is not readable.");
        }

        ReadAt(at + 2, head.Slice(2, octets));
        long length = 0;
        foreach (var octet in head.Slice(2, octets))
        {
            length = (length << 8) | octet;
        }

        return (head[0], at + 2 + octets, length);
    }

    private void Hash(Sm3Hash hash, long start, long length)
    {
        var buffer = new byte[BufferSize];
        for (long done = 0; done < length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(BufferSize, length - done));
            ReadAt(start + done, part);
            hash.AppendData(part);
            done += part.Length;
        }
    }

    private void ReadAt(long offset, Span<byte> destination)
    {
        if (stream is FileStream file)
        {
            for (var done = 0; done < destination.Length;)
            {
                var read = RandomAccess.Read(file.SafeFileHandle, destination[done..], offset + done);
                done += read > 0 ? read : throw new InvalidDataException("A kept CRL ends too early.");
            }

            return;
        }

        lock (turn)
        {
            stream.Position = offset;
            stream.ReadExactly(destination);
        }
    }

    // SEQUENCE { INTEGER, UTCTime or GeneralizedTime, SEQUENCE OF Extension OPTIONAL }, every length in one byte: as RevocationListWriter writes them.
    private static bool TryReadEntry(ReadOnlySpan<byte> data, out CrlEntryKey entry, out int size)
    {
        (entry, size) = (default, 0);
        if (data.Length < 2 || data.Length < 2 + data[1])
        {
            return false;
        }

        size = 2 + data[1];
        if (data[0] != Sequence || data[1] >= 0x80 || data[2] != 0x02)
        {
            throw new InvalidDataException("An entry of a kept CRL is not readable.");
        }

        var serial = SerialKey.FromBytes(data.Slice(4, data[3]));
        var at = 4 + data[3];
        var time = data.Slice(at + 2, data[at + 1]);
        var revoked = Time(time);
        at += 2 + time.Length;
        long reason = 0, invalid = 0;
        if (at < size)
        {
            for (at += 2; at < size; at += 2 + data[at + 1])
            {
                // OID 2.5.29.21: 0a 01 value; 2.5.29.24: GeneralizedTime. Nothing else is written here.
                var extension = data.Slice(at + 2, data[at + 1]);
                if (extension[4] == 21)
                {
                    reason = extension[^1];
                }
                else
                {
                    invalid = Time(extension[^15..]);
                }
            }
        }

        entry = new CrlEntryKey(serial, revoked, reason, invalid);
        return true;
    }

    private static long Time(ReadOnlySpan<byte> text)
    {
        var utc = text.Length == 13;
        var year = utc ? Two(text, 0) : (Two(text, 0) * 100) + Two(text, 2);
        year = utc ? year + (year < 50 ? 2000 : 1900) : year;
        var at = utc ? 2 : 4;
        var days = Days(year, Two(text, at), Two(text, at + 2));
        return ((days * 86_400) + (Two(text, at + 4) * 3_600) + (Two(text, at + 6) * 60) + Two(text, at + 8)) * 1_000;
    }

    private static int Two(ReadOnlySpan<byte> text, int at) => ((text[at] - '0') * 10) + text[at + 1] - '0';

    // Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March.
    private static long Days(int year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = y / 400;
        var yearOfEra = y - (era * 400);
        var dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5 + day - 1;
        return (era * 146_097L) + (yearOfEra * 365L) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719_468;
    }
}
