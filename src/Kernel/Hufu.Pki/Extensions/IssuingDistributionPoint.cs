namespace Hufu.Pki;

// IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,
//   onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE, onlySomeReasons [3] ReasonFlags OPTIONAL, indirectCRL [4] BOOLEAN DEFAULT FALSE,
//   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }   (RFC 5280 5.2.5)

/// <summary>Which certificates a list is about.</summary>
public enum RevocationListScope
{
    /// <summary>All of the issuer's certificates.</summary>
    All,

    /// <summary>End-entity certificates.</summary>
    UserCertificates,

    /// <summary>CA certificates.</summary>
    AuthorityCertificates,

    /// <summary>Attribute certificates.</summary>
    AttributeCertificates,
}

/// <summary>issuingDistributionPoint of a list, critical.</summary>
/// <param name="Names">The full name of the distribution point, empty when absent.</param>
/// <param name="Scope">Which certificates.</param>
/// <param name="IsPartialOrIndirect">True when the list holds only some reasons or other issuers' certificates; never written here.</param>
public sealed record IssuingDistributionPoint(IReadOnlyList<GeneralName> Names, RevocationListScope Scope, bool IsPartialOrIndirect = false)
{
    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed, or more than one scope.</exception>
    public static IssuingDistributionPoint Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.IssuingDistributionPoint);
        DerReader fields = reader.ReadSequence();
        IReadOnlyList<GeneralName> names = CrlDistributionPoints.ReadName(ref fields);
        RevocationListScope scope = RevocationListScope.All;
        bool partial = false;
        for (int tag = 1; tag <= 5; tag++)
        {
            byte octet = DerTag.Context(tag);
            if (fields.PeekTag() != octet)
            {
                continue;
            }

            if (tag == 3)
            {
                fields.ReadNamedBits(octet);
                partial = true;
            }
            else if (!fields.ReadBoolean(octet))
            {
                throw PkiException.Malformed("A DEFAULT value (FALSE) is encoded; DER leaves it out.");
            }
            else if (tag == 4)
            {
                partial = true;
            }
            else
            {
                scope = scope == RevocationListScope.All
                    ? tag switch { 1 => RevocationListScope.UserCertificates, 2 => RevocationListScope.AuthorityCertificates, _ => RevocationListScope.AttributeCertificates }
                    : throw PkiException.BadValue("issuingDistributionPoint names more than one scope.");
            }
        }

        fields.ThrowIfNotEmpty();
        return new IssuingDistributionPoint(names, scope, partial);
    }

    /// <summary>The extension, critical.</summary>
    /// <exception cref="PkiException">A partial or indirect list is asked for.</exception>
    public CertificateExtension ToExtension() => IsPartialOrIndirect
        ? throw PkiException.Unsupported("Partial and indirect lists are not written.")
        : CertificateExtension.Create(Oids.IssuingDistributionPoint, true, w =>
        {
            using (w.PushSequence())
            {
                if (Names.Count > 0)
                {
                    using (w.PushContext(0))
                    using (w.PushContext(0))
                    {
                        foreach (GeneralName name in Names)
                        {
                            name.Write(w);
                        }
                    }
                }

                int tag = Scope switch { RevocationListScope.UserCertificates => 1, RevocationListScope.AuthorityCertificates => 2, RevocationListScope.AttributeCertificates => 5, _ => 0 };
                if (tag != 0)
                {
                    w.WriteBoolean(true, DerWriting.Context(tag, constructed: false));
                }
            }
        });
}
