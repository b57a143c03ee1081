using System.Formats.Asn1;

namespace Hufu.Pki;

// CSRResponse ::= SEQUENCE { signCertificate CertificateSet, encryptedPrivateKey [0] SM2EnvelopedKey OPTIONAL, encryptCertificate [1] IMPLICIT CertificateSet OPTIONAL }
// (GM/T 0092-2020)

/// <summary>What a requester gets back: the signing certificate with its chain, and the encryption pair with its certificate.</summary>
public sealed class CsrResponse
{
    private CsrResponse(IReadOnlyList<Certificate> signing, Sm2EnvelopedKey? key, IReadOnlyList<Certificate> encryption)
    {
        SigningCertificates = signing;
        EncryptedPrivateKey = key;
        EncryptionCertificates = encryption;
    }

    /// <summary>The signing certificate first, then its chain.</summary>
    public IReadOnlyList<Certificate> SigningCertificates { get; }

    /// <summary>The encryption key pair under the signing key, or null.</summary>
    public Sm2EnvelopedKey? EncryptedPrivateKey { get; }

    /// <summary>The encryption certificate first, then its chain; empty when there is none.</summary>
    public IReadOnlyList<Certificate> EncryptionCertificates { get; }

    /// <summary>Builds one; the orders given are kept, the holder's certificates come first.</summary>
    /// <exception cref="PkiException"><see cref="PkiError.Mismatch"/>: the first encryption certificate has another key than the one enveloped.</exception>
    public static CsrResponse Create(IReadOnlyList<Certificate> signing, Sm2EnvelopedKey? key, IReadOnlyList<Certificate> encryption)
    {
        ArgumentNullException.ThrowIfNull(signing);
        ArgumentNullException.ThrowIfNull(encryption);
        return signing.Count == 0 || (key is null) != (encryption.Count == 0)
            ? throw PkiException.BadValue("A response holds a signing certificate, and the encryption key with its certificate or neither.")
            : Checked(new CsrResponse(signing, key, encryption));
    }

    private static CsrResponse Checked(CsrResponse response) =>
        response.EncryptedPrivateKey is { } key && response.EncryptionCertificates is [Certificate first, ..] && !first.PublicKey.PublicKey.Span.SequenceEqual(key.PublicKeyPoint.Span)
            ? throw new PkiException(PkiError.Mismatch, "The encryption certificate has another key than the one enveloped.")
            : response;

    /// <summary>The DER; [0] EXPLICIT around the SM2EnvelopedKey, as the one other implementation seen does (standards.md 4.6).</summary>
    public byte[] Encode() => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            WriteSet(w, DerTag.Set, SigningCertificates);
            if (EncryptedPrivateKey is { } key)
            {
                using (w.PushContext(0))
                {
                    key.Write(w);
                }
            }

            if (EncryptionCertificates.Count > 0)
            {
                WriteSet(w, DerTag.ContextConstructed(1), EncryptionCertificates);
            }
        }
    });

    // Not sorted as DER sorts a SET OF: readers take the first certificate for the holder's.
    private static void WriteSet(AsnWriter writer, byte tag, IReadOnlyList<Certificate> certificates) =>
        writer.WriteRaw(DerWriting.Retag(tag, [.. certificates.SelectMany(c => c.Encode())]));

    /// <summary>Reads the DER; [0] EXPLICIT or IMPLICIT. Sets may come sorted, so the first certificate that is no CA's is put first.</summary>
    /// <exception cref="PkiException">Not a CSRResponse, or key and certificate do not belong together.</exception>
    public static CsrResponse Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.MessageSize, "a CSRResponse");
        DerReader outer = new(der);
        DerReader reader = outer.ReadSequence();
        DerReader set = reader.ReadSet();
        List<Certificate> signing = ReadSet(ref set);
        Sm2EnvelopedKey? key = null;
        if (reader.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            // EXPLICIT holds one SEQUENCE; IMPLICIT begins with the AlgorithmIdentifier and goes on.
            DerReader probe = wrapped;
            probe.ReadEncoded();
            DerReader fields = probe.IsEmpty ? wrapped.ReadSequence() : wrapped;
            key = Sm2EnvelopedKey.ReadFields(ref fields);
        }

        IReadOnlyList<Certificate> encryption = reader.TryReadConstructed(0xA1, out DerReader encryptionSet) ? ReadSet(ref encryptionSet) : [];
        reader.ThrowIfNotEmpty();
        return signing.Count == 0 ? throw PkiException.BadValue("A CSRResponse without a signing certificate.") : Checked(new CsrResponse(signing, key, encryption));
    }

    private static List<Certificate> ReadSet(ref DerReader set)
    {
        List<Certificate> certificates = [];
        while (!set.IsEmpty)
        {
            if (certificates.Count == PkiLimits.CertificatesInMessage)
            {
                throw PkiException.TooLarge("The number of certificates", PkiLimits.CertificatesInMessage);
            }

            certificates.Add(Certificate.Decode(set.ReadEncoded()));
        }

        int holder = certificates.FindIndex(c => !c.IsAuthority);
        if (holder > 0)
        {
            certificates.Insert(0, certificates[holder]);
            certificates.RemoveAt(holder + 1);
        }

        return certificates;
    }
}
