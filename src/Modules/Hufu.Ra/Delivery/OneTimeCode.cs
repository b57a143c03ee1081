using System.Security.Cryptography;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Ra.Delivery;

/// <summary>一次性验证码: 80 random bits in the mail, kept as SM3 over the application's number and the code; expires, limited tries, one use.</summary>
internal static class OneTimeCode
{
    // Letters and digits that people do not mistake for one another; 32 of them, five bits each.
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Length = 16;

    public static string Make()
    {
        Span<byte> random = stackalloc byte[Length];
        SecureRandom.Fill(random);
        Span<char> code = stackalloc char[Length + 3];
        var at = 0;
        for (var i = 0; i < Length; i++)
        {
            if (i is 4 or 8 or 12)
            {
                code[at++] = '-';
            }

            code[at++] = Alphabet[random[i] & 31];
        }

        return new string(code);
    }

    public static string Digest(string application, string code) =>
        ActStatement.Digest(Encoding.UTF8.GetBytes($"{application}\n{code.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant()}"));

    public static bool Matches(string application, string code, string digest) =>
        code.Length <= 64 && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Digest(application, code)), Encoding.ASCII.GetBytes(digest));
}
