namespace Hufu.Pki;

// SubjectKeyIdentifier ::= OCTET STRING   (RFC 5280 4.2.1.2)

/// <summary>subjectKeyIdentifier.</summary>
/// <param name="KeyIdentifier">Opaque bytes; here <see cref="SubjectPublicKeyInfo.KeyIdentifier"/>.</param>
public sealed record SubjectKeyIdentifier(ReadOnlyMemory<byte> KeyIdentifier)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed.</exception>
    public static SubjectKeyIdentifier Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.SubjectKeyIdentifier);
        return new SubjectKeyIdentifier(reader.ReadOctetString());
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.SubjectKeyIdentifier, false, w => w.WriteOctetString(KeyIdentifier.Span));
}

// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OCTET STRING OPTIONAL, authorityCertIssuer [1] GeneralNames OPTIONAL,
//                                       authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }   (RFC 5280 4.2.1.1)

/// <summary>authorityKeyIdentifier. Written with the key identifier alone.</summary>
/// <param name="KeyIdentifier">The issuer's subjectKeyIdentifier, or null.</param>
/// <param name="Issuer">The issuer certificate's issuer, empty when absent.</param>
/// <param name="SerialNumber">The issuer certificate's serial, or null.</param>
public sealed record AuthorityKeyIdentifier(ReadOnlyMemory<byte>? KeyIdentifier, IReadOnlyList<GeneralName> Issuer, SerialNumber? SerialNumber)
{
    /// <summary>One that names the issuer's key only.</summary>
    public static AuthorityKeyIdentifier FromKeyIdentifier(ReadOnlyMemory<byte> keyIdentifier) => new(keyIdentifier, [], null);

    /// <summary>One for what this certificate issues: its subjectKeyIdentifier, or the identifier computed from its key.</summary>
    public static AuthorityKeyIdentifier FromIssuer(Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return FromKeyIdentifier(issuer.SubjectKeyIdentifier ?? issuer.PublicKey.KeyIdentifier);
    }

    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed.</exception>
    public static AuthorityKeyIdentifier Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.AuthorityKeyIdentifier);
        DerReader fields = reader.ReadSequence();
        ReadOnlyMemory<byte>? identifier = fields.PeekTag() == 0x80 ? fields.ReadContent(0x80) : (ReadOnlyMemory<byte>?)null;
        IReadOnlyList<GeneralName> issuer = fields.TryReadConstructed(0xA1, out DerReader names) ? GeneralName.ReadList(ref names) : [];
        SerialNumber? serial = fields.PeekTag() == 0x82 ? Pki.SerialNumber.Read(ref fields, 0x82) : null;
        fields.ThrowIfNotEmpty();
        return new AuthorityKeyIdentifier(identifier, issuer, serial);
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.AuthorityKeyIdentifier, false, w =>
    {
        using (w.PushSequence())
        {
            if (KeyIdentifier is { } identifier)
            {
                w.WriteOctetString(identifier.Span, DerWriting.Context(0, constructed: false));
            }

            if (Issuer.Count > 0)
            {
                using (w.PushContext(1))
                {
                    foreach (GeneralName name in Issuer)
                    {
                        name.Write(w);
                    }
                }
            }

            SerialNumber?.Write(w, DerWriting.Context(2, constructed: false));
        }
    });
}
