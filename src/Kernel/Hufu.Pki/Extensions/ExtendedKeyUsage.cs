namespace Hufu.Pki;

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId   (RFC 5280 4.2.1.12)

/// <summary>extKeyUsage.</summary>
/// <param name="Purposes">Dotted purposes, in order.</param>
public sealed record ExtendedKeyUsage(IReadOnlyList<string> Purposes)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed or empty.</exception>
    public static ExtendedKeyUsage Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.ExtendedKeyUsage);
        DerReader list = reader.ReadSequence();
        List<string> purposes = [];
        do
        {
            purposes.Add(list.ReadOid());
        }
        while (!list.IsEmpty && purposes.Count < PkiLimits.GeneralNames);
        return new ExtendedKeyUsage(purposes);
    }

    /// <summary>The extension.</summary>
    /// <param name="critical">True for timeStamping (RFC 3161 2.3), otherwise usually false.</param>
    public CertificateExtension ToExtension(bool critical) => CertificateExtension.Create(Oids.ExtendedKeyUsage, critical, w =>
    {
        using (w.PushSequence())
        {
            foreach (string purpose in Purposes)
            {
                w.WriteObjectIdentifier(purpose);
            }
        }
    });
}
