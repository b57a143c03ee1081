namespace Hufu.Pki;

/// <summary>Several signers of the same content.</summary>
public sealed partial class SignedMessage
{
    /// <summary>The same message with one more signer beside those that are there; their signatures are untouched.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="certificate">The certificate of this key.</param>
    /// <param name="options">Syntax and placement must be the message's; certificates listed here are added to those carried.</param>
    /// <param name="detached">The content, when there is none inside.</param>
    /// <exception cref="PkiException">Key and certificate do not belong together, another syntax, too many signers, or no content at hand.</exception>
    public SignedMessage WithSigner(ISigner signer, Certificate certificate, SigningOptions options, ReadOnlyMemory<byte> detached = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Syntax != Syntax || (options.ContentType ?? MessageOids.Data(Syntax)) != ContentType)
        {
            throw PkiException.BadValue("A further signer signs in the same syntax and for the same content type.");
        }

        if (Content is null && detached.IsEmpty)
        {
            throw PkiException.BadValue("The message is detached: its content is needed to sign it.");
        }

        if (Signers.Count == PkiLimits.SignersOrRecipients)
        {
            throw PkiException.TooLarge("The number of signers", PkiLimits.SignersOrRecipients);
        }

        SignedMessage alone = Sign(Content ?? detached, signer, certificate, options with { Certificates = [], RevocationLists = [] });
        Certificate[] certificates = [.. Certificates.Concat(options.Certificates).Distinct()];
        byte[] der = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(MessageOids.SignedData(Syntax));
                using (w.PushContext(0))
                using (w.PushSequence())
                {
                    WriteHead(w);
                    CertificateBag.WriteCertificates(w, certificates);
                    WriteRevocationLists(w, RevocationLists);
                    using (w.PushSetOf())
                    {
                        foreach (MessageSigner present in Signers)
                        {
                            w.WriteRaw(present.RawData.Span);
                        }

                        w.WriteRaw(alone.Signers[0].RawData.Span);
                    }
                }
            }
        });
        return new SignedMessage(der);
    }

    // version, digestAlgorithms and contentInfo as they are; SM3 or SHA-256 is in the set already unless keys of two kinds sign.
    private void WriteHead(System.Formats.Asn1.AsnWriter writer)
    {
        DerReader reader = new(_beforeSigners);
        for (int field = 0; field < 3; field++)
        {
            writer.WriteRaw(reader.ReadEncoded().Span);
        }
    }
}
