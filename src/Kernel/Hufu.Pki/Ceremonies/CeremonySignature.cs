namespace Hufu.Pki;

/// <summary>What was found when a signed transcript was taken in.</summary>
/// <param name="Transcript">What was signed.</param>
/// <param name="Signers">The certificate of each person, in the order of <see cref="CeremonyTranscript.People"/>; null where it is not carried.</param>
/// <param name="Problems">Sentences in English, each naming what is wrong; empty when everybody listed was present and signed.</param>
/// <remarks>Trust in the certificates is the caller's: at a root's birth none of them hangs below a CA yet, so they are compared with a list that people signed on paper.</remarks>
public sealed record CeremonyVerdict(CeremonyTranscript Transcript, IReadOnlyList<Certificate?> Signers, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsValid => Problems.Count == 0;
}

/// <summary>
/// A transcript signed by everybody present: GM/T 0010 signedData with the JSON inside and one SignerInfo a person. The platform takes it in with
/// <see cref="Verify"/> and compares the certificates with its staff; nothing but this file is needed.
/// </summary>
public static class CeremonySignature
{
    /// <summary>Signs for the first person, or adds one more to what others signed.</summary>
    /// <param name="transcript">The JSON, as <see cref="CeremonyTranscript.Encode"/> gave it.</param>
    /// <param name="before">What is signed already; null for the first.</param>
    /// <param name="signer">The person's token.</param>
    /// <param name="certificate">The person's certificate.</param>
    /// <param name="time">Now, by the signer's clock.</param>
    /// <exception cref="PkiException">The key is not the certificate's, or what is signed already is other content.</exception>
    public static SignedMessage Sign(ReadOnlyMemory<byte> transcript, SignedMessage? before, ISigner signer, Certificate certificate, DateTimeOffset time)
    {
        SigningOptions options = new()
        {
            Syntax = MessageSyntax.Gm,
            Placement = ContentPlacement.Attached,
            Attributes = SignedAttributesMode.Standard,
            SigningTime = time,
            Certificates = [certificate],
        };
        if (before is null)
        {
            return SignedMessage.Sign(transcript, signer, certificate, options);
        }

        return before.Content is { } content && content.Span.SequenceEqual(transcript.Span)
            ? before.WithSigner(signer, certificate, options)
            : throw new PkiException(PkiError.Mismatch, "The others signed another transcript.");
    }

    /// <summary>
    /// Reads a signed transcript and checks, in this order: its form; that every person listed carries a certificate of the digest listed; that the token answered the
    /// presence challenge; that the person signed; that nobody else did.
    /// </summary>
    /// <param name="signedTranscript">The bytes of transcript.p7s.</param>
    /// <exception cref="PkiException">Not GM/T 0010 signed data around a transcript: there is nothing to judge.</exception>
    public static CeremonyVerdict Verify(ReadOnlyMemory<byte> signedTranscript)
    {
        SignedMessage message = SignedMessage.Decode(signedTranscript);
        if (message.Syntax != MessageSyntax.Gm || message.Content is not { } content)
        {
            throw PkiException.Unsupported("A ceremony's transcript is GM/T 0010 signedData with the transcript inside.");
        }

        var transcript = CeremonyTranscript.Decode(content);
        List<string> problems = [];
        List<Certificate?> signers = [];
        if (transcript.People.Count == 0)
        {
            problems.Add("Nobody was present.");
        }

        foreach (IGrouping<string, CeremonyPerson> twice in transcript.People.GroupBy(p => p.CertificateDigest, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add($"{string.Join(", ", twice.Select(p => p.Name))} share one certificate.");
        }

        foreach (CeremonyPerson person in transcript.People)
        {
            Certificate? certificate = message.Certificates.FirstOrDefault(c => CeremonyTranscript.Digest(c.RawData.Span) == person.CertificateDigest);
            signers.Add(certificate);
            if (certificate is null)
            {
                problems.Add($"{person.Name}: the certificate is not carried.");
                continue;
            }

            if (person.Challenge.Length != 32
                || !certificate.PublicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, CeremonyTranscript.PresenceText(transcript.Id, transcript.ScriptDigest, person.Challenge), person.Answer))
            {
                problems.Add($"{person.Name}: the token did not answer this ceremony's challenge.");
            }

            MessageSigner[] own = [.. message.Signers.Where(s => s.FindCertificate([certificate]) is not null)];
            MessageSignature result = own.Length == 1 ? message.Verify(own[0], certificate) : MessageSignature.NoCertificate;
            if (result != MessageSignature.Valid)
            {
                problems.Add(own.Length == 0 ? $"{person.Name} did not sign." : $"{person.Name}: the signature is {result}.");
            }
        }

        if (message.Signers.Any(s => s.FindCertificate(signers.OfType<Certificate>()) is null))
        {
            problems.Add("Somebody signed who is not among the people.");
        }

        return new CeremonyVerdict(transcript, signers, problems);
    }
}
