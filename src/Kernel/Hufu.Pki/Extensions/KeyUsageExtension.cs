namespace Hufu.Pki;

// KeyUsage ::= BIT STRING   (RFC 5280 4.2.1.3)

/// <summary>keyUsage, always written critical.</summary>
/// <param name="Usages">The bits set.</param>
public sealed record KeyUsageExtension(KeyUsages Usages)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed.</exception>
    public static KeyUsageExtension Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.KeyUsage);
        return new KeyUsageExtension((KeyUsages)reader.ReadNamedBits());
    }

    /// <summary>The extension, critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.KeyUsage, true, w => w.WriteNamedBits((uint)Usages));
}
