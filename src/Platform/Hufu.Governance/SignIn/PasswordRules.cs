using System.Globalization;
using System.Text;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>
/// What a password must be (6.6.2.4-a): long enough; a letter and a digit; not many equal characters, neither in all nor in a row; not the person's name in it; no long part of the user name in it, forwards
/// or backwards.
/// </summary>
internal static class PasswordRules
{
    /// <summary>Longer ones are refused: nobody types them, and each costs work.</summary>
    public const int Longest = 128;

    /// <summary>Demands that the password meets every rule; says all that it breaks at once.</summary>
    /// <exception cref="RefusedException">PasswordUnfit.</exception>
    [Clause("6.6.2.4-a")]
    public static void Check(PolicyValues values, string password, string userName, string name)
    {
        var broken = new List<string>();
        if (password.Length < values.PasswordLength || password.Length > Longest)
        {
            broken.Add($"长度须为 {values.PasswordLength} 至 {Longest} 个字符 (length)");
        }

        if (!password.Any(char.IsLetter) || !password.Any(char.IsDigit))
        {
            broken.Add("须同时含有字母和数字 (a letter and a digit)");
        }

        if (password.Any(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.Surrogate))
        {
            broken.Add("不得含有不可见字符 (no invisible characters)");
        }

        if (password.Distinct().Count() < values.PasswordDifferent)
        {
            broken.Add($"至少有 {values.PasswordDifferent} 个不同的字符 (different characters)");
        }

        if (LongestRun(password) > values.PasswordRun)
        {
            broken.Add($"同一字符不得连续出现超过 {values.PasswordRun} 次 (equal characters in a row)");
        }

        var plain = PersonName.Key(password);
        if (PersonName.Key(name) is { Length: > 1 } own && plain.Contains(own, StringComparison.Ordinal))
        {
            broken.Add("不得含有本人姓名 (your name)");
        }

        if (HasPart(plain, PersonName.Key(userName), values.PasswordNamePart))
        {
            broken.Add($"不得含有用户名中 {values.PasswordNamePart} 个字符以上的部分 (a part of the user name)");
        }

        if (broken.Count > 0)
        {
            throw new RefusedException(RefusalCode.PasswordUnfit, string.Join("；", broken), "password");
        }
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            run = i > 0 && text[i] == text[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static bool HasPart(string password, string userName, int length)
    {
        var backwards = new string([.. userName.Reverse()]);
        for (var i = 0; i + length <= userName.Length; i++)
        {
            if (password.Contains(userName.AsSpan(i, length).ToString(), StringComparison.Ordinal) || password.Contains(backwards.AsSpan(i, length).ToString(), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What is kept of a password: PBKDF2-SM3 with a salt of its own.</summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Value">32 bytes.</param>
/// <param name="Iterations">How many.</param>
internal sealed record PasswordVerifier(byte[] Salt, byte[] Value, int Iterations)
{
    /// <summary>For a new password.</summary>
    public static PasswordVerifier Make(string password, int iterations)
    {
        var salt = Crypto.SecureRandom.GetBytes(16);
        return new PasswordVerifier(salt, Derive(password, salt, iterations), iterations);
    }

    /// <summary>Whether it is this password; constant time in the outcome.</summary>
    public bool Matches(string password)
    {
        var derived = Derive(password, Salt, Iterations);
        var same = System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(derived, Value);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(derived);
        return same;
    }

    private static byte[] Derive(string password, byte[] salt, int iterations)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        var value = new byte[32];
        Crypto.Pbkdf2Sm3.DeriveKey(bytes, salt, iterations, value);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        return value;
    }
}
