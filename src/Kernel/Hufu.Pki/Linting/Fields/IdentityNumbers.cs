using System.Globalization;

namespace Hufu.Pki.Linting;

/// <summary>A number of an identity extension.</summary>
/// <param name="Number">The number.</param>
/// <param name="Document">Which document, when the tag says so.</param>
internal sealed record IdentityNumberValue(string Number, IdentityDocument? Document);

/// <summary>The identity extensions and the check characters of what they number.</summary>
internal static class IdentityNumbers
{
    // GB 32100 4.3: a character's value is its place.
    private const string CreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    internal static ReadOnlySpan<string> Oids => s_oids;

    private static readonly string[] s_oids = [Pki.Oids.IdentifyCode, Pki.Oids.InsuranceNumber, Pki.Oids.IcRegistrationNumber, Pki.Oids.OrganizationCode, Pki.Oids.TaxationNumber];

    /// <summary>The number, or null when the extension is absent or does not read.</summary>
    internal static IdentityNumberValue? Read(LintSubject subject, string oid) => subject.Read(oid, Decode);

    private static IdentityNumberValue Decode(CertificateExtension extension)
    {
        (string number, IdentityDocument? document) = IdentityExtensions.Read(extension);
        return new IdentityNumberValue(number, document);
    }

    /// <summary>GB 11643: region, date of birth, sequence, check character (ISO 7064 MOD 11-2).</summary>
    internal static bool IsResidentCard(string number)
    {
        if (number.Length != 18 || number.AsSpan(0, 17).ContainsAnyExceptInRange('0', '9')
            || !DateOnly.TryParseExact(number.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return false;
        }

        int sum = 0, weight = 1;
        for (int i = 16; i >= 0; i--)
        {
            weight = weight * 2 % 11; // the weight of place i from the right is 2^(i-1) mod 11
            sum += (number[i] - '0') * weight;
        }

        return "10X98765432"[sum % 11] == number[17];
    }

    /// <summary>GB 32100 (18 characters), or GB 11714 (9, a hyphen before the last allowed).</summary>
    internal static bool IsOrganisationCode(string code)
    {
        if (code.Length == 18)
        {
            return IsCreditCode(code);
        }

        string digits = code.Length == 10 && code[8] == '-' ? string.Concat(code.AsSpan(0, 8), code.AsSpan(9)) : code;
        return digits.Length == 9 && IsOldCode(digits);
    }

    private static bool IsCreditCode(string code)
    {
        int sum = 0, weight = 1;
        for (int i = 0; i < 17; i++)
        {
            int value = CreditAlphabet.IndexOf(code[i], StringComparison.Ordinal);
            if (value < 0 || (i is >= 2 and <= 7 && value > 9))
            {
                return false;
            }

            sum += value * weight;
            weight = weight * 3 % 31;
        }

        return CreditAlphabet[(31 - (sum % 31)) % 31] == code[17];
    }

    // GB 11714: digits are themselves, letters 10 to 35; eleven minus the weighted sum modulo 11 is the check character, ten is X.
    private static bool IsOldCode(string code)
    {
        ReadOnlySpan<byte> weights = [3, 7, 9, 10, 5, 8, 4, 2];
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!char.IsAsciiDigit(code[i]) && !char.IsAsciiLetterUpper(code[i]))
            {
                return false;
            }

            sum += weights[i] * (char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A' + 10);
        }

        return "0X987654321"[sum % 11] == code[8];
    }
}
