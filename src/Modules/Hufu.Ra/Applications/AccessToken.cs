using System.Security.Cryptography;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Ra.Applications;

/// <summary>查询凭据: 128 random bits that show one application to whoever made it. Stored as SM3 only.</summary>
internal static class AccessToken
{
    public static (string Token, string Digest) Make()
    {
        var token = SecureRandom.NewId();
        return (token, Digest(token));
    }

    public static string Digest(string token) => ActStatement.Digest(Encoding.UTF8.GetBytes(token));

    /// <summary>Refuses unless the token is this application's; compared in constant time.</summary>
    [Clause("7.2.4-a")]
    public static void MustMatch(ApplicationRow row, string? authorization) => MustMatch(row.TokenDigest, authorization);

    /// <summary>The same for whatever has a token; against a digest that no token has when there is no such thing.</summary>
    public static void MustMatch(string digest, string? authorization)
    {
        const string scheme = "Bearer ";
        var token = authorization is { Length: <= 128 } && authorization.StartsWith(scheme, StringComparison.Ordinal) ? authorization[scheme.Length..] : "";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Digest(token)), Encoding.ASCII.GetBytes(digest)))
        {
            throw new RefusedException(RefusalCode.AccessTokenWrong);
        }
    }
}
