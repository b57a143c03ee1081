using System.Text;

namespace Hufu.Architecture.Tests.Reading;

/// <summary>Takes C# source apart just enough to tell string literals, comments and code from each other.</summary>
/// <param name="Code">The source with comments and the contents of literals blanked out.</param>
/// <param name="Literals">The contents of every string literal, in order; an interpolation hole reads <c>{}</c>.</param>
/// <param name="Comments">The text of every comment, in order.</param>
internal sealed record CSharpText(string Code, IReadOnlyList<string> Literals, IReadOnlyList<string> Comments)
{
    public static CSharpText Read(string source)
    {
        StringBuilder code = new();
        List<string> literals = [], comments = [];
        int i = 0;
        while (i < source.Length)
        {
            if (At("//"))
            {
                int end = Until("\n", i);
                comments.Add(source[(i + 2)..end]);
                i = end;
            }
            else if (At("/*"))
            {
                int end = Until("*/", i + 2);
                comments.Add(source[(i + 2)..end]);
                i = Math.Min(source.Length, end + 2);
            }
            else if (source[i] == '\'')
            {
                int end = i + 1;
                while (end < source.Length && source[end] != '\'' && source[end] != '\n')
                {
                    end += source[end] == '\\' ? 2 : 1;
                }

                i = Math.Min(source.Length, end + 1);
                code.Append("''");
            }
            else if (source[i] is '"' or '$' or '@' && LiteralStart(source, i) is { } start)
            {
                (string text, i) = start.Quotes >= 3 ? Raw(source, start) : Quoted(source, start);
                literals.Add(text);
                code.Append("\"\"");
            }
            else
            {
                code.Append(source[i++]);
            }
        }

        return new CSharpText(code.ToString(), literals, comments);

        bool At(string token) => string.CompareOrdinal(source, i, token, 0, token.Length) == 0;
        int Until(string token, int from) => source.IndexOf(token, from, StringComparison.Ordinal) is >= 0 and int found ? found : source.Length;
    }

    private sealed record Start(int Body, int Dollars, bool Verbatim, int Quotes);

    private static Start? LiteralStart(string source, int i)
    {
        int dollars = 0;
        bool verbatim = false;
        for (; i < source.Length && source[i] is '$' or '@'; i++)
        {
            dollars += source[i] == '$' ? 1 : 0;
            verbatim |= source[i] == '@';
        }

        int quotes = 0;
        while (i < source.Length && source[i] == '"')
        {
            quotes++;
            i++;
        }

        return quotes switch
        {
            0 => null,
            2 => new Start(i - 1, dollars, verbatim, 1), // an empty literal, unless verbatim: @"" is empty too
            < 3 => new Start(i, dollars, verbatim, 1),
            _ when verbatim => new Start(i - quotes + 1, dollars, verbatim, 1),
            _ => new Start(i, dollars, verbatim, quotes),
        };
    }

    private static (string Text, int Next) Raw(string source, Start start)
    {
        string fence = new('"', start.Quotes);
        int end = source.IndexOf(fence, start.Body, StringComparison.Ordinal);
        end = end < 0 ? source.Length : end;
        string text = source[start.Body..end];
        if (start.Dollars > 0)
        {
            string open = new('{', start.Dollars), close = new('}', start.Dollars);
            for (int hole = text.IndexOf(open, StringComparison.Ordinal); hole >= 0; hole = text.IndexOf(open, hole + 2, StringComparison.Ordinal))
            {
                int last = text.IndexOf(close, hole, StringComparison.Ordinal);
                text = last < 0 ? text : text[..hole] + "{}" + text[(last + close.Length)..];
            }
        }

        return (text, Math.Min(source.Length, end + start.Quotes));
    }

    private static (string Text, int Next) Quoted(string source, Start start)
    {
        StringBuilder text = new();
        int i = start.Body;
        while (i < source.Length && source[i] != '"')
        {
            if (source[i] == '\\' && !start.Verbatim)
            {
                text.Append(i + 1 < source.Length && source[i + 1] == 'n' ? '\n' : ' ');
                i += 2;
            }
            else if (start.Dollars > 0 && source[i] == '{' && i + 1 < source.Length && source[i + 1] != '{')
            {
                int depth = 0;
                do
                {
                    depth += source[i] == '{' ? 1 : source[i] == '}' ? -1 : 0;
                    i++;
                }
                while (i < source.Length && depth > 0);
                text.Append("{}");
            }
            else
            {
                text.Append(source[i++]);
                if (start.Verbatim && i + 1 < source.Length && source[i] == '"' && source[i + 1] == '"')
                {
                    text.Append('"');
                    i += 2;
                }
            }
        }

        return (text.ToString(), Math.Min(source.Length, i + 1));
    }
}
