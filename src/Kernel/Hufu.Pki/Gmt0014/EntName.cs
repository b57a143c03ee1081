using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// EntName ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, entName GeneralName, entPubKeyHash OCTET STRING, serialNumber INTEGER }   (GM/T 0014 5.2.3)

/// <summary>Names a CA or KM by its certificate: subject, hash of the key, serial.</summary>
/// <param name="HashAlgorithm">SM3.</param>
/// <param name="Name">The certificate's subject.</param>
/// <param name="PublicKeyHash">Over what <see cref="Gmt0014Options.KeyHash"/> says.</param>
/// <param name="SerialNumber">The certificate's serial.</param>
public sealed record EntName(AlgorithmIdentifier HashAlgorithm, GeneralName Name, ReadOnlyMemory<byte> PublicKeyHash, SerialNumber SerialNumber)
{
    /// <summary>The name of a certificate's holder.</summary>
    public static EntName Of(Certificate certificate, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(options);
        return new EntName(AlgorithmIdentifier.Sm3, GeneralName.Directory(certificate.Subject), Hash(certificate, Oids.Sm3, options), certificate.SerialNumber);
    }

    /// <summary>True when hash and serial name this certificate, and the name too when it is a directoryName (one partner writes a dNSName, standards.md 4.1).</summary>
    public bool Matches(Certificate certificate, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(options);
        return HashAlgorithm.Oid is Oids.Sm3 && SerialNumber == certificate.SerialNumber
            && PublicKeyHash.Span.SequenceEqual(Hash(certificate, HashAlgorithm.Oid, options))
            && (Name.DirectoryName is not { } name || name.Equals(certificate.Subject));
    }

    private static byte[] Hash(Certificate certificate, string oid, Gmt0014Options options) =>
        Digests.Hash(oid, (options.KeyHash == KeyHashInput.SubjectPublicKeyInfo ? certificate.PublicKey.RawData : certificate.PublicKey.PublicKey).Span);

    internal static EntName Read(ref DerReader reader)
    {
        DerReader fields = reader.ReadSequence();
        EntName name = new(AlgorithmIdentifier.Read(ref fields), GeneralName.Read(ref fields), fields.ReadOctetString(), SerialNumber.Read(ref fields));
        fields.ThrowIfNotEmpty();
        return name;
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            HashAlgorithm.Write(writer);
            Name.Write(writer);
            writer.WriteOctetString(PublicKeyHash.Span);
            SerialNumber.Write(writer);
        }
    }
}
