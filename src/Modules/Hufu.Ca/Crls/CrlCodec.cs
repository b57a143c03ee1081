using System.Buffers;
using Hufu.Ca.Authorities;
using Hufu.Ca.Rules;
using Hufu.Pki;

namespace Hufu.Ca.Crls;

/// <summary>A CRL's bytes (RFC 5280 5): written while its entries stream past, read back entry by entry.</summary>
internal static class CrlCodec
{
    /// <summary>Builds and signs.</summary>
    /// <param name="authority">Whose CRL.</param>
    /// <param name="number">cRLNumber.</param>
    /// <param name="thisUpdate">Whole second.</param>
    /// <param name="nextUpdate">Whole second.</param>
    /// <param name="entries">Ascending by serial; enumerated twice, the same both times.</param>
    public static byte[] Sign(Authority authority, long number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, IEnumerable<CrlEntryKey> entries)
    {
        var header = new RevocationListHeader
        {
            Issuer = authority.Certificate.Subject,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
            Number = number,
            AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(authority.Certificate),
        };
        var buffer = new ArrayBufferWriter<byte>();
        RevocationListWriter.Write(buffer, header, entries.Select(ToEntry), authority.Signer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The entries in the order in which they stand.</summary>
    /// <exception cref="InvalidOperationException">The CRL is not signed by this CA.</exception>
    public static IEnumerable<CrlEntryKey> Read(byte[] der, Authority authority)
    {
        var list = CertificateRevocationList.Decode(der);
        return list.IsSignedBy(authority.Certificate)
            ? list.Entries.Select(entry => new CrlEntryKey(entry.SerialNumber.ToString(), entry.RevocationDate.ToUnixTimeMilliseconds(), (long)(entry.Reason ?? RevocationReason.Unspecified)))
            : throw new InvalidOperationException($"The CRL is not signed by the CA '{authority.Name}'.");
    }

    private static RevokedEntry ToEntry(CrlEntryKey key) => new(
        SerialNumber.TryParse(key.Serial, out var serial) ? serial : throw new InvalidOperationException("A kept serial is not readable."),
        DateTimeOffset.FromUnixTimeMilliseconds(key.RevokedAt), (RevocationReason)key.Reason);
}
