using Hufu.Print;

namespace Hufu.Ra.Notices;

/// <summary>A notice as a letter: A4, PDF, the same words and the same bytes each time. Without a Chinese face on the machine it prints what ASCII can say and health tells so.</summary>
internal static class LetterPrinter
{
    private static readonly Lazy<PrintFont?> Face = new(() => PrintFont.FindFile() is { } file ? PrintFont.Load(file) : null);

    /// <summary>Whether letters can be printed in Chinese here.</summary>
    public static bool HasFace => Face.Value is not null;

    /// <summary>Prints it.</summary>
    /// <param name="subject">The heading.</param>
    /// <param name="body">The text; a line is a paragraph.</param>
    /// <param name="id">The notice's number, at the foot.</param>
    /// <param name="date">When the notice was made, as people read it.</param>
    public static byte[] Print(string subject, string body, string id, string date) => PrintedDocument.Encode(
        subject,
        [
            new PrintedLine(18, subject), new PrintedLine(11, " "),
            .. body.TrimEnd().Split('\n').Select(line => new PrintedLine(11, line.Length == 0 ? " " : line)),
            new PrintedLine(11, " "), new PrintedLine(11, date), new PrintedLine(8, $"No. {id}"),
        ],
        Face.Value);
}
