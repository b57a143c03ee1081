namespace Hufu.Pki;

// PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }   (RFC 3280 4.2.1.4)

/// <summary>privateKeyUsagePeriod: when the signing key may be used, inside the certificate's validity.</summary>
/// <param name="NotBefore">First second, or null.</param>
/// <param name="NotAfter">Last second, or null.</param>
public sealed record PrivateKeyUsagePeriod(DateTimeOffset? NotBefore, DateTimeOffset? NotAfter)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed or empty.</exception>
    public static PrivateKeyUsagePeriod Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.PrivateKeyUsagePeriod);
        DerReader fields = reader.ReadSequence();
        DateTimeOffset? from = fields.PeekTag() == 0x80 ? fields.ReadGeneralizedTime(tag: 0x80) : null;
        DateTimeOffset? to = fields.PeekTag() == 0x81 ? fields.ReadGeneralizedTime(tag: 0x81) : null;
        fields.ThrowIfNotEmpty();
        return from is null && to is null ? throw PkiException.BadValue("privateKeyUsagePeriod is empty.") : new PrivateKeyUsagePeriod(from, to);
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.PrivateKeyUsagePeriod, false, w =>
    {
        using (w.PushSequence())
        {
            if (NotBefore is { } from)
            {
                w.WriteGeneralizedTime(DerTime.WholeSecond(from), true, DerWriting.Context(0, constructed: false));
            }

            if (NotAfter is { } to)
            {
                w.WriteGeneralizedTime(DerTime.WholeSecond(to), true, DerWriting.Context(1, constructed: false));
            }
        }
    });
}
