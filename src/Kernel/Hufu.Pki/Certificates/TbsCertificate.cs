namespace Hufu.Pki;

// TBSCertificate ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
//   validity SEQUENCE { notBefore Time, notAfter Time }, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo, issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL,
//   subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL, extensions [3] EXPLICIT Extensions OPTIONAL }   (RFC 5280 4.1)

/// <summary>What a certificate's signature covers. Build one, <see cref="Encode"/> it, lint the bytes, then sign exactly these bytes.</summary>
public sealed record TbsCertificate
{
    /// <summary>3 for every certificate written here; 1 or 2 can be read.</summary>
    public int Version { get; init; } = 3;

    /// <summary>The serial, unique for the issuer.</summary>
    public required SerialNumber SerialNumber { get; init; }

    /// <summary>The algorithm that the certificate will be signed with.</summary>
    public required AlgorithmIdentifier Signature { get; init; }

    /// <summary>The issuer; its bytes are copied from the issuer certificate's subject, so that names chain.</summary>
    public required DistinguishedName Issuer { get; init; }

    /// <summary>First second of validity (fractions are cut off when written).</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Last second of validity, inclusive.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The subject.</summary>
    public required DistinguishedName Subject { get; init; }

    /// <summary>The certified key.</summary>
    public required SubjectPublicKeyInfo PublicKey { get; init; }

    /// <summary>The extensions in order.</summary>
    public required IReadOnlyList<CertificateExtension> Extensions { get; init; }

    /// <summary>An extension by type, or null.</summary>
    public CertificateExtension? FindExtension(string oid) => CertificateExtension.Find(Extensions, oid);

    /// <summary>The DER to lint and to sign.</summary>
    public byte[] Encode() => DerWriting.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            if (Version > 1)
            {
                using (writer.PushContext(0))
                {
                    writer.WriteInteger(Version - 1);
                }
            }

            SerialNumber.Write(writer);
            Signature.Write(writer);
            Issuer.Write(writer);
            using (writer.PushSequence())
            {
                writer.WriteTime(NotBefore);
                writer.WriteTime(NotAfter);
            }

            Subject.Write(writer);
            PublicKey.Write(writer);
            if (Extensions.Count > 0)
            {
                using (writer.PushContext(3))
                {
                    CertificateExtension.WriteList(writer, Extensions);
                }
            }
        }
    });

    /// <summary>Reads the DER.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a TBSCertificate.</exception>
    public static TbsCertificate Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "a TBSCertificate");
        return Read(der, forLinting: false);
    }

    /// <param name="der">One SEQUENCE.</param>
    /// <param name="forLinting">Lets duplicate extensions through, for the rule that names them.</param>
    internal static TbsCertificate Read(ReadOnlyMemory<byte> der, bool forLinting)
    {
        DerReader outer = new(der);
        DerReader reader = outer.ReadSequence();
        int version = 1;
        if (reader.TryReadConstructed(0xA0, out DerReader versionReader))
        {
            version = versionReader.ReadInt32() + 1;
            versionReader.ThrowIfNotEmpty();
            if (version is not (2 or 3))
            {
                throw PkiException.Unsupported($"X.509 version {version}, or version 1 written though it is the default.");
            }
        }

        SerialNumber serial = SerialNumber.Read(ref reader);
        AlgorithmIdentifier signature = AlgorithmIdentifier.Read(ref reader);
        DistinguishedName issuer = DistinguishedName.Read(ref reader);
        DerReader validity = reader.ReadSequence();
        DateTimeOffset notBefore = validity.ReadTime();
        DateTimeOffset notAfter = validity.ReadTime();
        validity.ThrowIfNotEmpty();
        DistinguishedName subject = DistinguishedName.Read(ref reader);
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Read(ref reader);
        for (byte tag = 0x81; tag <= 0x82; tag++)
        {
            if (reader.PeekTag() == tag)
            {
                reader.ReadContent(tag);
            }
        }

        IReadOnlyList<CertificateExtension> extensions = [];
        if (reader.TryReadConstructed(0xA3, out DerReader list))
        {
            extensions = CertificateExtension.ReadList(ref list, forLinting);
            list.ThrowIfNotEmpty();
            if (version != 3)
            {
                throw PkiException.BadValue("Extensions in a certificate that is not version 3.");
            }
        }

        reader.ThrowIfNotEmpty();
        return new TbsCertificate
        {
            Version = version,
            SerialNumber = serial,
            Signature = signature,
            Issuer = issuer,
            NotBefore = notBefore,
            NotAfter = notAfter,
            Subject = subject,
            PublicKey = key,
            Extensions = extensions,
        };
    }
}
