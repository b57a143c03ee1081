using System.Formats.Asn1;
using Hufu.Contracts;
using Hufu.Crypto;
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
    private const int MostPlainNonce = 32;

    // The four ways to write an accepted algorithm: SM3 and SHA-256, parameters absent or NULL.
    private static readonly (string Oid, byte[] Algorithm)[] s_algorithms =
    [
        .. from oid in new[] { Oids.Sm3, Oids.Sha256 } from none in new ReadOnlyMemory<byte>?[] { null, new byte[] { 5, 0 } } select (oid, AlgorithmIdentifier.Create(oid, none).RawData.ToArray()),
    ];

    private readonly byte[] _policy = Encoded(options.PolicyOid);

    /// <summary>Reads a request into a work.</summary>
    /// <param name="der">TimeStampReq, DER; copied as far as it is needed.</param>
    /// <param name="syntax">What is given for it.</param>
    /// <param name="work">Receives what is asked for.</param>
    /// <returns>Why it gets no token; null when it gets one.</returns>
    public StampRefusal? Read(ReadOnlySpan<byte> der, MessageSyntax syntax, StampWork work)
    {
        // 1
        if (der.Length > options.RequestLimit)
        {
            return new StampRefusal(TimeStampFailure.BadDataFormat, $"At most {options.RequestLimit} bytes.");
        }

        return TryReadPlain(der, syntax, work) ? null : ReadAny(der.ToArray(), syntax, work);
    }

    private StampRefusal? ReadAny(byte[] der, MessageSyntax syntax, StampWork work)
    {
        TimeStampRequest request;
        try
        {
            request = TimeStampRequest.Decode(der);
        }
        catch (PkiException unreadable)
        {
            return new StampRefusal(unreadable.Error == PkiError.Unsupported ? TimeStampFailure.BadRequest : TimeStampFailure.BadDataFormat, unreadable.Message);
        }

        // 2
        if (request.Extensions.Count > 0)
        {
            return new StampRefusal(TimeStampFailure.UnacceptedExtension, $"The extension {request.Extensions[0].Oid} is not accepted; none is.");
        }

        // 3
        var imprint = request.Imprint;
        if (imprint.HashAlgorithm.Oid is not (Oids.Sm3 or Oids.Sha256) || !imprint.HashAlgorithm.HasNoParameters)
        {
            return new StampRefusal(TimeStampFailure.BadAlg, $"The imprint's algorithm {imprint.HashAlgorithm.Oid} is not accepted; SM3 and SHA-256 are.");
        }

        // 4
        if (!imprint.IsSupported)
        {
            return new StampRefusal(TimeStampFailure.BadDataFormat, $"The imprint has {imprint.Hash.Length} bytes, which is not the length of its algorithm.");
        }

        // 5
        if (request.Policy is { } policy && policy != options.PolicyOid)
        {
            return new StampRefusal(TimeStampFailure.UnacceptedPolicy, $"The policy {policy} is not offered; {options.PolicyOid} is.");
        }

        work.Ask(syntax, imprint.HashAlgorithm.Oid, imprint.HashAlgorithm.RawData.Span, imprint.Hash.Span, request.Nonce is { } nonce ? nonce.ToByteArray(isBigEndian: true) : [], request.CertificateRequested);
        return null;
    }

    // The request that nearly all clients send, read in place without allocating: an accepted algorithm, our policy or none, a short nonce or none, certReq TRUE or absent, every length in its shortest form. It reads nothing that
    // the other way would refuse; whatever it does not know is left to that.
    private bool TryReadPlain(ReadOnlySpan<byte> der, MessageSyntax syntax, StampWork work)
    {
        if (!Next(ref der, 0x30, out var fields) || !der.IsEmpty || !Next(ref fields, 0x02, out var version) || version is not [1] || !Next(ref fields, 0x30, out var imprint))
        {
            return false;
        }

        foreach (var (oid, algorithm) in s_algorithms)
        {
            if (!imprint.StartsWith(algorithm))
            {
                continue;
            }

            var rest = imprint[algorithm.Length..];
            if (!Next(ref rest, 0x04, out var hash) || hash.Length != Sm3.HashSizeInBytes || !rest.IsEmpty)
            {
                return false;
            }

            if (fields.StartsWith(_policy))
            {
                fields = fields[_policy.Length..];
            }

            var hasNonce = Next(ref fields, 0x02, out var nonce);
            if (hasNonce && (nonce.Length is 0 or > MostPlainNonce || (nonce.Length > 1 && (nonce[0] == 0 ? nonce[1] < 0x80 : nonce[0] == 0xFF && nonce[1] >= 0x80))))
            {
                return false;
            }

            var certificate = fields is [0x01, 0x01, 0xFF];
            if (!certificate && !fields.IsEmpty)
            {
                return false;
            }

            work.Ask(syntax, oid, algorithm, hash, nonce, certificate);
            return true;
        }

        return false;
    }

    private static bool Next(ref ReadOnlySpan<byte> der, byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (der.Length < 2 || der[0] != tag || der[1] >= 0x80 || der.Length - 2 < der[1])
        {
            return false;
        }

        content = der.Slice(2, der[1]);
        der = der[(2 + content.Length)..];
        return true;
    }

    private static byte[] Encoded(string oid)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(oid);
        return writer.Encode();
    }
}
