using Hufu.Ceremony.Script;
using Hufu.Pki;
using Hufu.Print;

namespace Hufu.Ceremony.Paper;

/// <summary>The transcript for print and archive. With a TrueType font that has Chinese it is in both languages, the font inside; without, in English only, and it says so.</summary>
internal static class TranscriptPdf
{
    public const string FileName = "transcript.pdf";

    /// <summary>The font to use: the one asked for, else the first known one; null without any.</summary>
    /// <param name="asked">A file, null for the known places, or <c>none</c> for English only.</param>
    /// <exception cref="CeremonyRefusal">The file is not there, or no font that can be embedded.</exception>
    public static PrintFont? FindFont(string? asked)
    {
        string? file = asked == "none" ? null : asked ?? PrintFont.FindFile();
        try
        {
            return file is null ? null : PrintFont.Load(file);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CeremonyRefusal(e is InvalidDataException ? e.Message : $"{file} cannot be used as a font: {e.Message}", "Name a TrueType file (.ttf), or leave --font out.");
        }
    }

    public static byte[] Write(CeremonyTranscript transcript, CeremonyScript script, PrintFont? font) =>
        PrintedDocument.Encode(transcript.TitleEn, PaperText.Lines(transcript, script, chinese: font is not null), font);
}
