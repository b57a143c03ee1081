using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>Debian's python3-asn1crypto as a reader: asn1crypto/check.py asks whether files are written as the platform must write them.</summary>
internal static class Asn1Crypto
{
    /// <summary>Name of each check → null when it passed, else why not.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> CheckAsync(string folder) =>
        Verdicts.Read(await Command.RunAsync("/usr/bin/python3", [Tree.At("tests", "Hufu.EndToEnd.Tests", "asn1crypto", "check.py"), folder]));
}
