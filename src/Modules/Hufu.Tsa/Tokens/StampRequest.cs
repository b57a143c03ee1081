using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

// The order of checks (RFC 3161 2.4.1 and 2.4.2, GM/T 0033); the first that fails is the answer:
//   1 it can be read                                  badDataFormat; another version than 1: badRequest
//   2 no extension, critical or not                   unacceptedExtension
//   3 the imprint's algorithm is SM3 or SHA-256       badAlg
//   4 and the imprint is as long as that algorithm's  badDataFormat
//   5 the policy asked for, if any, is ours           unacceptedPolicy

/// <summary>Why no token is given: the bit and a sentence.</summary>
/// <param name="Failure">PKIFailureInfo.</param>
/// <param name="Text">statusString.</param>
internal sealed record StampRefusal(TimeStampFailure Failure, string Text)
{
    /// <summary>From a refusal of the platform.</summary>
    public static StampRefusal Of(Refusal refusal) => new(FailureInfo.Of(refusal.Code), refusal.ToString());
}

/// <summary>Reads and checks requests.</summary>
/// <param name="options">Size and policy.</param>
internal sealed class StampRequest(TsaOptions options)
{
    /// <summary>The request, or why it gets no token.</summary>
    public (TimeStampRequest? Request, StampRefusal? Refusal) Read(ReadOnlyMemory<byte> der)
    {
        // 1
        if (der.Length > options.RequestLimit)
        {
            return (null, new StampRefusal(TimeStampFailure.BadDataFormat, $"At most {options.RequestLimit} bytes."));
        }

        TimeStampRequest request;
        try
        {
            request = TimeStampRequest.Decode(der);
        }
        catch (PkiException unreadable)
        {
            return (null, new StampRefusal(unreadable.Error == PkiError.Unsupported ? TimeStampFailure.BadRequest : TimeStampFailure.BadDataFormat, unreadable.Message));
        }

        // 2
        if (request.Extensions.Count > 0)
        {
            return (null, new StampRefusal(TimeStampFailure.UnacceptedExtension, $"The extension {request.Extensions[0].Oid} is not accepted; none is."));
        }

        // 3
        var imprint = request.Imprint;
        if (imprint.HashAlgorithm.Oid is not (Oids.Sm3 or Oids.Sha256) || !imprint.HashAlgorithm.HasNoParameters)
        {
            return (null, new StampRefusal(TimeStampFailure.BadAlg, $"The imprint's algorithm {imprint.HashAlgorithm.Oid} is not accepted; SM3 and SHA-256 are."));
        }

        // 4
        if (!imprint.IsSupported)
        {
            return (null, new StampRefusal(TimeStampFailure.BadDataFormat, $"The imprint has {imprint.Hash.Length} bytes, which is not the length of its algorithm."));
        }

        // 5
        return request.Policy is { } policy && policy != options.PolicyOid
            ? (null, new StampRefusal(TimeStampFailure.UnacceptedPolicy, $"The policy {policy} is not offered; {options.PolicyOid} is."))
            : (request, null);
    }
}
