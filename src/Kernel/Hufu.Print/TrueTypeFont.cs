using System.Buffers.Binary;
using System.Text;

namespace Hufu.Print;

/// <summary>A TrueType font file (OpenType specification: table directory, cmap 4 and 12, head, hhea, hmtx, loca, glyf), read for embedding: widths, glyphs of characters, and a subset.</summary>
internal sealed class TrueTypeFont
{
    private const int LargestFile = 64 << 20;
    private static readonly string[] s_kept = ["cvt ", "fpgm", "prep", "head", "hhea", "hmtx", "maxp"];

    private readonly byte[] _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = new(StringComparer.Ordinal);
    private readonly int _cmap;
    private readonly int _cmapFormat;
    private readonly int _longMetrics;
    private readonly bool _longOffsets;

    private TrueTypeFont(byte[] file)
    {
        _file = file;
        if (U32(0) is not (0x00010000 or 0x74727565))
        {
            throw new InvalidDataException("not a TrueType font (collections and CFF fonts are not read)");
        }

        for (int i = 0, entry = 12; i < U16(4); i++, entry += 16)
        {
            int offset = checked((int)U32(entry + 8)), length = checked((int)U32(entry + 12));
            if (offset > file.Length - length)
            {
                throw new InvalidDataException("a table lies outside of the file");
            }

            _tables[Encoding.ASCII.GetString(file, entry, 4)] = (offset, length);
        }

        UnitsPerEm = U16(Table("head") + 18);
        _longOffsets = U16(Table("head") + 50) == 1;
        _longMetrics = U16(Table("hhea") + 34);
        Ascent = I16(Table("hhea") + 4);
        Descent = I16(Table("hhea") + 6);
        GlyphCount = U16(Table("maxp") + 4);
        (_cmap, _cmapFormat) = FindMap();
        if (UnitsPerEm == 0 || _longMetrics == 0 || GlyphCount == 0)
        {
            throw new InvalidDataException("units, metrics or glyphs are missing");
        }
    }

    public int UnitsPerEm { get; }

    public int Ascent { get; }

    public int Descent { get; }

    public int GlyphCount { get; }

    /// <summary>xMin, yMin, xMax, yMax of all glyphs, in thousandths of the size.</summary>
    public int[] Box => [.. Enumerable.Range(0, 4).Select(i => Scaled(I16(Table("head") + 36 + (2 * i))))];

