using System.Text;
using Hufu.Contracts;

namespace Hufu.Ra.Batches;

/// <summary>Reads the rows of a sheet, CSV or XLSX by its content, with limits on rows, cells and their length.</summary>
internal static class SheetFile
{
    /// <summary>The most lines of applications in one file.</summary>
    public const int MostLines = 10_000;

    /// <summary>The most cells in a line.</summary>
    public const int MostCells = 64;

    /// <summary>The longest cell, in characters: a PKCS#10 in base64.</summary>
    public const int LongestCell = 8192;

    /// <summary>Every row that is not empty, with its line in the file.</summary>
    /// <exception cref="RefusedException">Malformed, TooLarge.</exception>
    public static IReadOnlyList<(int Line, IReadOnlyList<string> Cells)> Read(byte[] content)
    {
        var rows = new List<(int, IReadOnlyList<string>)>();
        foreach (var (line, cells) in content.AsSpan().StartsWith("PK\u0003\u0004"u8) ? WorkbookFile.Read(content) : CsvRows.Read(Decode(content)))
        {
            if (cells.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (rows.Count > MostLines)
            {
                throw new RefusedException(RefusalCode.TooLarge, $"At most {MostLines} lines in one file.", "file");
            }

            rows.Add((line, cells));
        }

        return rows.Count < 2 ? throw new RefusedException(RefusalCode.Malformed, "The file has a line of names and at least one more.", "file") : rows;
    }

    // What Chinese spreadsheet programs write: UTF-8 with or without a mark, or GB 18030.
    private static string Decode(byte[] content)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.AsSpan().StartsWith("\uFEFF"u8) ? content.AsSpan(3) : content);
        }
        catch (DecoderFallbackException)
        {
            try
            {
                return CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!.GetString(content);
            }
            catch (DecoderFallbackException)
            {
                throw new RefusedException(RefusalCode.Malformed, "The file is neither XLSX nor text in UTF-8 or GB 18030.", "file");
            }
        }
    }
}
