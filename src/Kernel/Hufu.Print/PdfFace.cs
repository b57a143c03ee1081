using System.Globalization;
using System.Text;

namespace Hufu.Print;

/// <summary>The one face of a document: how text is measured, written, and put into the file.</summary>
internal abstract class PdfFace
{
    /// <summary>Characters that the face has none for come back as their code points.</summary>
    public string Printable(string text) => string.Concat(text.EnumerateRunes().Select(r => Has(r) ? r.ToString() : $@"\u{r.Value:x4}"));

    /// <summary>Thousandths of the size.</summary>
    public abstract int Width(Rune character);

    /// <summary>The operand of Tj.</summary>
    public abstract string Operand(string text);

    /// <summary>Writes the font's objects under this number.</summary>
    public abstract void Embed(PdfFile file, int number);

    protected abstract bool Has(Rune character);
}

/// <summary>Helvetica, which every reader has: ASCII only.</summary>
internal sealed class Helvetica : PdfFace
{
    public override int Width(Rune character) => 600; // wider than nearly all of its letters: lines come out short, never long

    public override string Operand(string text) =>
        $"({text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("(", @"\(", StringComparison.Ordinal).Replace(")", @"\)", StringComparison.Ordinal)})";

    public override void Embed(PdfFile file, int number) => file.Set(number, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");

    protected override bool Has(Rune character) => character.Value is >= 0x20 and < 0x7F;
}

/// <summary>A TrueType font, its used glyphs embedded, with a map back to characters so that the text can be searched and copied.</summary>
internal sealed class EmbeddedFace(TrueTypeFont font) : PdfFace
{
    private readonly SortedDictionary<int, Rune> _used = [];

    public override int Width(Rune character) => font.Width(font.Glyph(character));

    public override string Operand(string text)
    {
        StringBuilder hex = new("<");
        foreach (Rune character in text.EnumerateRunes())
        {
            int glyph = font.Glyph(character);
            _used[glyph] = character;
            hex.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }

        return hex.Append('>').ToString();
    }

    public override void Embed(PdfFile file, int number)
    {
        int descendant = file.Reserve(), descriptor = file.Reserve(), program = file.Reserve(), map = file.Reserve();
        const string Name = "HUFUAA+Print";
        string widths = string.Join(' ', _used.Keys.Select(g => $"{g} [{font.Width(g)}]"));
        byte[] subset = font.Subset(_used.Keys);
        file.Set(number, $"<< /Type /Font /Subtype /Type0 /BaseFont /{Name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] /ToUnicode {map} 0 R >>");
        file.Set(descendant, $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{Name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /DW 1000 /W [{widths}] >>");
        file.Set(descriptor, $"<< /Type /FontDescriptor /FontName /{Name} /Flags 4 /FontBBox [{string.Join(' ', font.Box)}] /ItalicAngle 0 /Ascent {font.Scaled(font.Ascent)} /Descent {font.Scaled(font.Descent)} /CapHeight {font.Scaled(font.Ascent)} /StemV 80 /FontFile2 {program} 0 R >>");
        file.SetStream(program, subset, $"/Length1 {subset.Length}");
        file.SetStream(map, Encoding.ASCII.GetBytes(Map()));
    }

    protected override bool Has(Rune character) => font.Glyph(character) != 0;

    private string Map()
    {
        StringBuilder map = new("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Hufu def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
        foreach (KeyValuePair<int, Rune>[] block in _used.Chunk(100)) // a block has at most 100 (PDF 9.10.3)
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach ((int glyph, Rune character) in block)
            {
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(character.ToString()))}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end").ToString();
    }
}
