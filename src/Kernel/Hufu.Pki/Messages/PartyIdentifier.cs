using System.Formats.Asn1;

namespace Hufu.Pki;

// IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER };  CMS also: [0] IMPLICIT SubjectKeyIdentifier   (RFC 5652 5.3, 6.2.1; GM/T 0010)

/// <summary>How a message names the certificate of a signer or recipient.</summary>
public sealed record PartyIdentifier
{
    private PartyIdentifier(DistinguishedName? issuer, SerialNumber? serial, ReadOnlyMemory<byte>? keyIdentifier)
    {
        Issuer = issuer;
        SerialNumber = serial;
        KeyIdentifier = keyIdentifier;
    }

    /// <summary>The certificate's issuer, when named by issuer and serial.</summary>
    public DistinguishedName? Issuer { get; }

    /// <summary>The certificate's serial, when named by issuer and serial.</summary>
    public SerialNumber? SerialNumber { get; }

    /// <summary>The certificate's subjectKeyIdentifier, when named so.</summary>
    public ReadOnlyMemory<byte>? KeyIdentifier { get; }

    /// <summary>By issuer and serial: the only form that is written.</summary>
    public static PartyIdentifier Of(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new PartyIdentifier(certificate.Issuer, certificate.SerialNumber, null);
    }

    /// <summary>True when it names this certificate.</summary>
    public bool Matches(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return KeyIdentifier is { } identifier
            ? (certificate.SubjectKeyIdentifier ?? certificate.PublicKey.KeyIdentifier).Span.SequenceEqual(identifier.Span)
            : SerialNumber == certificate.SerialNumber && certificate.Issuer.Equals(Issuer);
    }

    internal static PartyIdentifier Read(ref DerReader reader)
    {
        byte tag = reader.PeekTag();
        if (tag == 0x80)
        {
            return new PartyIdentifier(null, null, reader.ReadContent(tag));
        }

        // Some wrap the key identifier as [0] EXPLICIT.
        if (reader.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            ReadOnlyMemory<byte> octets = wrapped.ReadOctetString();
            wrapped.ThrowIfNotEmpty();
            return new PartyIdentifier(null, null, octets);
        }

        DerReader sequence = reader.ReadSequence();
        PartyIdentifier identifier = new(DistinguishedName.Read(ref sequence), Pki.SerialNumber.Read(ref sequence), null);
        sequence.ThrowIfNotEmpty();
        return identifier;
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Issuer!.Write(writer);
            SerialNumber!.Value.Write(writer);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => KeyIdentifier is { } identifier ? $"key {Convert.ToHexStringLower(identifier.Span)}" : $"serial {SerialNumber} of {Issuer}";
}
