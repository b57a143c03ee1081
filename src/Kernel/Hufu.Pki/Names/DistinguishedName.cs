using System.Formats.Asn1;
using System.Text;

namespace Hufu.Pki;

// Name ::= CHOICE { rdnSequence SEQUENCE OF RelativeDistinguishedName }; RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue   (RFC 5280 4.1.2.4)

/// <summary>
/// A distinguished name in encoding order (country first). Immutable; keeps the bytes it was read from. Equality is RFC 5280 7.1: attribute by
/// attribute, case and runs of spaces ignored, string types ignored.
/// </summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private string? _comparable;

    private DistinguishedName(ReadOnlyMemory<byte> rawData, IReadOnlyList<IReadOnlyList<NameAttribute>> rdns)
    {
        RawData = rawData;
        RelativeNames = rdns;
        Attributes = rdns.Count == 0 ? [] : [.. rdns.SelectMany(r => r)];
    }

    /// <summary>The name with no attributes.</summary>
    public static DistinguishedName Empty { get; } = new(new byte[] { DerTag.Sequence, 0 }, []);

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The relative names in encoding order; nearly always of one attribute each.</summary>
    public IReadOnlyList<IReadOnlyList<NameAttribute>> RelativeNames { get; }

    /// <summary>All attributes in encoding order.</summary>
    public IReadOnlyList<NameAttribute> Attributes { get; }

    /// <summary>True when there is no attribute.</summary>
    public bool IsEmpty => Attributes.Count == 0;

    /// <summary>The last commonName, or null.</summary>
    public string? CommonName => Find(Oids.CommonName);

    /// <summary>The last value of an attribute type (the most specific one), or null.</summary>
    /// <param name="oid">The type, dotted.</param>
    public string? Find(string oid)
    {
        for (int i = Attributes.Count - 1; i >= 0; i--)
        {
            if (Attributes[i].Oid == oid)
            {
                return Attributes[i].Value;
            }
        }

        return null;
    }

    /// <summary>Builds a name of single-valued relative names, in the order given.</summary>
    public static DistinguishedName Create(params IEnumerable<NameAttribute> attributes)
    {
        NameAttribute[][] rdns = [.. attributes.Select(a => new[] { a })];
        byte[] der = DerWriting.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                foreach (NameAttribute[] rdn in rdns)
                {
                    using (writer.PushSetOf())
                    {
                        rdn[0].Write(writer);
                    }
                }
            }
        });
        return new DistinguishedName(der, rdns);
    }

    /// <summary>Builds a name from pairs of type and text.</summary>
    public static DistinguishedName Create(params IEnumerable<(string Oid, string Value)> attributes) => Create(attributes.Select(a => new NameAttribute(a.Oid, a.Value)));

    /// <summary>Reads the text that <see cref="ToString"/> writes: <c>C=CN, O=某单位, CN=x</c>, in encoding order, a backslash before a comma or backslash in a value, one attribute a relative name.</summary>
    /// <exception cref="PkiException">An unknown keyword, a part without '=', a character that the string type does not have.</exception>
    public static DistinguishedName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<NameAttribute> attributes = [];
        int position = 0;
        while (position < text.Length)
        {
            int equals = text.IndexOf('=', position);
            if (equals < 0 || attributes.Count == PkiLimits.NameAttributes)
            {
                throw PkiException.BadValue("A part of the name has no '=', or there are too many parts.");
            }

            string keyword = text[position..equals].Trim();
            StringBuilder value = new();
            for (position = equals + 1; position < text.Length && text[position] != ','; position++)
            {
                if (text[position] == '\\' && position + 1 < text.Length)
                {
                    position++;
                }

                value.Append(text[position]);
            }

            position++;
            attributes.Add(new NameAttribute(NameKeywords.ToOid(keyword), value.ToString().Trim()));
        }

        return Create(attributes);
    }

    /// <summary>Reads one that stands alone.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a Name.</exception>
    public static DistinguishedName Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "a Name");
        DerReader reader = new(der);
        return Read(ref reader);
    }

    internal static DistinguishedName Read(ref DerReader reader)
    {
        ReadOnlyMemory<byte> raw = reader.ReadEncoded();
        if (raw.Span.SequenceEqual(Empty.RawData.Span))
        {
            return Empty;
        }

        DerReader outer = new(raw);
        DerReader sequence = outer.ReadSequence();
        List<IReadOnlyList<NameAttribute>> rdns = [];
        int count = 0;
        while (!sequence.IsEmpty)
        {
            DerReader set = sequence.ReadSet();
            List<NameAttribute> rdn = new(1);
            do
            {
                if (++count > PkiLimits.NameAttributes)
                {
                    throw PkiException.TooLarge("A name's number of attributes", PkiLimits.NameAttributes);
                }

                rdn.Add(NameAttribute.Read(ref set));
            }
            while (!set.IsEmpty);
            rdns.Add(rdn);
        }

        return new DistinguishedName(raw, rdns);
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);

    private static string Comparable(IReadOnlyList<IReadOnlyList<NameAttribute>> rdns)
    {
        StringBuilder text = new();
        foreach (IReadOnlyList<NameAttribute> rdn in rdns)
        {
            IEnumerable<string> parts = rdn.Select(a => $"{a.Oid}={Fold(a)}");
            text.AppendJoin('\u0001', rdn.Count == 1 ? parts : parts.Order(StringComparer.Ordinal)).Append('\u0002');
        }

        return text.ToString();
    }

    private static string Fold(NameAttribute attribute)
    {
        string value = attribute.Value;
        StringBuilder folded = new(value.Length);
        foreach (char c in value.AsSpan().Trim())
        {
            bool space = char.IsWhiteSpace(c);
            if (!space || folded[^1] != ' ')
            {
                folded.Append(space ? ' ' : char.ToUpperInvariant(c));
            }
        }

        return folded.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(DistinguishedName? other) => other is not null
        && (RawData.Span.SequenceEqual(other.RawData.Span)
            || (RelativeNames.Count == other.RelativeNames.Count && (_comparable ??= Comparable(RelativeNames)) == (other._comparable ??= Comparable(other.RelativeNames))));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    /// <inheritdoc/>
    public override int GetHashCode() => (_comparable ??= Comparable(RelativeNames)).GetHashCode(StringComparison.Ordinal);

    /// <summary>The text in encoding order: <c>C=CN, O=某单位, CN=x</c>.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (IReadOnlyList<NameAttribute> rdn in RelativeNames)
        {
            for (int i = 0; i < rdn.Count; i++)
            {
                text.Append(i > 0 ? " + " : text.Length > 0 ? ", " : "").Append(NameKeywords.OfOid(rdn[i].Oid)).Append('=')
                    .Append(rdn[i].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal));
            }
        }

        return text.ToString();
    }
}
