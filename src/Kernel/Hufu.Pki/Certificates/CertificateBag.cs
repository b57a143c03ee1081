using System.Formats.Asn1;

namespace Hufu.Pki;

// ContentInfo { signedData, SignedData { version 1, digestAlgorithms {}, contentInfo { data }, certificates [0], signerInfos {} } }   (RFC 2315 9.1, degenerate)

/// <summary>A chain of certificates as a file: the degenerate PKCS#7 that .p7b is.</summary>
public static class CertificateBag
{
    /// <summary>Encodes certificates.</summary>
    /// <param name="certificates">In the order of the chain; the order is kept.</param>
    /// <param name="syntax">Whose content types: <see cref="MessageSyntax.Cms"/> for .p7b that operating systems open.</param>
    public static byte[] Encode(IReadOnlyList<Certificate> certificates, MessageSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(MessageOids.SignedData(syntax));
                using (w.PushContext(0))
                using (w.PushSequence())
                {
                    w.WriteInteger(1);
                    using (w.PushSetOf())
                    {
                    }

                    using (w.PushSequence())
                    {
                        w.WriteObjectIdentifier(MessageOids.Data(syntax));
                    }

                    WriteCertificates(w, certificates);
                    using (w.PushSetOf())
                    {
                    }
                }
            }
        });
    }

    // A sequence scope under the SET's tag: the order given is the order of the chain, which readers of such files rely on more than on the sorting of DER.
    internal static void WriteCertificates(AsnWriter writer, IReadOnlyList<Certificate> certificates)
    {
        if (certificates.Count > 0)
        {
            using (writer.PushContext(0))
            {
                foreach (Certificate certificate in certificates)
                {
                    writer.WriteRaw(certificate.RawData.Span);
                }
            }
        }
    }

    /// <summary>Reads the certificates of any signed message, degenerate or not, of either syntax; DER or PEM.</summary>
    /// <exception cref="PkiException">Not a signed message.</exception>
    public static IReadOnlyList<Certificate> Decode(ReadOnlyMemory<byte> data) => SignedMessage.Decode(Pem.ToDer(data, Pem.Pkcs7Label)).Certificates;

    /// <summary>Reads certificates from a file of any usual kind: PEM blocks, one DER certificate, a .p7b.</summary>
    /// <exception cref="PkiException">None of these.</exception>
    public static IReadOnlyList<Certificate> DecodeAny(ReadOnlyMemory<byte> data)
    {
        ReadOnlySpan<byte> span = data.Span;
        if (span.IndexOf("-----BEGIN "u8) >= 0)
        {
            string text = System.Text.Encoding.Latin1.GetString(span);
            IReadOnlyList<byte[]> blocks = Pem.DecodeAll(text, Pem.CertificateLabel);
            return blocks.Count > 0 ? [.. blocks.Select(b => Certificate.Decode(b))] : Decode(data);
        }

        ReadOnlyMemory<byte> der = Pem.ToDer(data, Pem.CertificateLabel);
        DerReader reader = new(der);
        DerReader inner = reader.ReadSequence();
        return inner.PeekTag() == DerTag.ObjectIdentifier ? SignedMessage.Decode(der).Certificates : [Certificate.Decode(der)];
    }
}
