using System.Text;
using Hufu.Contracts;

namespace Hufu.Ra.Batches;

/// <summary>RFC 4180 as people's programs write it: comma, semicolon or tab between cells, quotes where needed, any line ends.</summary>
internal static class CsvRows
{
    public static IEnumerable<(int Line, IReadOnlyList<string> Cells)> Read(string text)
    {
        var separator = Separator(text);
        var (line, start, quoted, wasQuoted) = (1, 1, false, false);
        var cell = new StringBuilder();
        var cells = new List<string>();
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (i == text.Length)
                {
                    throw new RefusedException(RefusalCode.Malformed, $"Line {start}: a quotation is not closed.", "file");
                }

                if (c != '"')
                {
                    line += c == '\n' ? 1 : 0;
                    Append(cell, c, start);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    Append(cell, '"', start);
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0 && !wasQuoted)
            {
                (quoted, wasQuoted) = (true, true);
            }
            else if (c == separator)
            {
                Take(cells, cell, start);
                wasQuoted = false;
            }
            else if (c == '\n')
            {
                Take(cells, cell, start);
                wasQuoted = false;
                yield return (start, [.. cells]);
                cells.Clear();
                start = ++line;
            }
            else if (c != '\r')
            {
                Append(cell, c, start);
            }
        }
    }

    private static char Separator(string text)
    {
        var first = text.AsSpan(0, Math.Max(0, text.AsSpan().IndexOf('\n') is var end && end < 0 ? text.Length : end));
        return first.Contains('\t') ? '\t' : first.Contains(',') || !first.Contains(';') ? ',' : ';';
    }

    private static void Append(StringBuilder cell, char c, int line)
    {
        if (cell.Length >= SheetFile.LongestCell)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"Line {line}: a cell has more than {SheetFile.LongestCell} characters.", "file");
        }

        cell.Append(c);
    }

    private static void Take(List<string> cells, StringBuilder cell, int line)
    {
        if (cells.Count >= SheetFile.MostCells)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"Line {line} has more than {SheetFile.MostCells} cells.", "file");
        }

        cells.Add(cell.ToString().Trim());
        cell.Clear();
    }
}
