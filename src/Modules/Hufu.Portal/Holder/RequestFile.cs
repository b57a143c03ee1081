using System.Text;
using System.Text.RegularExpressions;

namespace Hufu.Portal.Holder;

/// <summary>A certification request as people give it: PEM or DER. Whether it is one is the room's to say.</summary>
internal static partial class RequestFile
{
    /// <summary>The DER inside PEM, or what came.</summary>
    public static byte[] Der(byte[] content)
    {
        var match = PemBody().Match(Encoding.Latin1.GetString(content));
        var der = new byte[content.Length];
        return match.Success && Convert.TryFromBase64String(match.Groups[1].Value, der, out var length) ? der[..length] : content;
    }

    [GeneratedRegex("-----BEGIN [A-Z ]*CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]+)-----END", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PemBody();
}
