using System.Formats.Asn1;

namespace Hufu.Pki;

// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY }   (RFC 2986 4.1, RFC 5652 5.3)

/// <summary>An attribute of a request or of a signer.</summary>
/// <param name="Oid">The type, dotted.</param>
/// <param name="Values">The DER of each value; nearly always one.</param>
#pragma warning disable CA1711 // "Attribute" is the word of X.501 for it
public sealed record PkiAttribute(string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values)
#pragma warning restore CA1711
{
    /// <summary>One value.</summary>
    /// <param name="oid">The type, dotted.</param>
    /// <param name="value">One DER element.</param>
    public static PkiAttribute Create(string oid, ReadOnlyMemory<byte> value) => new(oid, [value]);

    internal static PkiAttribute Create(string oid, Action<AsnWriter> write) => new(oid, [DerWriting.Encode(write)]);

    internal static PkiAttribute Read(ref DerReader list)
    {
        DerReader item = list.ReadSequence();
        string oid = item.ReadOid();
        DerReader set = item.ReadSet();
        item.ThrowIfNotEmpty();
        List<ReadOnlyMemory<byte>> values = new(1);
        do
        {
            values.Add(set.ReadEncoded());
        }
        while (!set.IsEmpty && values.Count < PkiLimits.Attributes);
        set.ThrowIfNotEmpty();
        return new PkiAttribute(oid, values);
    }

    internal static IReadOnlyList<PkiAttribute> ReadList(ref DerReader list)
    {
        List<PkiAttribute> attributes = [];
        while (!list.IsEmpty)
        {
            if (attributes.Count == PkiLimits.Attributes)
            {
                throw PkiException.TooLarge("The number of attributes", PkiLimits.Attributes);
            }

            attributes.Add(Read(ref list));
        }

        return attributes;
    }

    internal static PkiAttribute? Find(IReadOnlyList<PkiAttribute> attributes, string oid)
    {
        PkiAttribute? found = null;
        foreach (PkiAttribute attribute in attributes)
        {
            if (attribute.Oid == oid)
            {
                found = found is null ? attribute : throw PkiException.BadValue($"The attribute {oid} occurs twice.");
            }
        }

        return found;
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            using (writer.PushSetOf())
            {
                foreach (ReadOnlyMemory<byte> value in Values)
                {
                    writer.WriteRaw(value.Span);
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(PkiAttribute? other) => other is not null && Oid == other.Oid && Values.Count == other.Values.Count
        && Values.Zip(other.Values).All(p => p.First.Span.SequenceEqual(p.Second.Span));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Oid, Values.Count);
}
