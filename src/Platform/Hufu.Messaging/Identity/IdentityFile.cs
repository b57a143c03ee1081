using System.Formats.Asn1;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// A room's certificates on disk, replaced in one step.
/// <c>Identity ::= SEQUENCE { version INTEGER (2), signing OCTET STRING, encryption [0] OCTET STRING OPTIONAL, audit OCTET STRING, chain SEQUENCE OF OCTET STRING, earlier SEQUENCE OF OCTET STRING }</c>;
/// version 1 has no <c>earlier</c>: encryption certificates before the present one, whose keys still open what was on its way (6.6.2.3-c).
/// </summary>
internal sealed record IdentityFile(Certificate Signing, Certificate? Encryption, Certificate Audit, IReadOnlyList<Certificate> Chain, IReadOnlyList<Certificate> Earlier)
{
    private const int MaxSize = 1 << 20;
    private static readonly Asn1Tag EncryptionTag = new(TagClass.ContextSpecific, 0);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not one of these.</exception>
    public static IdentityFile? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > MaxSize)
        {
            throw new InvalidDataException($"{path} is too large for a room's certificates.");
        }

        try
        {
            AsnReader outer = new(File.ReadAllBytes(path), AsnEncodingRules.DER);
            AsnReader reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!reader.TryReadInt32(out int version) || version is not (1 or 2))
            {
                throw new InvalidDataException($"{path} is of another version.");
            }

            Certificate signing = Certificate.Decode(reader.ReadOctetString());
            Certificate? encryption = reader.PeekTag() == EncryptionTag ? Certificate.Decode(reader.ReadOctetString(EncryptionTag)) : null;
            Certificate audit = Certificate.Decode(reader.ReadOctetString());
            List<Certificate> chain = List(reader);
            List<Certificate> earlier = version == 2 ? List(reader) : [];
            reader.ThrowIfNotEmpty();
            return new IdentityFile(signing, encryption, audit, chain, earlier);
        }
        catch (Exception e) when (e is AsnContentException or PkiException)
        {
            throw new InvalidDataException($"{path} does not hold a room's certificates: {e.Message}", e);
        }
    }

    private static List<Certificate> List(AsnReader reader)
    {
        AsnReader list = reader.ReadSequence();
        List<Certificate> certificates = [];
        while (list.HasData)
        {
            certificates.Add(Certificate.Decode(list.ReadOctetString()));
        }

        return certificates;
    }

    /// <summary>Writes beside, flushes, renames.</summary>
    public void Write(string path)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(2);
            writer.WriteOctetString(Signing.RawData.Span);
            if (Encryption is not null)
            {
                writer.WriteOctetString(Encryption.RawData.Span, EncryptionTag);
            }

            writer.WriteOctetString(Audit.RawData.Span);
            foreach (IReadOnlyList<Certificate> list in (IReadOnlyList<Certificate>[])[Chain, Earlier])
            {
                using (writer.PushSequence())
                {
                    foreach (Certificate certificate in list)
                    {
                        writer.WriteOctetString(certificate.RawData.Span);
                    }
                }
            }
        }

        string beside = path + ".new";
        using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(writer.Encode());
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
