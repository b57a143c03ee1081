using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Hufu.Contracts;

namespace Hufu.Ra.Batches;

/// <summary>The first sheet of an XLSX workbook (ISO/IEC 29500), read as text: shared and inline strings, numbers as they stand. No macros, formulas' stored results only; limits on what unpacks.</summary>
internal static class WorkbookFile
{
    private const string Ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const long UnpackedLimit = 128L * 1024 * 1024;
    private const int MostStrings = SheetFile.MostLines * SheetFile.MostCells;

    public static IReadOnlyList<(int Line, IReadOnlyList<string> Cells)> Read(byte[] content)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > 2000 || archive.Entries.Sum(entry => Math.Min(entry.Length, UnpackedLimit)) > UnpackedLimit)
            {
                throw new RefusedException(RefusalCode.TooLarge, "The workbook unpacks to too much.", "file");
            }

            var sheet = archive.Entries.Where(entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal) && entry.FullName.EndsWith(".xml", StringComparison.Ordinal))
                .OrderBy(entry => entry.FullName.Length).ThenBy(entry => entry.FullName, StringComparer.Ordinal).FirstOrDefault() ?? throw Broken("it has no sheet");
            return Rows(sheet, Strings(archive.GetEntry("xl/sharedStrings.xml")));
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or EndOfStreamException or FormatException or OverflowException or NotSupportedException)
        {
            throw Broken(fault.GetType().Name);
        }
    }

    private static List<string> Strings(ZipArchiveEntry? entry)
    {
        var strings = new List<string>();
        if (entry is null)
        {
            return strings;
        }

        using var reader = Open(entry);
        while (reader.ReadToFollowing("si", Ns))
        {
            if (strings.Count >= MostStrings)
            {
                throw new RefusedException(RefusalCode.TooLarge, "The workbook has too many strings.", "file");
            }

            strings.Add(TextOf(reader, "si"));
        }

        return strings;
    }

    private static List<(int, IReadOnlyList<string>)> Rows(ZipArchiveEntry entry, List<string> strings)
    {
        var rows = new List<(int, IReadOnlyList<string>)>();
        using var reader = Open(entry);
        var line = 0;
        while (reader.ReadToFollowing("row", Ns))
        {
            line = reader.GetAttribute("r") is { } number ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) : line + 1;
            if (rows.Count > SheetFile.MostLines + 1000)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"At most {SheetFile.MostLines} lines in one file.", "file");
            }

            var cells = new List<string>();
            if (!reader.IsEmptyElement)
            {
                using var row = reader.ReadSubtree();
                row.Read();
                while (row.ReadToFollowing("c", Ns))
                {
                    Cell(row, cells, strings);
                }
            }

            rows.Add((line, cells));
        }

        return rows;
    }

    private static void Cell(XmlReader row, List<string> cells, List<string> strings)
    {
        var column = row.GetAttribute("r") is { } place ? Column(place) : cells.Count;
        if (column >= SheetFile.MostCells)
        {
            return;
        }

        while (cells.Count <= column)
        {
            cells.Add("");
        }

        var type = row.GetAttribute("t");
        if (row.IsEmptyElement)
        {
            return;
        }

        using var cell = row.ReadSubtree();
        cell.Read();
        var text = type == "inlineStr" ? TextOf(cell, "c") : cell.ReadToFollowing("v", Ns) ? cell.ReadElementContentAsString() : "";
        if (type == "s" && text.Length > 0)
        {
            var index = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            text = index < strings.Count ? strings[index] : throw Broken("a string is missing");
        }

        cells[column] = text.Length <= SheetFile.LongestCell ? text.Trim() : throw new RefusedException(RefusalCode.TooLarge, $"A cell has more than {SheetFile.LongestCell} characters.", "file");
    }

    // Rich text comes in runs; phonetic hints are no text.
    private static string TextOf(XmlReader reader, string element)
    {
        if (reader.IsEmptyElement)
        {
            return "";
        }

        var text = new StringBuilder();
        using var inner = reader.ReadSubtree();
        inner.Read();
        var phonetic = false;
        while (inner.Read())
        {
            phonetic = inner.LocalName == "rPh" ? inner.NodeType != XmlNodeType.EndElement : phonetic;
            if (inner.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace && !phonetic)
            {
                text.Append(inner.Value);
            }

            if (text.Length > SheetFile.LongestCell)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"A cell ({element}) has more than {SheetFile.LongestCell} characters.", "file");
            }
        }

        return text.ToString();
    }

    private static int Column(string place)
    {
        var column = 0;
        foreach (var letter in place.TakeWhile(char.IsAsciiLetterUpper).Take(4))
        {
            column = (column * 26) + letter - 'A' + 1;
        }

        return column == 0 ? throw Broken("a cell has no column") : column - 1;
    }

    private static XmlReader Open(ZipArchiveEntry entry) => XmlReader.Create(
        entry.Open(), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = UnpackedLimit, CloseInput = true });

    private static RefusedException Broken(string what) => new(RefusalCode.Malformed, $"The workbook cannot be read: {what}.", "file");
}
