using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>统一社会信用代码 (GB 32100): 18 characters; registering department, kind, region (6), body (9), check character.</summary>
public static class SocialCreditCode
{
    // GB 32100 4.3: digits and capital letters without I, O, S, V, Z; a character's value is its place.
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// <summary>What is wrong with a code, in words; null when it is well formed and its check character is right.</summary>
    /// <remarks>Weights are the powers of 3 modulo 31; the check character makes the weighted sum divisible by 31.</remarks>
    [Clause("6.2.1.3-a")]
    public static string? Fault(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length != 18)
        {
            return "It has 18 characters.";
        }

        var (sum, weight) = (0, 1);
        for (var i = 0; i < 17; i++)
        {
            var value = Alphabet.IndexOf(code[i], StringComparison.Ordinal);
            if (value < 0 || (i is >= 2 and <= 7 && value > 9))
            {
                return $"Character {i + 1} is not one of those allowed there.";
            }

            sum += value * weight;
            weight = weight * 3 % 31;
        }

        return RegionCode.IsKnown(code.AsSpan(2, 2)) is false ? "Its region code is not one of a province."
            : Alphabet[(31 - (sum % 31)) % 31] != code[17] ? "Its check character does not fit the others."
            : null;
    }
}
