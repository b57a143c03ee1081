using System.Globalization;
using System.Text;

namespace Hufu.Print;

/// <summary>Paragraphs on A4 pages as a PDF 1.7 file: one face, its used glyphs inside, text that can be searched and copied. The same paragraphs give the same bytes.</summary>
public static class PrintedDocument
{
    private const int Width = 595, Height = 842, Margin = 50; // A4 in points

    /// <summary>Writes a document.</summary>
    /// <param name="title">The title in the file's information; any characters.</param>
    /// <param name="lines">The paragraphs in their order.</param>
    /// <param name="font">The face; null prints ASCII in Helvetica, which every reader has, and everything else as code points.</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(string title, IEnumerable<PrintedLine> lines, PrintFont? font)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(lines);
        PdfFace face = font is null ? new Helvetica() : new EmbeddedFace(font.Font);
        List<StringBuilder> pages = [];
        double y = 0;
        foreach (PrintedLine line in lines)
        {
            y -= line.Size * 0.4;
            for (string rest = face.Printable(line.Text); rest.Length > 0;)
            {
                y -= line.Size * 1.25;
                if (pages.Count == 0 || y < Margin)
                {
                    pages.Add(new StringBuilder());
                    y = Height - Margin - line.Size;
                }

                string part = Fitting(face, rest, line.Size);
                rest = rest[part.Length..];
                pages[^1].Append(CultureInfo.InvariantCulture, $"BT /F1 {line.Size} Tf {Margin} {y:F1} Td {face.Operand(part)} Tj ET\n");
            }
        }

        return Assemble(pages, face, title);
    }

    private static string Fitting(PdfFace face, string text, double size)
    {
        double room = (Width - (2 * Margin)) * 1000 / size;
        int length = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            room -= face.Width(character);
            if (room < 0 && length > 0)
            {
                break;
            }

            length += character.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static byte[] Assemble(List<StringBuilder> pages, PdfFace face, string title)
    {
        PdfFile file = new();
        int catalog = file.Reserve(), information = file.Reserve(), tree = file.Reserve(), font = file.Reserve();
        List<int> sheets = [];
        foreach (StringBuilder page in pages)
        {
            int sheet = file.Reserve(), content = file.Reserve();
            file.Set(sheet, $"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {Width} {Height}] /Resources << /Font << /F1 {font} 0 R >> >> /Contents {content} 0 R >>");
            file.SetStream(content, Encoding.ASCII.GetBytes(page.ToString()));
            sheets.Add(sheet);
        }

        file.Set(catalog, $"<< /Type /Catalog /Pages {tree} 0 R >>");
        file.Set(information, $"<< /Creator (Hufu) /Title <FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(title))}> >>");
        file.Set(tree, $"<< /Type /Pages /Count {sheets.Count} /Kids [{string.Join(' ', sheets.Select(s => $"{s} 0 R"))}] >>");
        face.Embed(file, font);
        return file.Encode(catalog, information);
    }
}
