using System.Formats.Asn1;

namespace Hufu.Pki;

// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY -- DEFINED BY type }   (RFC 5280 4.1.2.4)

/// <summary>One attribute of a distinguished name.</summary>
#pragma warning disable CA1711 // "Attribute" is the word of X.501 for it
public sealed record NameAttribute
#pragma warning restore CA1711
{
    private NameAttribute(string oid, string value, byte stringTag, ReadOnlyMemory<byte> rawValue)
    {
        Oid = oid;
        Value = value;
        StringTag = stringTag;
        RawValue = rawValue;
    }

    /// <summary>An attribute to be written: C, serialNumber and dnQualifier as PrintableString, e-mail and DC as IA5String, everything else as UTF8String (standards.md 3.1).</summary>
    /// <param name="oid">The attribute's type, dotted.</param>
    /// <param name="value">The text.</param>
    /// <exception cref="PkiException">The text does not fit the string type, is empty or too long.</exception>
    public NameAttribute(string oid, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length is 0 or > PkiLimits.NameValueSize / 4)
        {
            throw PkiException.BadValue($"The name attribute {oid} is empty or too long.");
        }

        Oid = oid;
        Value = value;
        StringTag = oid switch
        {
            Oids.Country or Oids.DnSerialNumber or "2.5.4.46" => DerTag.PrintableString,
            Oids.EmailAddress or Oids.DomainComponent => DerTag.Ia5String,
            _ => DerTag.Utf8String,
        };
        if ((StringTag == DerTag.PrintableString && !DerText.IsPrintable(value)) || (StringTag == DerTag.Ia5String && value.AsSpan().ContainsAnyExceptInRange('\0', '\x7F')))
        {
            throw PkiException.BadValue($"The name attribute {oid} holds a character that its string type does not have.");
        }

        RawValue = DerWriting.Encode(w => w.WriteCharacterString((UniversalTagNumber)StringTag, value));
    }

    /// <summary>The attribute's type, dotted.</summary>
    public string Oid { get; }

    /// <summary>The text; for a value that is no string, # and the hex of its DER.</summary>
    public string Value { get; }

    /// <summary>The universal tag of the value as encoded: 0C UTF8String, 13 PrintableString, 16 IA5String, …</summary>
    public byte StringTag { get; }

    /// <summary>The DER of the value.</summary>
    public ReadOnlyMemory<byte> RawValue { get; }

    internal static NameAttribute Read(ref DerReader rdn)
    {
        DerReader pair = rdn.ReadSequence();
        string oid = pair.ReadOid();
        byte tag = pair.PeekTag();
        ReadOnlyMemory<byte> raw = pair.ReadEncoded();
        pair.ThrowIfNotEmpty();
        if (raw.Length > PkiLimits.NameValueSize)
        {
            throw PkiException.TooLarge("A name attribute", PkiLimits.NameValueSize);
        }

        DerReader value = new(raw);
        string text = DerText.IsString(tag) && tag != DerTag.UniversalString ? value.ReadString(tag) : "#" + Convert.ToHexString(raw.Span);
        return new NameAttribute(oid, text, tag, raw);
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            writer.WriteRaw(RawValue.Span);
        }
    }

    /// <inheritdoc/>
    public bool Equals(NameAttribute? other) => other is not null && Oid == other.Oid && RawValue.Span.SequenceEqual(other.RawValue.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Oid, Value);
}
