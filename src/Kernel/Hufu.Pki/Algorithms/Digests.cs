using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

/// <summary>Hashing by object identifier: SM3 everywhere; SHA-256 and SHA-1 only where others' CertIDs and imprints need them.</summary>
internal static class Digests
{
    /// <summary>Bytes of the digest, or 0 when the algorithm is not offered.</summary>
    internal static int Size(string oid) => oid switch { Oids.Sm3 => 32, Oids.Sha256 => 32, Oids.Sha1 => 20, _ => 0 };

    internal static byte[] Hash(string oid, ReadOnlySpan<byte> data) => oid switch
    {
        Oids.Sm3 => Sm3.HashData(data),
        Oids.Sha256 => SHA256.HashData(data),
#pragma warning disable CA5350 // SHA-1 names an issuer in an OCSP CertID (RFC 6960 4.3); nothing is signed over it.
        Oids.Sha1 => SHA1.HashData(data),
#pragma warning restore CA5350
        _ => throw PkiException.Unsupported($"The digest algorithm {oid} is not offered."),
    };
}
