using System.Formats.Asn1;

namespace Hufu.Pki;

// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL, failInfo BIT STRING OPTIONAL }   (RFC 3161 2.4.2)

/// <summary>A time-stamp response.</summary>
public sealed class TimeStampResponse
{
    private TimeStampResponse(ReadOnlyMemory<byte> rawData, TimeStampStatus status, string? text, TimeStampFailure? failure, TimeStampToken? token)
    {
        RawData = rawData;
        Status = status;
        Text = text;
        Failure = failure;
        Token = token;
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Granted or why not.</summary>
    public TimeStampStatus Status { get; }

    /// <summary>The first statusString, or null.</summary>
    public string? Text { get; }

    /// <summary>The first failInfo bit, or null.</summary>
    public TimeStampFailure? Failure { get; }

    /// <summary>The token; there exactly when granted.</summary>
    public TimeStampToken? Token { get; }

    /// <summary>A response with a token.</summary>
    public static TimeStampResponse Grant(TimeStampToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new TimeStampResponse(Encode(TimeStampStatus.Granted, null, null, token), TimeStampStatus.Granted, null, null, token);
    }

    /// <summary>A refusal.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="text">A sentence for people.</param>
    public static TimeStampResponse Reject(TimeStampFailure failure, string text) =>
        new(Encode(TimeStampStatus.Rejection, text, failure, null), TimeStampStatus.Rejection, text, failure, null);

    private static byte[] Encode(TimeStampStatus status, string? text, TimeStampFailure? failure, TimeStampToken? token) => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            using (w.PushSequence())
            {
                w.WriteInteger((int)status);
                if (text is not null)
                {
                    using (w.PushSequence())
                    {
                        w.WriteCharacterString(UniversalTagNumber.UTF8String, text);
                    }
                }

                if (failure is { } bit)
                {
                    w.WriteNamedBits(1u << (int)bit);
                }
            }

            if (token is not null)
            {
                w.WriteRaw(token.RawData.Span);
            }
        }
    });

    /// <summary>Reads the DER.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a response, granted without a token, or a token with a refusal.</exception>
    public static TimeStampResponse Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.TimeStampResponseSize, "a time-stamp response");
        DerReader outer = new(der);
        DerReader response = outer.ReadSequence();
        DerReader info = response.ReadSequence();
        int status = info.ReadInt32();
        string? text = null;
        if (info.TryReadConstructed(DerTag.Sequence, out DerReader texts))
        {
            while (!texts.IsEmpty)
            {
                string next = texts.ReadString(DerTag.Utf8String);
                text ??= next;
            }
        }

        TimeStampFailure? failure = null;
        if (info.PeekTag() == DerTag.BitString)
        {
            uint bits = info.ReadNamedBits();
            failure = bits == 0 ? null : (TimeStampFailure)System.Numerics.BitOperations.TrailingZeroCount(bits);
        }

        info.ThrowIfNotEmpty();
        TimeStampToken? token = response.IsEmpty ? null : TimeStampToken.Decode(response.ReadEncoded());
        response.ThrowIfNotEmpty();
        return status is >= 0 and <= 5 && status <= 1 == token is not null
            ? new TimeStampResponse(der, (TimeStampStatus)status, text, failure, token)
            : throw PkiException.BadValue("The response's status is not defined or does not fit the presence of a token.");
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
