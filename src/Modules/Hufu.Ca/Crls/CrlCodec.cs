using Hufu.Ca.Authorities;
using Hufu.Ca.Rules;

namespace Hufu.Ca.Crls;

/// <summary>A CRL's bytes (RFC 5280 5): written entry by entry, read back entry by entry.</summary>
internal static class CrlCodec
{
    /// <summary>Builds and signs.</summary>
    /// <param name="authority">Whose CRL.</param>
    /// <param name="number">cRLNumber.</param>
    /// <param name="thisUpdate">Whole second.</param>
    /// <param name="nextUpdate">Whole second.</param>
    /// <param name="entries">Ascending by serial; read once.</param>
    public static byte[] Sign(Authority authority, long number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, IEnumerable<CrlEntryKey> entries)
    {
        throw new NotImplementedException();
    }

    /// <summary>The entries in the order in which they stand; the signature is verified before the first.</summary>
    public static IEnumerable<CrlEntryKey> Read(byte[] der, Authority authority)
    {
        throw new NotImplementedException();
    }
}
