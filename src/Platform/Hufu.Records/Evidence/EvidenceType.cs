using System.Buffers.Binary;

namespace Hufu.Records;

/// <summary>Tells what a file is by its content. Complete files only: the format's end mark must be there too.</summary>
internal static class EvidenceType
{
    internal static string? Detect(ReadOnlySpan<byte> content) =>
        IsPdf(content) ? "application/pdf" : IsPng(content) ? "image/png" : IsJpeg(content) ? "image/jpeg" : null;

    // ISO 32000-1 7.5.2 and 7.5.5: %PDF-1.x or 2.x first, %%EOF in the last 1,024 bytes.
    private static bool IsPdf(ReadOnlySpan<byte> content) =>
        content.Length >= 16
        && (content.StartsWith("%PDF-1."u8) || content.StartsWith("%PDF-2."u8))
        && char.IsAsciiDigit((char)content[7])
        && content[Math.Max(0, content.Length - 1_024)..].IndexOf("%%EOF"u8) >= 0;

    // ISO 15948 5.2, 5.3, 11.2: signature, IHDR of 13 bytes with a size that is not zero, IEND last.
    private static bool IsPng(ReadOnlySpan<byte> content) =>
        content.Length >= 45
        && content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
        && content[12..].StartsWith("IHDR"u8)
        && BinaryPrimitives.ReadUInt32BigEndian(content[16..]) is > 0 and <= int.MaxValue
        && BinaryPrimitives.ReadUInt32BigEndian(content[20..]) is > 0 and <= int.MaxValue
        && content.EndsWith((ReadOnlySpan<byte>)[0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]);

    // ISO 10918-1 B.1.1.3: SOI and another marker first, EOI last (scanners may pad with zeros).
    private static bool IsJpeg(ReadOnlySpan<byte> content) =>
        content.Length >= 6
        && content[0] == 0xFF && content[1] == 0xD8 && content[2] == 0xFF && content[3] is >= 0xC0 and < 0xFF
        && content.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]);
}
