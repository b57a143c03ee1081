using System.Globalization;
using System.Text;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Paper;

/// <summary>The transcript for print and archive. With a TrueType font that has Chinese it is in both languages, the font inside; without, in English only, and it says so.</summary>
internal static class TranscriptPdf
{
    public const string FileName = "transcript.pdf";
    private const int Width = 595, Height = 842, Margin = 50; // A4 in points

    // TrueType only: collections (TTC) and CFF fonts are not read.
    private static readonly string[] s_fonts =
    [
        "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
        "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        @"C:\Windows\Fonts\simhei.ttf",
        @"C:\Windows\Fonts\simkai.ttf",
    ];

    /// <summary>The font file to use: the one asked for, else the first known one; null without any.</summary>
    /// <param name="asked">A file, null for the known places, or <c>none</c> for English only.</param>
    /// <exception cref="CeremonyRefusal">The file is not there, or no font that can be embedded.</exception>
    public static string? FindFont(string? asked)
    {
        string? font = asked == "none" ? null : asked ?? s_fonts.FirstOrDefault(File.Exists);
        if (font is not null)
        {
            TrueTypeFont.Load(font);
        }

        return font;
    }

    public static byte[] Write(CeremonyTranscript transcript, CeremonyScript script, string? font)
    {
        PdfFace face = font is null ? new Helvetica() : new EmbeddedFace(TrueTypeFont.Load(font));
        List<StringBuilder> pages = [];
        double y = 0;
        foreach (PaperLine line in PaperText.Lines(transcript, script, chinese: font is not null))
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

        return Assemble(pages, face, transcript.TitleEn);
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
