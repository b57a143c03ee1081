namespace Hufu.Pki;

/// <summary>id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1): a relying party need not ask for the responder certificate's own status.</summary>
public static class OcspNoCheck
{
    /// <summary>The extension, not critical, value NULL.</summary>
    public static CertificateExtension ToExtension() => CertificateExtension.Create(Oids.OcspNoCheck, false, w => w.WriteNull());
}
