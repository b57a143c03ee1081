namespace Hufu.Pki;

// SubjectAltName ::= GeneralNames   (RFC 5280 4.2.1.6)

/// <summary>subjectAltName.</summary>
/// <param name="Names">At least one.</param>
public sealed record SubjectAlternativeName(IReadOnlyList<GeneralName> Names)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed or empty.</exception>
    public static SubjectAlternativeName Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.SubjectAltName);
        DerReader list = reader.ReadSequence();
        IReadOnlyList<GeneralName> names = GeneralName.ReadList(ref list);
        return names.Count > 0 ? new SubjectAlternativeName(names) : throw PkiException.BadValue("subjectAltName is empty.");
    }

    /// <summary>The extension.</summary>
    /// <param name="critical">True exactly when the subject is empty.</param>
    public CertificateExtension ToExtension(bool critical) => CertificateExtension.Create(Oids.SubjectAltName, critical, w =>
    {
        using (w.PushSequence())
        {
            foreach (GeneralName name in Names)
            {
                name.Write(w);
            }
        }
    });
}
