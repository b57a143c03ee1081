using System.Text;

namespace Hufu.Host.Traceability;

/// <summary>Comma-separated text after RFC 4180, for the small files that people review (policy/clauses.csv, docs/open-clauses.csv).</summary>
internal static class CsvText
{
    /// <summary>Splits the text into records; empty lines are left out.</summary>
    /// <exception cref="FormatException">A quoted field does not end, or text follows its closing quote; the message names the line.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        List<IReadOnlyList<string>> records = [];
        List<string> fields = [];
        StringBuilder field = new();
        int line = 1;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (c == '"' && field.Length == 0)
            {
                i = ReadQuoted(text, i, field, line);
                line += field.ToString().Count(q => q == '\n');
                c = i < text.Length ? text[i] : '\n';
                if (c is not (',' or '\r' or '\n'))
                {
                    throw new FormatException($"line {line}: text follows the closing quote");
                }
            }

            switch (c)
            {
                case ',':
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n':
                    break;
                case '\n':
                    if (fields.Count > 0 || field.Length > 0)
                    {
                        fields.Add(field.ToString());
                        records.Add(fields);
                    }

                    fields = [];
                    field.Clear();
                    line++;
                    break;
                default:
                    field.Append(c);
                    break;
            }
        }

        return records;
    }

    /// <summary>One record with its line feed; a field is quoted where RFC 4180 needs it.</summary>
    public static string Write(params ReadOnlySpan<string> fields)
    {
        StringBuilder line = new();
        for (int i = 0; i < fields.Length; i++)
        {
            string field = fields[i];
            line.Append(i == 0 ? "" : ",");
            line.Append(field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        return line.Append('\n').ToString();
    }

    // Returns the index of the character after the closing quote.
    private static int ReadQuoted(string text, int start, StringBuilder field, int line)
    {
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                field.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else
            {
                return i + 1;
            }
        }

        throw new FormatException($"line {line}: a quoted field does not end");
    }
}
