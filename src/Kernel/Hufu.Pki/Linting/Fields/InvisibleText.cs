using System.Globalization;

namespace Hufu.Pki.Linting;

/// <summary>Characters that show nothing, or show something else.</summary>
internal static class InvisibleText
{
    internal static bool HasControls(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Format characters (zero width, direction), line and paragraph separators, private use and unassigned ones, the replacement character.</summary>
    internal static bool HasInvisible(string text)
    {
        foreach (char c in text)
        {
            if (c > '\x7F' && (c is '\uFFFD' or '\u3164' or '\uFFA0' || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
            {
                return true;
            }
        }

        return false;
    }
}
