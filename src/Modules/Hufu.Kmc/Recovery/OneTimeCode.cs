using System.Security.Cryptography;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Kmc.Recovery;

/// <summary>The one-time challenge code (一次性验证码): 100 random bits in four groups of five letters and digits.</summary>
internal static class OneTimeCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 20;

    /// <summary>A fresh code.</summary>
    public static string Create()
    {
        var random = SecureRandom.GetBytes(Length);
        var code = new StringBuilder();
        for (var i = 0; i < Length; i++)
        {
            code.Append(i > 0 && i % 5 == 0 ? "-" : "").Append(Alphabet[random[i] & 31]);
        }

        CryptographicOperations.ZeroMemory(random);
        return code.ToString();
    }

    /// <summary>What is kept of it: HMAC-SM3 under the case's id over the normalised code.</summary>
    public static byte[] Hash(string id, string code)
    {
        var normalised = Encoding.UTF8.GetBytes(string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant());
        var hash = new byte[Sm3.HashSizeInBytes];
        HmacSm3.HashData(Encoding.UTF8.GetBytes(id), normalised, hash);
        CryptographicOperations.ZeroMemory(normalised);
        return hash;
    }
}
