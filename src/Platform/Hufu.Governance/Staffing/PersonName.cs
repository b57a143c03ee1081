using System.Globalization;
using System.Text;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>A person's name, and the key under which the same name is found again however it is typed.</summary>
internal static class PersonName
{
    public const int MaxLength = 64;

    /// <summary>The name as it is kept: trimmed, without control characters.</summary>
    /// <exception cref="RefusedException">FieldMissing, NameTooLong or FieldInvalid.</exception>
    public static string Demand(string? name)
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length == 0)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A person has a name.", "name");
        }

        if (trimmed.Length > MaxLength)
        {
            throw new RefusedException(RefusalCode.NameTooLong, $"At most {MaxLength} characters.", "name");
        }

        return trimmed.Any(letter => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            ? throw new RefusedException(RefusalCode.FieldInvalid, "A name has no control or invisible characters.", "name")
            : trimmed;
    }

    /// <summary>Without spaces and middle dots' variants, full-width Latin as plain, lower case: 「ＷＡＮＧ　Wei」 and 「wang wei」 are one person.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            var plain = letter is >= '\uFF01' and <= '\uFF5E' ? (char)(letter - 0xFEE0) : letter is '\u2022' or '\u30FB' or '\uFF65' or '\u2027' ? '·' : letter;
            if (!char.IsWhiteSpace(plain))
            {
                key.Append(char.ToLowerInvariant(plain));
            }
        }

        return key.ToString();
    }
}