    /// <exception cref="InvalidDataException">Not a font that can be embedded.</exception>
    public static TrueTypeFont Load(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile ? new TrueTypeFont(File.ReadAllBytes(path)) : throw new InvalidDataException("larger than any font");
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path} cannot be used as a font: {e.Message}", e);
        }
    }

    public int Scaled(int units) => units * 1000 / UnitsPerEm;

    /// <summary>The glyph of a character; 0 when the font has none.</summary>
    public int Glyph(Rune character) => _cmapFormat == 12 ? Glyph12((uint)character.Value) : character.IsBmp ? Glyph4(character.Value) : 0;

    /// <summary>Advance in thousandths of the size.</summary>
    public int Width(int glyph) => Scaled(U16(Table("hmtx") + (4 * Math.Min(glyph, _longMetrics - 1))));

    /// <summary>A font file with the outlines of these glyphs only, under their numbers here.</summary>
    public byte[] Subset(IEnumerable<int> used)
    {
        SortedSet<int> glyphs = [0];
        foreach (int glyph in used)
        {
            AddWithParts(glyph, glyphs, depth: 0);
        }

        using MemoryStream outlines = new();
        byte[] offsets = new byte[4 * (GlyphCount + 1)];
        for (int glyph = 0; glyph < GlyphCount; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * glyph), (uint)outlines.Length);
            if (glyphs.Contains(glyph))
            {
                outlines.Write(Outline(glyph));
                outlines.SetLength((outlines.Length + 3) & ~3);
                outlines.Position = outlines.Length;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * GlyphCount), (uint)outlines.Length);
        SortedDictionary<string, byte[]> tables = new(StringComparer.Ordinal) { ["glyf"] = outlines.ToArray(), ["loca"] = offsets };
        foreach (string name in s_kept.Where(_tables.ContainsKey))
        {
            tables[name] = _file.AsSpan(_tables[name].Offset, _tables[name].Length).ToArray();
        }

        BinaryPrimitives.WriteUInt16BigEndian(tables["head"].AsSpan(50), 1); // offsets are long in the subset
        return Assemble(tables);
    }

    private void AddWithParts(int glyph, SortedSet<int> glyphs, int depth)
    {
        if (glyph >= GlyphCount || depth > 8 || !glyphs.Add(glyph))
        {
            return;
        }

        ReadOnlySpan<byte> outline = Outline(glyph);
        if (outline.Length < 12 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return;
        }

        // A composite: flags, glyph, arguments, scale, until MORE_COMPONENTS (0x20) is not set.
        for (int position = 10, flags = 0x20; (flags & 0x20) != 0 && position + 4 <= outline.Length;)
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline[position..]);
            AddWithParts(BinaryPrimitives.ReadUInt16BigEndian(outline[(position + 2)..]), glyphs, depth + 1);
            position += 4 + ((flags & 1) != 0 ? 4 : 2) + ((flags & 8) != 0 ? 2 : (flags & 0x40) != 0 ? 4 : (flags & 0x80) != 0 ? 8 : 0);
        }
    }

    private ReadOnlySpan<byte> Outline(int glyph)
    {
        int loca = Table("loca");
        int start = _longOffsets ? (int)U32(loca + (4 * glyph)) : 2 * U16(loca + (2 * glyph));
        int end = _longOffsets ? (int)U32(loca + (4 * glyph) + 4) : 2 * U16(loca + (2 * glyph) + 2);
        return _file.AsSpan(Table("glyf") + start, end - start);
    }

    private (int Offset, int Format) FindMap()
    {
        int table = Table("cmap");
        for (int i = 0; i < U16(table + 2); i++)
        {
            int entry = table + 4 + (8 * i), platform = U16(entry), encoding = U16(entry + 2), offset = table + (int)U32(entry + 4);
            if ((platform == 0 || (platform == 3 && encoding is 1 or 10)) && U16(offset) is 4 or 12)
            {
                return (offset, U16(offset));
            }
        }

        throw new InvalidDataException("no Unicode map");
    }

    private int Glyph4(int character)
    {
        int segments = U16(_cmap + 6) / 2, ends = _cmap + 14, starts = ends + (2 * segments) + 2, deltas = starts + (2 * segments), ranges = deltas + (2 * segments);
        for (int i = 0; i < segments; i++)
        {
            if (character <= U16(ends + (2 * i)))
            {
                int start = U16(starts + (2 * i)), range = U16(ranges + (2 * i));
                if (character < start)
                {
                    return 0;
                }

                int glyph = range == 0 ? character : U16(ranges + (2 * i) + range + (2 * (character - start)));
                return glyph == 0 ? 0 : (glyph + U16(deltas + (2 * i))) & 0xFFFF;
            }
        }

        return 0;
    }

    private int Glyph12(uint character)
    {
        for (uint i = 0; i < U32(_cmap + 12); i++)
        {
            int group = _cmap + 16 + (12 * (int)i);
            if (character >= U32(group) && character <= U32(group + 4))
            {
                return (int)(U32(group + 8) + character - U32(group));
            }
        }

        return 0;
    }

    private static byte[] Assemble(SortedDictionary<string, byte[]> tables)
    {
        int offset = 12 + (16 * tables.Count);
        using MemoryStream file = new();
        Span<byte> header = stackalloc byte[16];
        header.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)tables.Count);
        int power = 1 << (int)Math.Log2(tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)(16 * power));
        BinaryPrimitives.WriteUInt16BigEndian(header[8..], (ushort)Math.Log2(power));
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)(16 * (tables.Count - power)));
        file.Write(header[..12]);
        foreach ((string name, byte[] content) in tables)
        {
            Encoding.ASCII.GetBytes(name, header);
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], Sum(content));
            BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)offset);
            BinaryPrimitives.WriteUInt32BigEndian(header[12..], (uint)content.Length);
            file.Write(header);
            offset += (content.Length + 3) & ~3;
        }

        foreach (byte[] content in tables.Values)
        {
            file.Write(content);
            file.Write(new byte[-content.Length & 3]);
        }

        return file.ToArray();
    }

    private static uint Sum(byte[] content)
    {
        uint sum = 0;
        for (int i = 0; i < content.Length; i++)
        {
            sum += (uint)content[i] << (8 * (3 - (i & 3)));
        }

        return sum;
    }

    private int Table(string name) => _tables.TryGetValue(name, out (int Offset, int Length) table) ? table.Offset : throw new InvalidDataException($"no table '{name}'");

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private int I16(int at) => BinaryPrimitives.ReadInt16BigEndian(_file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at));
}
