namespace Hufu.Pki.Linting;

// CertificationRequest: the grammar stands above the class of that name; this reads it with less refused, so that rules can name what is wrong.

/// <summary>A certification request.</summary>
internal sealed class RequestSubject : LintSubject
{
    private RequestSubject(SignedStructure parts, DistinguishedName subject, SubjectPublicKeyInfo key, IReadOnlyList<CertificateExtension> extensions)
        : base(LintTargets.Request, parts.Algorithm, null, parts.Signature, subject, key, extensions)
    {
    }

    internal int Version { get; private init; }

    internal bool LacksAttributes { get; private init; }

    internal IReadOnlyList<PkiAttribute> Attributes { get; private init; } = [];

    /// <summary>Why the extensions asked for do not read, or null.</summary>
    internal string? ExtensionsFault { get; private init; }

    /// <summary>What the signature proves, or null when the key or the algorithm is none that can be checked.</summary>
    internal Possession? Possession { get; private init; }

    internal static RequestSubject Read(ReadOnlyMemory<byte> request)
    {
        DerScan.Check(request.Span, PkiLimits.RequestSize, "a certification request");
        SignedStructure parts = SignedStructure.Read(request);
        DerReader outer = new(parts.Tbs);
        DerReader info = outer.ReadSequence();
        int version = info.ReadInt32();
        DistinguishedName subject = DistinguishedName.Read(ref info);
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Read(ref info);
        bool lacks = info.IsEmpty;
        IReadOnlyList<PkiAttribute> attributes = info.TryReadConstructed(0xA0, out DerReader list) ? PkiAttribute.ReadList(ref list) : [];
        info.ThrowIfNotEmpty();
        IReadOnlyList<CertificateExtension> extensions = ReadExtensions(attributes, out string? fault);
        return new RequestSubject(parts, subject, key, extensions)
        {
            Version = version,
            LacksAttributes = lacks,
            Attributes = attributes,
            ExtensionsFault = fault,
            Possession = CheckPossession(request),
        };
    }

    private static IReadOnlyList<CertificateExtension> ReadExtensions(IReadOnlyList<PkiAttribute> attributes, out string? fault)
    {
        fault = null;
        foreach (PkiAttribute attribute in attributes)
        {
            if (attribute.Oid != Oids.AttributeExtensionRequest)
            {
                continue;
            }

            try
            {
                DerReader reader = new(attribute.Values[0]);
                IReadOnlyList<CertificateExtension> extensions = CertificateExtension.ReadList(ref reader, allowDuplicates: true);
                reader.ThrowIfNotEmpty();
                return extensions;
            }
            catch (PkiException e)
            {
                fault = e.Message;
            }
        }

        return [];
    }

    private static Possession? CheckPossession(ReadOnlyMemory<byte> request)
    {
        try
        {
            return CertificationRequest.Decode(request).CheckPossession();
        }
        catch (PkiException)
        {
            return null; // version, attributes, key and algorithm have rules of their own
        }
    }
}
