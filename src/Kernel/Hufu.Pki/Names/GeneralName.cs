using System.Formats.Asn1;
using System.Net;

namespace Hufu.Pki;

// GeneralName ::= CHOICE { otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress, directoryName [4] Name,
//                          ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String, iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
// IMPLICIT tags, but directoryName is EXPLICIT because Name is a CHOICE.   (RFC 5280 4.2.1.6)

/// <summary>One name of any kind. Immutable; equality is equality of the encodings, of directory names that of the names.</summary>
public sealed class GeneralName : IEquatable<GeneralName>
{
    private GeneralName(GeneralNameKind kind, string value, ReadOnlyMemory<byte> rawData, DistinguishedName? directory = null)
    {
        Kind = kind;
        Value = value;
        RawData = rawData;
        DirectoryName = directory;
    }

    /// <summary>Which choice.</summary>
    public GeneralNameKind Kind { get; }

    /// <summary>The text: address, host, URI, dotted OID, the name's text, an IP address in its usual spelling (or hex of octets), otherName as <c>oid=hex</c>.</summary>
    public string Value { get; }

    /// <summary>The name when <see cref="Kind"/> is <see cref="GeneralNameKind.Directory"/>.</summary>
    public DistinguishedName? DirectoryName { get; }

    /// <summary>The DER with its context tag.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>A dNSName.</summary>
    public static GeneralName Dns(string host) => Ia5(GeneralNameKind.Dns, host);

    /// <summary>An rfc822Name.</summary>
    public static GeneralName Email(string address) => Ia5(GeneralNameKind.Email, address);

    /// <summary>A uniformResourceIdentifier.</summary>
    public static GeneralName Uri(string uri) => Ia5(GeneralNameKind.Uri, uri);

    private static GeneralName Ia5(GeneralNameKind kind, string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('\x21', '\x7E')
        ? new GeneralName(kind, text, DerWriting.Encode(w => w.WriteCharacterString(UniversalTagNumber.IA5String, text, DerWriting.Context((int)kind, constructed: false))))
        : throw PkiException.BadValue($"'{text}' is no {kind} name: empty, or a character outside visible ASCII.");

    /// <summary>An iPAddress of one host.</summary>
    public static GeneralName Ip(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new GeneralName(GeneralNameKind.IpAddress, address.ToString(), DerWriting.Encode(w => w.WriteOctetString(address.GetAddressBytes(), DerWriting.Context(7, constructed: false))));
    }

    /// <summary>A directoryName.</summary>
    public static GeneralName Directory(DistinguishedName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] der = DerWriting.Encode(w =>
        {
            using (w.PushContext(4))
            {
                name.Write(w);
            }
        });
        return new GeneralName(GeneralNameKind.Directory, name.ToString(), der, name);
    }

    /// <summary>An x400Address.</summary>
    public static GeneralName X400(X400Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new GeneralName(GeneralNameKind.X400Address, address.ToString(), DerWriting.Encode(address.Write));
    }

    /// <summary>A registeredID.</summary>
    public static GeneralName RegisteredId(string oid) =>
        new(GeneralNameKind.RegisteredId, oid, DerWriting.Encode(w => w.WriteObjectIdentifier(oid, DerWriting.Context(8, constructed: false))));

    /// <summary>An otherName.</summary>
    /// <param name="oid">The type, dotted.</param>
    /// <param name="value">One DER element.</param>
    public static GeneralName Other(string oid, ReadOnlyMemory<byte> value)
    {
        byte[] der = DerWriting.Encode(w =>
        {
            using (w.PushContext(0))
            {
                w.WriteObjectIdentifier(oid);
                using (w.PushContext(0))
                {
                    w.WriteRaw(value.Span);
                }
            }
        });
        return new GeneralName(GeneralNameKind.Other, $"{oid}={Convert.ToHexString(value.Span)}", der);
    }

    internal static GeneralName Read(ref DerReader reader)
    {
        byte tag = reader.PeekTag();
        ReadOnlyMemory<byte> raw = reader.ReadEncoded();
        DerReader element = new(raw);
        GeneralNameKind kind = (GeneralNameKind)(tag & 0x1F);
        switch (tag)
        {
            case 0x81 or 0x82 or 0x86:
                return new GeneralName(kind, element.ReadString(tag, DerTag.Ia5String), raw);
            case 0x87:
                byte[] octets = element.ReadContent(tag).ToArray();
                return new GeneralName(kind, octets.Length is 4 or 16 ? new IPAddress(octets).ToString() : Convert.ToHexString(octets), raw);
            case 0x88:
                return new GeneralName(kind, element.ReadOid(tag), raw);
            case 0xA4:
                DerReader directory = element.ReadConstructed(tag);
                DistinguishedName name = DistinguishedName.Read(ref directory);
                directory.ThrowIfNotEmpty();
                return new GeneralName(kind, name.ToString(), raw, name);
            case 0xA0:
                DerReader other = element.ReadConstructed(tag);
                string oid = other.ReadOid();
                DerReader wrapped = other.ReadConstructed(0xA0);
                other.ThrowIfNotEmpty();
                return new GeneralName(kind, $"{oid}={Convert.ToHexString(wrapped.Rest.Span)}", raw);
            case 0xA3 or 0xA5:
                return new GeneralName(kind, Convert.ToHexString(raw.Span), raw);
            default:
                throw PkiException.Malformed($"Tag {tag:X2} is no GeneralName.");
        }
    }

    internal static IReadOnlyList<GeneralName> ReadList(ref DerReader sequence)
    {
        List<GeneralName> names = [];
        while (!sequence.IsEmpty)
        {
            if (names.Count == PkiLimits.GeneralNames)
            {
                throw PkiException.TooLarge("A list of names", PkiLimits.GeneralNames);
            }

            names.Add(Read(ref sequence));
        }

        return names;
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);

    /// <inheritdoc/>
    public bool Equals(GeneralName? other) => other is not null && Kind == other.Kind
        && (DirectoryName is { } name ? name.Equals(other.DirectoryName) : RawData.Span.SequenceEqual(other.RawData.Span));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GeneralName);

    /// <inheritdoc/>
    public override int GetHashCode() => DirectoryName?.GetHashCode() ?? HashCode.Combine(Kind, Value);

    /// <summary>Kind and text.</summary>
    public override string ToString() => $"{Kind}:{Value}";
}
