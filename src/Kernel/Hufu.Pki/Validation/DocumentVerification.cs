namespace Hufu.Pki;

/// <summary>What a document turned out to be.</summary>
public enum DocumentKind
{
    /// <summary>Nothing that can be verified.</summary>
    NotReadable,

    /// <summary>A certificate.</summary>
    Certificate,

    /// <summary>Signed data of GM/T 0010 or CMS.</summary>
    SignedMessage,

    /// <summary>A time-stamp token or the response with one.</summary>
    TimeStamp,
}

/// <summary>Whether a document may be relied on.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="IsValid">True when it could be read and no check failed.</param>
/// <param name="Time">The moment at which everything had to be good; of a signature with a good time stamp the stamp's.</param>
/// <param name="Subject">The certificate asked about, the first signer's, or the time-stamping authority's; null when not found.</param>
/// <param name="Path">From that certificate to the anchor.</param>
/// <param name="Checks">Every check in the order in which it was made.</param>
/// <param name="Explanation">One sentence: why not, or that all is in order.</param>
public sealed record DocumentVerdict(
    DocumentKind Kind, bool IsValid, DateTimeOffset Time, Certificate? Subject, IReadOnlyList<Certificate> Path, IReadOnlyList<PathCheck> Checks, string Explanation);

/// <summary>Verifies what a relying party holds: a certificate, a signed document or a time stamp, DER or PEM; the kind is found from the bytes. Pure: evidence is given, nothing is fetched.</summary>
public static class DocumentVerification
{
    private static readonly string[] s_labels = [Pem.CertificateLabel, Pem.Pkcs7Label, Pem.CmsLabel];

    /// <summary>The certificates that a document carries or is, for finding evidence about them; empty when it cannot be read.</summary>
    /// <param name="document">DER or PEM.</param>
    public static IReadOnlyList<Certificate> CertificatesOf(ReadOnlyMemory<byte> document)
    {
        object? read = Read(document);
        return read switch
        {
            Certificate certificate => [certificate],
            TimeStampToken token => token.Message.Certificates,
            SignedMessage message => [.. message.Certificates, .. message.Signers.SelectMany(StampedBy)],
            _ => [],
        };
    }

    /// <summary>Verifies.</summary>
    /// <param name="document">DER or PEM.</param>
    /// <param name="content">What was signed or stamped, when it is not inside; empty when it is, or when there is nothing such.</param>
    /// <param name="request">Anchors, intermediates, time, revocation; the purpose counts for certificates and signers.</param>
    public static DocumentVerdict Verify(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> content, PathRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Read(document) switch
        {
            Certificate certificate => Verify(certificate, request),
            TimeStampToken token => Verify(token, content, request),
            SignedMessage message => Verify(message, content, request),
            _ => new DocumentVerdict(DocumentKind.NotReadable, false, request.Time, null, [], [], "This is no certificate, no signed data of GM/T 0010 or CMS, and no time stamp."),
        };
    }

    private static DocumentVerdict Verify(Certificate certificate, PathRequest request)
    {
        PathVerdict verdict = PathValidator.Validate(certificate, request);
        return new DocumentVerdict(DocumentKind.Certificate, verdict.IsValid, request.Time, certificate, verdict.Path, verdict.Checks, verdict.Explanation);
    }

    private static DocumentVerdict Verify(SignedMessage message, ReadOnlyMemory<byte> content, PathRequest request)
    {
        SignedMessageVerdict verdict = SignedMessageValidator.Validate(message, content, request, SignatureTimeSource.TimeStampIfPresent);
        SignerVerdict? first = verdict.Signers.FirstOrDefault(signer => !signer.IsValid) ?? (verdict.Signers.Count > 0 ? verdict.Signers[0] : null);
        return new DocumentVerdict(
            DocumentKind.SignedMessage, verdict.IsValid, first?.Time ?? request.Time, first?.Certificate, first?.Path?.Path ?? [], [.. verdict.Signers.SelectMany(signer => signer.Checks)], verdict.Explanation);
    }

    // A token is judged as of its own time when its certificate was good then and has not been revoked for a compromise since: evidence of now, time of the stamp.
    private static DocumentVerdict Verify(TimeStampToken token, ReadOnlyMemory<byte> content, PathRequest request)
    {
        PathRequest wider = request with { Intermediates = [.. request.Intermediates, .. token.Message.Certificates], Purpose = CertificatePurpose.TimeStamping };
        Certificate? authority = token.FindCertificate(wider.Intermediates);
        List<PathCheck> checks = [];
        TimeStampVerdict own = content.IsEmpty ? token.VerifySignature(wider.Intermediates) : token.Verify(content.Span, wider.Intermediates);
        checks.Add(own == TimeStampVerdict.Valid
            ? PathCheck.Pass("time stamp", authority, $"{authority} says {token.Info.Time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}{(content.IsEmpty ? "; which data it stamped was not compared" : " for this data")}.")
            : PathCheck.Fail("time stamp", PathReason.BadSignature, authority, own == TimeStampVerdict.WrongImprint ? "The time stamp is on other data." : $"The time stamp is not in order: {own}."));
        PathVerdict? path = authority is null ? null : PathValidator.Validate(authority, wider);
        checks.AddRange(path?.Checks ?? []);
        PathCheck? failed = checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Failed);
        return new DocumentVerdict(DocumentKind.TimeStamp, failed is null, token.Info.Time, authority, path?.Path ?? [], checks, failed?.Sentence ?? "The time stamp is in order.");
    }

    private static IReadOnlyList<Certificate> StampedBy(MessageSigner signer)
    {
        try
        {
            return signer.TimeStampToken is { } der ? TimeStampToken.Decode(der).Message.Certificates : [];
        }
        catch (PkiException)
        {
            return []; // told as a failed check when the message is verified
        }
    }

    private static object? Read(ReadOnlyMemory<byte> document)
    {
        foreach (ReadOnlyMemory<byte> der in Candidates(document))
        {
            object? read = Try(() => Certificate.Decode(der)) ?? Try(() => TimeStampResponse.Decode(der).Token!) ?? Try(() => TimeStampToken.Decode(der)) ?? (object?)Try(() => SignedMessage.Decode(der));
            if (read is not null)
            {
                return read;
            }
        }

        return null;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Candidates(ReadOnlyMemory<byte> document)
    {
        if (!document.IsEmpty && document.Span[0] == DerTag.Sequence)
        {
            yield return document;
            yield break;
        }

        foreach (string label in s_labels)
        {
            if (Try(() => new Held(Pem.ToDer(document, label))) is { } held && !held.Der.IsEmpty)
            {
                yield return held.Der;
            }
        }
    }

    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (PkiException)
        {
            return null;
        }
    }

    private sealed record Held(ReadOnlyMemory<byte> Der);
}
