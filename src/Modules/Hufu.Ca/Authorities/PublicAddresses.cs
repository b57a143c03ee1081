namespace Hufu.Ca.Authorities;

/// <summary>The addresses that certificates carry, under the platform's public address.</summary>
/// <param name="Base">The public address, no slash at its end.</param>
internal sealed record PublicAddresses(string Base)
{
    public string Ocsp => $"{Base}/ocsp";

    public string Crl(string ca) => $"{Base}/crl/{ca}.crl";

    public string Certificate(string ca) => $"{Base}/ca/{ca}.cer";
}
