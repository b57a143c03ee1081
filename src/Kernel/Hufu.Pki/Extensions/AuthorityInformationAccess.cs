namespace Hufu.Pki;

// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription;  AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }   (RFC 5280 4.2.2.1)

/// <summary>Where something about the issuer is found.</summary>
/// <param name="Method">Dotted: <see cref="Oids.AccessOcsp"/>, <see cref="Oids.AccessCaIssuers"/>.</param>
/// <param name="Location">Usually a URI.</param>
public sealed record AccessDescription(string Method, GeneralName Location);

/// <summary>authorityInfoAccess.</summary>
/// <param name="Descriptions">At least one.</param>
public sealed record AuthorityInformationAccess(IReadOnlyList<AccessDescription> Descriptions)
{
    /// <summary>OCSP addresses, in order.</summary>
    public IEnumerable<string> OcspUris => UrisOf(Oids.AccessOcsp);

    /// <summary>Addresses of the issuer's certificate, in order.</summary>
    public IEnumerable<string> IssuerUris => UrisOf(Oids.AccessCaIssuers);

    private IEnumerable<string> UrisOf(string method) =>
        Descriptions.Where(d => d.Method == method && d.Location.Kind == GeneralNameKind.Uri).Select(d => d.Location.Value);

    /// <summary>The usual pair.</summary>
    /// <param name="ocspUri">The OCSP address, or null.</param>
    /// <param name="issuerUri">The address of the issuer's certificate, or null.</param>
    public static AuthorityInformationAccess Create(string? ocspUri, string? issuerUri)
    {
        List<AccessDescription> descriptions = [];
        if (ocspUri is not null)
        {
            descriptions.Add(new AccessDescription(Oids.AccessOcsp, GeneralName.Uri(ocspUri)));
        }

        if (issuerUri is not null)
        {
            descriptions.Add(new AccessDescription(Oids.AccessCaIssuers, GeneralName.Uri(issuerUri)));
        }

        return descriptions.Count > 0 ? new AuthorityInformationAccess(descriptions) : throw PkiException.BadValue("authorityInfoAccess would be empty.");
    }

    /// <summary>Reads the extension's value.</summary>
    /// <exception cref="PkiException">Malformed.</exception>
    public static AuthorityInformationAccess Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.AuthorityInfoAccess);
        DerReader list = reader.ReadSequence();
        List<AccessDescription> descriptions = [];
        do
        {
            DerReader item = list.ReadSequence();
            string method = item.ReadOid();
            descriptions.Add(new AccessDescription(method, GeneralName.Read(ref item)));
            item.ThrowIfNotEmpty();
        }
        while (!list.IsEmpty);
        return new AuthorityInformationAccess(descriptions);
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.AuthorityInfoAccess, false, w =>
    {
        using (w.PushSequence())
        {
            foreach (AccessDescription description in Descriptions)
            {
                using (w.PushSequence())
                {
                    w.WriteObjectIdentifier(description.Method);
                    description.Location.Write(w);
                }
            }
        }
    });
}
