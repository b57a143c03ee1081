using System.Formats.Asn1;

namespace Hufu.Pki;

// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }   (RFC 5280 4.1)

/// <summary>An extension of a certificate, a list, an entry of one, a request or a response.</summary>
/// <param name="Oid">extnID, dotted.</param>
/// <param name="Critical">Whether who does not know it must refuse.</param>
/// <param name="Value">The content of extnValue: DER of the extension's own type.</param>
public sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value)
{
    internal static CertificateExtension Create(string oid, bool critical, Action<AsnWriter> write) => new(oid, critical, DerWriting.Encode(write));

    internal static CertificateExtension Read(ref DerReader list)
    {
        DerReader item = list.ReadSequence();
        string oid = item.ReadOid();
        bool critical = false;
        if (item.PeekTag() == DerTag.Boolean)
        {
            critical = item.ReadBoolean();
            if (!critical)
            {
                throw PkiException.Malformed("A DEFAULT value (critical FALSE) is encoded; DER leaves it out.");
            }
        }

        ReadOnlyMemory<byte> value = item.ReadOctetString();
        item.ThrowIfNotEmpty();
        return new CertificateExtension(oid, critical, value);
    }

    /// <summary>Reads Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension.</summary>
    internal static IReadOnlyList<CertificateExtension> ReadList(ref DerReader reader, bool allowDuplicates = false, byte tag = DerTag.Sequence)
    {
        DerReader list = reader.ReadConstructed(tag);
        List<CertificateExtension> extensions = [];
        while (!list.IsEmpty)
        {
            if (extensions.Count == PkiLimits.Extensions)
            {
                throw PkiException.TooLarge("The number of extensions", PkiLimits.Extensions);
            }

            CertificateExtension extension = Read(ref list);
            foreach (CertificateExtension earlier in extensions)
            {
                // RFC 5280 4.2: one instance of each.
                if (earlier.Oid == extension.Oid && !allowDuplicates)
                {
                    throw PkiException.BadValue($"The extension {extension.Oid} occurs twice.");
                }
            }

            extensions.Add(extension);
        }

        return extensions;
    }

    internal static void WriteList(AsnWriter writer, IReadOnlyList<CertificateExtension> extensions)
    {
        using (writer.PushSequence())
        {
            foreach (CertificateExtension extension in extensions)
            {
                extension.Write(writer);
            }
        }
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (Critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(Value.Span);
        }
    }

    /// <summary>A reader over the value; the caller ends with ThrowIfNotEmpty.</summary>
    internal DerReader Open(string expected)
    {
        if (Oid != expected)
        {
            throw PkiException.BadValue($"The extension is {Oid}, not {expected}.");
        }

        DerScan.Check(Value.Span, PkiLimits.CertificateSize, $"the extension {Oid}");
        return new DerReader(Value);
    }

    internal static CertificateExtension? Find(IReadOnlyList<CertificateExtension> extensions, string oid)
    {
        for (int i = 0; i < extensions.Count; i++)
        {
            if (extensions[i].Oid == oid)
            {
                return extensions[i];
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(CertificateExtension? other) => other is not null && Oid == other.Oid && Critical == other.Critical && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Oid, Critical, Value.Length);
}
