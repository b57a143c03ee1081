namespace Hufu.Pki;

/// <summary>Whether a token is what it should be; the certificate's worth is PathValidator's business.</summary>
public enum TimeStampVerdict
{
    /// <summary>All fits.</summary>
    Valid,

    /// <summary>The stamp is on other data.</summary>
    WrongImprint,

    /// <summary>The nonce or the policy is not the request's.</summary>
    WrongRequest,

    /// <summary>No certificate of the signer was in the token or given.</summary>
    NoCertificate,

    /// <summary>The signature does not verify.</summary>
    BadSignature,

    /// <summary>The attribute that binds the signature to the certificate is missing or names another one.</summary>
    NotBoundToCertificate,

    /// <summary>The certificate is not for time stamping alone, critical (RFC 3161 2.3).</summary>
    WrongPurpose,
}

/// <summary>A time-stamp token: signed data around a TSTInfo, of GM/T 0010 or CMS. Immutable.</summary>
public sealed class TimeStampToken
{
    private TimeStampToken(SignedMessage message, TstInfo info)
    {
        Message = message;
        Info = info;
    }

    /// <summary>The signed data.</summary>
    public SignedMessage Message { get; }

    /// <summary>What the authority states.</summary>
    public TstInfo Info { get; }

    /// <summary>The DER of the ContentInfo.</summary>
    public ReadOnlyMemory<byte> RawData => Message.RawData;

    /// <summary>The one signer.</summary>
    public MessageSigner Signer => Message.Signers[0];

    /// <summary>Signs a statement: SM3, signed attributes, ESSCertIDv2 with SM3.</summary>
    /// <param name="info">The statement.</param>
    /// <param name="signer">The authority's key.</param>
    /// <param name="certificate">The authority's certificate.</param>
    /// <param name="syntax">GM/T 0010 as GM/T 0033 wants it, or CMS for software that only knows that.</param>
    /// <param name="certificates">What the token carries, the authority's certificate first; empty when the request did not ask.</param>
    public static TimeStampToken Sign(TstInfo info, ISigner signer, Certificate certificate, MessageSyntax syntax, IReadOnlyList<Certificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(info);
        SignedMessage message = SignedMessage.Sign(info.Encode(), signer, certificate, new SigningOptions
        {
            Syntax = syntax,
            Placement = ContentPlacement.Attached,
            Attributes = SignedAttributesMode.Standard,
            ContentType = Oids.TstInfo,
            SigningTime = info.Time,
            ExtraAttributes = [SigningCertificateV2.ToAttribute(certificate)],
            Certificates = certificates,
        });
        return new TimeStampToken(message, info);
    }

    /// <summary>Reads the DER of the ContentInfo.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a token, or not exactly one signer.</exception>
    public static TimeStampToken Decode(ReadOnlyMemory<byte> der)
    {
        if (der.Length > PkiLimits.TimeStampResponseSize)
        {
            throw PkiException.TooLarge("A time-stamp token", PkiLimits.TimeStampResponseSize);
        }

        SignedMessage message = SignedMessage.Decode(der);
        if (message.ContentType != Oids.TstInfo || message.Content is not { } content || message.Signers.Count != 1)
        {
            throw PkiException.BadValue("The message is not a time-stamp token: it has another content type, no content, or not one signer.");
        }

        return new TimeStampToken(message, TstInfo.Decode(content));
    }

    /// <summary>The authority's certificate, from the token or from these.</summary>
    public Certificate? FindCertificate(IReadOnlyList<Certificate> further) => Signer.FindCertificate(Message.Certificates) ?? Signer.FindCertificate(further);

    /// <summary>Checks the token against what was stamped.</summary>
    /// <param name="data">The stamped data; its hash is compared.</param>
    /// <param name="further">Certificates besides those carried.</param>
    public TimeStampVerdict Verify(ReadOnlySpan<byte> data, IReadOnlyList<Certificate> further) => Info.Imprint.IsOf(data) ? Verify(further) : TimeStampVerdict.WrongImprint;

    /// <summary>Checks the token against its request.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="further">Certificates besides those carried.</param>
    public TimeStampVerdict Verify(TimeStampRequest request, IReadOnlyList<Certificate> further)
    {
        ArgumentNullException.ThrowIfNull(request);
        return !Info.Imprint.Equals(request.Imprint) ? TimeStampVerdict.WrongImprint
            : Info.Nonce != request.Nonce || (request.Policy is { } policy && policy != Info.Policy) ? TimeStampVerdict.WrongRequest
            : Verify(further);
    }

    /// <summary>Checks the token by itself, without what was stamped.</summary>
    /// <param name="further">Certificates besides those carried.</param>
    public TimeStampVerdict VerifySignature(IReadOnlyList<Certificate> further) => Verify(further);

    private TimeStampVerdict Verify(IReadOnlyList<Certificate> further)
    {
        if (FindCertificate(further) is not { } certificate)
        {
            return TimeStampVerdict.NoCertificate;
        }

        if (Message.Verify(Signer, certificate) != MessageSignature.Valid)
        {
            return TimeStampVerdict.BadSignature;
        }

        if (!SigningCertificateV2.Names(Signer, certificate))
        {
            return TimeStampVerdict.NotBoundToCertificate;
        }

        return certificate.FindExtension(Oids.ExtendedKeyUsage) is { Critical: true } && certificate.ExtendedKeyUsage is { Purposes: [Oids.PurposeTimeStamping] }
            ? TimeStampVerdict.Valid
            : TimeStampVerdict.WrongPurpose;
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
