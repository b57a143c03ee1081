namespace Hufu.Pki;

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }   (RFC 5280 4.2.1.9)

/// <summary>basicConstraints. Written in CA certificates only, critical; an end-entity certificate carries none at all (interop.md).</summary>
/// <param name="IsAuthority">cA.</param>
/// <param name="PathLength">How many CA certificates may follow below, or null for no limit.</param>
public sealed record BasicConstraints(bool IsAuthority, int? PathLength = null)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed, or a path length without cA.</exception>
    public static BasicConstraints Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.BasicConstraints);
        DerReader fields = reader.ReadSequence();
        bool authority = fields.PeekTag() == DerTag.Boolean && fields.ReadBoolean();
        int? length = fields.IsEmpty ? null : fields.ReadInt32();
        fields.ThrowIfNotEmpty();
        return length is null or >= 0 && (authority || length is null)
            ? new BasicConstraints(authority, length)
            : throw PkiException.BadValue("pathLenConstraint is negative or stands without cA.");
    }

    /// <summary>The extension, critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.BasicConstraints, true, w =>
    {
        using (w.PushSequence())
        {
            if (IsAuthority)
            {
                w.WriteBoolean(true);
                if (PathLength is { } length)
                {
                    w.WriteInteger(length);
                }
            }
        }
    });
}
