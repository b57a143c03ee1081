namespace Hufu.Pki;

/// <summary>Where the time at which a signature must have been good comes from.</summary>
public enum SignatureTimeSource
{
    /// <summary>The time of the request; a time stamp is ignored.</summary>
    Given,

    /// <summary>A good time stamp over the signature when there is one, otherwise the time of the request. A bad one fails.</summary>
    TimeStampIfPresent,

    /// <summary>A good time stamp over the signature; without it the message fails.</summary>
    TimeStampRequired,
}

/// <summary>The result for one signer of a message.</summary>
/// <param name="Signer">Which.</param>
/// <param name="Certificate">The signer's certificate, or null when not found.</param>
/// <param name="Signature">Whether the signature fits content and certificate.</param>
/// <param name="Time">The moment that the path was validated for.</param>
/// <param name="TimeStamp">The token's verdict, or null when none was looked at.</param>
/// <param name="Path">The path's verdict, or null when it did not come to that.</param>
/// <param name="Checks">Everything that was checked, in order.</param>
public sealed record SignerVerdict(
    MessageSigner Signer, Certificate? Certificate, MessageSignature Signature, DateTimeOffset Time, TimeStampVerdict? TimeStamp, PathVerdict? Path, IReadOnlyList<PathCheck> Checks)
{
    /// <summary>True when nothing failed.</summary>
    public bool IsValid => Checks.All(c => c.Outcome != CheckOutcome.Failed);

    /// <summary>The sentence of the first failed check, or one that says that all is in order.</summary>
    public string Explanation => Checks.FirstOrDefault(c => c.Outcome == CheckOutcome.Failed)?.Sentence ?? "The signature is in order.";
}

/// <summary>The result for a message.</summary>
/// <param name="Signers">One verdict a signer.</param>
public sealed record SignedMessageVerdict(IReadOnlyList<SignerVerdict> Signers)
{
    /// <summary>True when there is a signer and every one is in order.</summary>
    public bool IsValid => Signers.Count > 0 && Signers.All(s => s.IsValid);

    /// <summary>The explanation of the first signer that is not in order.</summary>
    public string Explanation => Signers.FirstOrDefault(s => !s.IsValid)?.Explanation ?? (Signers.Count == 0 ? "The message has no signer." : "The signature is in order.");
}

/// <summary>
/// Validates a signed message: 1 the signer's certificate is found, 2 the signature fits the content, 3 the time comes from a time stamp or the request,
/// 4 the certificate's path, purpose and revocation are good at that time. Pure.
/// </summary>
public static class SignedMessageValidator
{
    /// <summary>Validates every signer.</summary>
    /// <param name="message">The message.</param>
    /// <param name="detached">The content, used when there is none inside.</param>
    /// <param name="request">Anchors, intermediates (those in the message are added), time, purpose (of the signers), revocation.</param>
    /// <param name="timeSource">Where the time comes from. A time stamp's own path is validated at the request's time.</param>
    public static SignedMessageVerdict Validate(SignedMessage message, ReadOnlyMemory<byte> detached, PathRequest request, SignatureTimeSource timeSource)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(request);
        PathRequest wider = request with { Intermediates = [.. request.Intermediates, .. message.Certificates] };
        return new SignedMessageVerdict([.. message.Signers.Select(s => Validate(message, s, detached, wider, timeSource))]);
    }

    private static SignerVerdict Validate(SignedMessage message, MessageSigner signer, ReadOnlyMemory<byte> detached, PathRequest request, SignatureTimeSource timeSource)
    {
        List<PathCheck> checks = [];
        Certificate? certificate = signer.FindCertificate(request.Intermediates);
        MessageSignature signature = certificate is null ? MessageSignature.NoCertificate : message.Verify(signer, certificate, detached);
        checks.Add(signature == MessageSignature.Valid
            ? PathCheck.Pass("content", certificate, $"The signature of {certificate} covers this content.")
            : PathCheck.Fail("content", PathReason.BadSignature, certificate, Sentence(signature, signer)));
        if (certificate is null || signature != MessageSignature.Valid)
        {
            return new SignerVerdict(signer, certificate, signature, request.Time, null, null, checks);
        }

        (DateTimeOffset time, TimeStampVerdict? stamp) = timeSource == SignatureTimeSource.Given ? (request.Time, null) : ReadTime(signer, request, timeSource, checks);
        PathVerdict path = PathValidator.Validate(certificate, request with { Time = time });
        checks.AddRange(path.Checks);
        return new SignerVerdict(signer, certificate, signature, time, stamp, path, checks);
    }

    private static (DateTimeOffset Time, TimeStampVerdict? Verdict) ReadTime(MessageSigner signer, PathRequest request, SignatureTimeSource timeSource, List<PathCheck> checks)
    {
        try
        {
            if (signer.TimeStampToken is not { } der)
            {
                checks.Add(timeSource == SignatureTimeSource.TimeStampRequired
                    ? PathCheck.Fail("time stamp", PathReason.NoPath, null, "The signature carries no time stamp, and one is required.")
                    : PathCheck.Skip("time stamp", null, "The signature carries no time stamp; the time asked about is used."));
                return (request.Time, null);
            }

            TimeStampToken token = TimeStampToken.Decode(der);
            TimeStampVerdict verdict = token.Verify(signer.Signature.Span, request.Intermediates);
            Certificate? authority = token.FindCertificate(request.Intermediates);
            if (verdict != TimeStampVerdict.Valid)
            {
                checks.Add(PathCheck.Fail("time stamp", PathReason.BadSignature, authority, $"The time stamp is not in order: {verdict}."));
                return (request.Time, verdict);
            }

            PathVerdict path = PathValidator.Validate(authority!, request with
            {
                Purpose = CertificatePurpose.TimeStamping,
                Intermediates = [.. request.Intermediates, .. token.Message.Certificates],
            });
            checks.Add(path.IsValid
                ? PathCheck.Pass("time stamp", authority, $"{authority} stamped the signature at {token.Info.Time:u}.")
                : PathCheck.Fail("time stamp", path.Reason, authority, $"The time stamp's certificate is not in order: {path.Explanation}"));
            return (path.IsValid ? token.Info.Time : request.Time, verdict);
        }
        catch (PkiException e)
        {
            checks.Add(PathCheck.Fail("time stamp", PathReason.BadSignature, null, $"The time stamp cannot be read: {e.Message}"));
            return (request.Time, TimeStampVerdict.BadSignature);
        }
    }

    private static string Sentence(MessageSignature signature, MessageSigner signer) => signature switch
    {
        MessageSignature.NoCertificate => $"The certificate of the signer ({signer.Identifier}) is neither in the message nor given.",
        MessageSignature.NoContent => "The message holds no content and none was given.",
        MessageSignature.DigestMismatch => "The content was changed after it was signed.",
        MessageSignature.WrongContentType => "The signed content type is missing or another than the message's.",
        MessageSignature.Unsupported => $"The signature uses an algorithm that is not offered ({signer.SignatureAlgorithm} with {signer.DigestAlgorithm}).",
        _ => "The signature does not verify under the certificate's key.",
    };
}
