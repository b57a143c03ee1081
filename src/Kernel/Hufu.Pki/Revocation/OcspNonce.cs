namespace Hufu.Pki;

// Nonce ::= OCTET STRING (SIZE (1..128))   (RFC 9654 2.1)

/// <summary>The nonce extension of OCSP.</summary>
internal static class OcspNonce
{
    internal static ReadOnlyMemory<byte>? Read(IReadOnlyList<CertificateExtension> extensions)
    {
        if (CertificateExtension.Find(extensions, Oids.OcspNonce) is not { } extension)
        {
            return null;
        }

        DerReader reader = new(extension.Value);
        ReadOnlyMemory<byte> nonce = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return nonce.Length is >= 1 and <= PkiLimits.OcspNonceSize ? nonce : throw PkiException.BadValue("An OCSP nonce is 1 to 128 bytes.");
    }

    internal static CertificateExtension ToExtension(ReadOnlyMemory<byte> nonce) => nonce.Length is >= 1 and <= PkiLimits.OcspNonceSize
        ? CertificateExtension.Create(Oids.OcspNonce, false, w => w.WriteOctetString(nonce.Span))
        : throw PkiException.BadValue("An OCSP nonce is 1 to 128 bytes.");
}
