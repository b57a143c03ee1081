using System.Globalization;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Tsa.Tokens;

/// <summary>With whose key tokens are signed.</summary>
/// <param name="Certificate">The time-stamping certificate: extKeyUsage timeStamping, critical and alone.</param>
/// <param name="Signer">Its key.</param>
internal sealed record TsaIdentity(Certificate Certificate, ISigner Signer);

// The order of work:
//   1 the service has its certificate, and that is in its validity
//   2 the request passes (StampRequest)
//   3 time and serial are taken
//   4 the token is signed
//   5 it is in the ledger, and the latest time is in the database: durable before anybody sees the token (R24)

/// <summary>Gives time-stamp tokens (6.6.2.8; RFC 3161, GM/T 0033).</summary>
internal sealed class Stamper(
    Database database, Ledger ledger, Func<TsaIdentity?> identity, TokenClock tokenClock, TokenSerials serials, TimeProvider clock, ClockBounds bounds, TsaOptions options, ILogger log)
{
    private readonly StampRequest _requests = new(options);

    /// <summary>Answers a request; a refusal is an answer too.</summary>
    /// <param name="request">TimeStampReq, DER.</param>
    /// <param name="syntax">GM/T 0010, as GM/T 0033 wants it, or CMS.</param>
    /// <param name="ct">Cancels before the token is in the ledger.</param>
    /// <returns>TimeStampResp.</returns>
    public async Task<TimeStampResponse> AnswerAsync(ReadOnlyMemory<byte> request, MessageSyntax syntax, CancellationToken ct)
    {
        try
        {
            var (read, refusal) = _requests.Read(request);
            return read is null ? Reject(refusal!) : TimeStampResponse.Grant(await StampAsync(read, syntax, ct));
        }
        catch (RefusedException refused)
        {
            TsaLog.Refused(log, refused.Refusal.Code, refused.Refusal.Evidence);
            return Reject(StampRefusal.Of(refused.Refusal));
        }
        catch (LedgerException ledgerFault)
        {
            TsaLog.Fault(log, ledgerFault);
            return Reject(StampRefusal.Of(new Refusal(RefusalCode.LedgerUnavailable, "")));
        }
#pragma warning disable CA1031 // RFC 3161 2.4.2: a fault is a systemFailure to the client; the log has the rest.
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            TsaLog.Fault(log, fault);
            return Reject(StampRefusal.Of(new Refusal(RefusalCode.Fault, "")));
        }
#pragma warning restore CA1031
    }

    /// <summary>A response without a token.</summary>
    public static TimeStampResponse Reject(StampRefusal refusal) => TimeStampResponse.Reject(refusal.Failure, refusal.Text);

    private async Task<TimeStampToken> StampAsync(TimeStampRequest request, MessageSyntax syntax, CancellationToken ct)
    {
        // 1
        var (certificate, signer) = identity() ?? throw new RefusedException(RefusalCode.NotInitialised, "The time-stamping certificate is not installed.");
        if (!certificate.IsValidAt(clock.GetUtcNow()))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The time-stamping certificate ended at {certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        }

        // 3
        var time = tokenClock.Next();
        var serial = SerialNumber.FromBytes(serials.Next());

        // 4
        var info = new TstInfo
        {
            Policy = options.PolicyOid,
            Imprint = request.Imprint,
            SerialNumber = serial,
            Time = DateTimeOffset.UnixEpoch.AddMicroseconds(time),
            Accuracy = bounds.Accuracy,
            Ordering = bounds.Ordering,
            Nonce = request.Nonce,
        };
        var token = TimeStampToken.Sign(info, signer, certificate, syntax, request.CertificateRequested ? [certificate] : []);

        // 5
        var record = Record(token, syntax);
        await database.WriteAsync(
            session =>
            {
                ledger.Append(session, record);
                ClockStore.Given(session, time);
            },
            ct);
        return token;
    }

    private static LedgerRecord Record(TimeStampToken token, MessageSyntax syntax) => new()
    {
        Actor = "tsa",
        Act = "tsa.token.given",
        Object = "token/" + token.Info.SerialNumber,
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["time"] = token.Info.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["imprintAlgorithm"] = token.Info.Imprint.HashAlgorithm.Oid,
            ["imprint"] = Convert.ToHexStringLower(token.Info.Imprint.Hash.Span),
            ["token"] = Convert.ToHexStringLower(Sm3.HashData(token.RawData.Span)),
            ["syntax"] = syntax == MessageSyntax.Gm ? "gm" : "cms",
        },
    };
}
