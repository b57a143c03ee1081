namespace Hufu.Pki;

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL, reasons [1] ReasonFlags OPTIONAL, cRLIssuer [2] GeneralNames OPTIONAL }
// DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }   (RFC 5280 4.2.1.13)

/// <summary>cRLDistributionPoints. Written with full names only.</summary>
/// <param name="Points">The names of each distribution point.</param>
public sealed record CrlDistributionPoints(IReadOnlyList<IReadOnlyList<GeneralName>> Points)
{
    /// <summary>All URIs of all points, in order.</summary>
    public IEnumerable<string> Uris => Points.SelectMany(p => p).Where(n => n.Kind == GeneralNameKind.Uri).Select(n => n.Value);

    /// <summary>One distribution point a URI.</summary>
    public static CrlDistributionPoints FromUris(params IEnumerable<string> uris) => new([.. uris.Select(u => new[] { GeneralName.Uri(u) })]);

    /// <summary>Reads the extension's value; points without a full name come back empty.</summary>
    /// <exception cref="PkiException">Malformed.</exception>
    public static CrlDistributionPoints Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(extension.Oid == Oids.FreshestCrl ? Oids.FreshestCrl : Oids.CrlDistributionPoints);
        DerReader list = reader.ReadSequence();
        List<IReadOnlyList<GeneralName>> points = [];
        do
        {
            DerReader point = list.ReadSequence();
            points.Add(ReadName(ref point));
            if (point.PeekTag() == 0x81)
            {
                point.ReadNamedBits(0x81);
            }

            if (point.TryReadConstructed(0xA2, out DerReader issuer))
            {
                GeneralName.ReadList(ref issuer);
            }

            point.ThrowIfNotEmpty();
        }
        while (!list.IsEmpty);
        return new CrlDistributionPoints(points);
    }

    /// <summary>Reads distributionPoint [0] if it is there: its full name, or nothing.</summary>
    internal static IReadOnlyList<GeneralName> ReadName(ref DerReader point)
    {
        if (!point.TryReadConstructed(0xA0, out DerReader name))
        {
            return [];
        }

        if (name.TryReadConstructed(0xA0, out DerReader full))
        {
            name.ThrowIfNotEmpty();
            return GeneralName.ReadList(ref full);
        }

        name.ReadContent(0xA1);
        name.ThrowIfNotEmpty();
        return [];
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.CrlDistributionPoints, false, w =>
    {
        using (w.PushSequence())
        {
            foreach (IReadOnlyList<GeneralName> names in Points)
            {
                using (w.PushSequence())
                using (w.PushContext(0))
                using (w.PushContext(0))
                {
                    foreach (GeneralName name in names)
                    {
                        name.Write(w);
                    }
                }
            }
        }
    });
}
