using System.Buffers.Binary;
using System.IO.Compression;

namespace Hufu.Demo.Scene;

/// <summary>Pictures that stand for scanned papers: a sheet with lines of "text" and, where it is sealed, a red seal. Real PNG files, drawn here.</summary>
internal static class Scans
{
    private const int Width = 420;
    private const int Height = 594;

    /// <summary>A paper; the seed tells one from another.</summary>
    public static byte[] Paper(int seed, bool sealedInRed)
    {
        var rows = new byte[Height * (1 + (Width * 3))];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                Ink(x, y, seed, sealedInRed).CopyTo(rows, (y * (1 + (Width * 3))) + 1 + (x * 3));
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        header[8] = 8;
        header[9] = 2;
        Chunk(png, "IHDR"u8, header);
        using (var packed = new MemoryStream())
        {
            using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(rows);
            }

            Chunk(png, "IDAT"u8, packed.ToArray());
        }

        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Ink(int x, int y, int seed, bool sealedInRed)
    {
        if (sealedInRed)
        {
            var fromSeal = Math.Sqrt(Math.Pow(x - 300, 2) + Math.Pow(y - 460, 2));
            if (fromSeal is > 62 and < 68 || (fromSeal < 18 && (x + y) % 3 != 0))
            {
                return [0xC0, 0x20, 0x20];
            }
        }

        var line = (y - 60) / 24;
        var inLine = y is > 60 and < 400 && (y - 60) % 24 < 9;
        return inLine && x > 50 && x < 90 + ((line * 97 * (seed + 3)) % 280) && (x / 7 * (line + seed + 1)) % 5 != 0 ? [0x20, 0x24, 0x30] : [0xFC, 0xFB, 0xF8];
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        var crc = 0xFFFFFFFFu;
        Crc(ref crc, type);
        Crc(ref crc, data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }

    private static void Crc(ref uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
            }
        }
    }
}
