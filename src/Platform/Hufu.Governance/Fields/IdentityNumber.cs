using System.Globalization;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>公民身份号码 (GB 11643): region (6), date of birth (8), sequence (3), check character.</summary>
public static class IdentityNumber
{
    // GB 11643 with ISO 7064 MOD 11-2: weight of place i (from the right, the check character being 1) is 2^(i-1) mod 11.
    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>What is wrong with a number, in words; null when it is well formed and its check character is right.</summary>
    [Clause("6.2.1.3-a")]
    public static string? Fault(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        if (number.Length != 18)
        {
            return "It has 18 characters.";
        }

        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            if (!char.IsAsciiDigit(number[i]))
            {
                return $"Character {i + 1} is not a digit.";
            }

            sum += (number[i] - '0') * Weights[i];
        }

        return RegionCode.IsKnown(number.AsSpan(0, 2)) is false ? "Its region code is not one of a province."
            : !DateOnly.TryParseExact(number.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) || born.Year < 1880 ? "Its date of birth is no date."
            : "10X98765432"[sum % 11] != number[17] ? "Its check character does not fit the others."
            : null;
    }
}
