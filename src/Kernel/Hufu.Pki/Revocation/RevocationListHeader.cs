using System.Numerics;

namespace Hufu.Pki;

/// <summary>Everything of a list but its entries and its signature. Version 2; the caller states each value.</summary>
public sealed record RevocationListHeader
{
    /// <summary>The issuer: bytes of the issuing certificate's subject.</summary>
    public required DistinguishedName Issuer { get; init; }

    /// <summary>When the list was made (whole seconds).</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>When the next one is there at the latest.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>cRLNumber, strictly growing for the issuer and scope (R09); at most 20 bytes.</summary>
    public required BigInteger Number { get; init; }

    /// <summary>authorityKeyIdentifier, usually <see cref="AuthorityKeyIdentifier.FromIssuer"/>.</summary>
    public required AuthorityKeyIdentifier AuthorityKeyIdentifier { get; init; }

    /// <summary>issuingDistributionPoint, or null when the list is complete for all certificates.</summary>
    public IssuingDistributionPoint? IssuingDistributionPoint { get; init; }

    /// <summary>For a delta list: the cRLNumber of the list that it builds on.</summary>
    public BigInteger? DeltaBase { get; init; }

    /// <summary>Further extensions, such as freshestCRL.</summary>
    public IReadOnlyList<CertificateExtension> FurtherExtensions { get; init; } = [];

    /// <summary>DER of the fields before revokedCertificates.</summary>
    internal byte[] EncodeHead(AlgorithmIdentifier algorithm)
    {
        System.Formats.Asn1.AsnWriter writer = DerWriting.NewWriter();
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            algorithm.Write(writer);
            Issuer.Write(writer);
            writer.WriteTime(ThisUpdate);
            writer.WriteTime(NextUpdate);
        }

        byte[] sequence = writer.Encode();
        DerReader.ReadHeader(sequence, 0, out _, out int start, out _);
        return sequence[start..];
    }

    /// <summary>DER of crlExtensions with its [0].</summary>
    internal byte[] EncodeExtensions()
    {
        if (Number.Sign < 0 || Number.GetByteCount() > SerialNumber.MaxSize || NextUpdate <= ThisUpdate)
        {
            throw PkiException.BadValue("A list's number is not negative and at most 20 bytes, and its nextUpdate lies after its thisUpdate.");
        }

        List<CertificateExtension> extensions =
        [
            AuthorityKeyIdentifier.ToExtension(),
            CertificateExtension.Create(Oids.CrlNumber, false, w => w.WriteInteger(Number)),
        ];
        if (DeltaBase is { } number)
        {
            extensions.Add(CertificateExtension.Create(Oids.DeltaCrlIndicator, true, w => w.WriteInteger(number)));
        }

        if (IssuingDistributionPoint is { } point)
        {
            extensions.Add(point.ToExtension());
        }

        extensions.AddRange(FurtherExtensions);
        return DerWriting.Encode(w =>
        {
            using (w.PushContext(0))
            {
                CertificateExtension.WriteList(w, extensions);
            }
        });
    }
}
