using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Governance;

/// <summary>R05, below the profile layer: the CA calls this on the very bytes that it is about to sign, whatever profile they came from.</summary>
public static class EndEntityGuard
{
    /// <summary>Refuses a TBSCertificate for an end entity that could act as an authority: CA:TRUE, keyCertSign or cRLSign.</summary>
    /// <param name="tbs">The DER that is about to be signed.</param>
    /// <exception cref="RefusedException">LintFailed.</exception>
    /// <exception cref="PkiException">The bytes are no TBSCertificate.</exception>
    public static void Demand(ReadOnlyMemory<byte> tbs)
    {
        var decoded = TbsCertificate.Decode(tbs);
        if (decoded.FindExtension(Oids.BasicConstraints) is { } constraints && BasicConstraints.Decode(constraints).IsAuthority)
        {
            throw new RefusedException(RefusalCode.LintFailed, "An end entity cannot carry CA:TRUE (R05).", "basicConstraints");
        }

        // Absent, keyUsage forbids nothing (RFC 5280 4.2.1.3): then the certificate could sign certificates too.
        var usages = decoded.FindExtension(Oids.KeyUsage) is { } usage ? KeyUsageExtension.Decode(usage).Usages : KeyUsages.KeyCertSign;
        if ((usages & (KeyUsages.KeyCertSign | KeyUsages.CrlSign)) != 0)
        {
            throw new RefusedException(RefusalCode.LintFailed, "An end entity cannot carry keyCertSign or cRLSign, nor be without keyUsage (R05).", "keyUsage");
        }
    }
}
