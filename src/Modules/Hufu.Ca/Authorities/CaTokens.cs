using Hufu.Devices.Pkcs11;

namespace Hufu.Ca.Authorities;

/// <summary>Opens the token that the settings name.</summary>
internal static class CaTokens
{
    /// <exception cref="Hufu.Devices.DeviceException">There is no such token, or its PIN is another.</exception>
    /// <exception cref="IOException">The PIN's file cannot be read.</exception>
    public static Pkcs11Device? Open(CaOptions options)
    {
        if (options is not { TokenLibrary: { } library, TokenLabel: { } label, TokenPinFile: { } file })
        {
            return null;
        }

        var pin = File.ReadAllText(file).Trim().ToCharArray();
        try
        {
            return Pkcs11Device.Open(library, label, pin);
        }
        finally
        {
            Array.Clear(pin);
        }
    }
}
