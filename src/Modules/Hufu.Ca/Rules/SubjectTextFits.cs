using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>A subject attribute is within its length and has only characters of its string type, checked again before signing (R13).</summary>
internal static class SubjectTextFits
{
    /// <exception cref="RefusedException">NameTooLong, FieldInvalid.</exception>
    public static void Demand(SubjectPart part, string value)
    {
        if (value.EnumerateRunes().Count() > part.MaxLength)
        {
            throw new RefusedException(RefusalCode.NameTooLong, $"{part.Attribute} has at most {part.MaxLength} characters.", part.Field);
        }

        if (value.EnumerateRunes().Any(rune => rune.Value == 0xFFFD || System.Text.Rune.IsControl(rune)) || value.Trim() != value
            || (part.String == ProfileString.Printable && !value.All(IsPrintable)))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{part.Attribute} holds a character that its string type does not have.", part.Field);
        }
    }

    // X.680 41.4.
    private static bool IsPrintable(char c) => char.IsAsciiLetterOrDigit(c) || " '()+,-./:=?".Contains(c, StringComparison.Ordinal);
}
