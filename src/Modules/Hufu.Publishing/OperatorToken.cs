using System.Security.Cryptography;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Microsoft.AspNetCore.Http;

namespace Hufu.Publishing;

/// <summary>Proves that a caller may read the room's folder: 128 random bits in <c>operator-token</c> there (mode 0600), made anew at every start. For what the operator's own commands ask of the running server.</summary>
internal sealed class OperatorToken
{
    /// <summary>The file's name.</summary>
    public const string FileName = "operator-token";

    private readonly byte[] _token;

    /// <summary>Makes it.</summary>
    /// <param name="folder">The room's folder.</param>
    public OperatorToken(string folder)
    {
        var text = SecureRandom.NewId();
        _token = Encoding.ASCII.GetBytes(text);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(Path.Combine(folder, FileName), options);
        file.Write(_token);
    }

    /// <summary>Refuses who does not have it.</summary>
    /// <exception cref="RefusedException">AccessTokenWrong.</exception>
    public void Demand(HttpRequest request)
    {
        var given = Encoding.ASCII.GetBytes(request.Headers.Authorization.ToString());
        if (!CryptographicOperations.FixedTimeEquals(given, [.. "Bearer "u8, .. _token]))
        {
            throw new RefusedException(RefusalCode.AccessTokenWrong);
        }
    }
}
