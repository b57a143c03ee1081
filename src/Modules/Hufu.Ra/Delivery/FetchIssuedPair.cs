using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>领取: gives the pair out against its one-time code, once; that is acceptance (6.2.4.1-a). Order of checks: used, expired, tries, code, and that it still waits.</summary>
internal sealed class FetchIssuedPair(RaDesk desk)
{
    private const string ActName = "ra.pair.fetch";

    [Clause("6.2.4.1-a")]
    public async Task<FetchedPair> RunAsync(string id, FetchPair fetch, CancellationToken ct)
    {
        RestoreMark.Demand(desk.Context.DataDirectory);

        // The try is taken durably before the code is looked at: a crash never gives one back.
        var refusal = await desk.Context.Database.WriteAsync(session => TakeTry(session, id), ct);
        if (refusal is null && !OneTimeCode.Matches(id, fetch.Code, await desk.Context.Database.ReadAsync(session => DeliveryRow.Get(session, id).CodeDigest, ct)))
        {
            refusal = new Refusal(RefusalCode.CodeWrong, "", "code");
        }

        if (refusal is not null)
        {
            await desk.RecordRefusalAsync("applicant", ActName, id, refusal, ct);
            throw new RefusedException(refusal);
        }

        try
        {
            return await desk.Context.Database.WriteAsync(session => GiveOut(session, id), ct);
        }
        catch (RefusedException late)
        {
            await desk.RecordRefusalAsync("applicant", ActName, id, late.Refusal, ct);
            throw;
        }
    }

    private Refusal? TakeTry(Session session, string id)
    {
        var delivery = DeliveryRow.Get(session, id);
        var refusal = delivery.UsedAt is not null ? new Refusal(RefusalCode.CodeUsed, "", "code")
            : delivery.ExpiresAt <= desk.Now ? new Refusal(RefusalCode.CodeExpired, $"It was good until {desk.Context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(delivery.ExpiresAt))}.", "code")
            : delivery.TriesLeft <= 0 ? new Refusal(RefusalCode.TriesExhausted, "", "code")
            : null;
        if (refusal is null)
        {
            session.Execute("UPDATE ra_deliveries SET tries_left = tries_left - 1 WHERE application = @Id", new { Id = id });
        }

        return refusal;
    }

    private FetchedPair GiveOut(Session session, string id)
    {
        var row = ApplicationStore.Get(session, id);
        var delivery = DeliveryRow.Get(session, id);
        if (delivery.UsedAt is not null)
        {
            throw new RefusedException(RefusalCode.CodeUsed, field: "code");
        }

        // A pair that was revoked before anybody fetched it stays here. Downloaded but not confirmed, it comes again with a new code.
        ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted);
        var receipt = Take(desk, session, row);
        desk.Record(session, "applicant", ActName, id, LedgerOutcome.Done, new JsonObject { ["signing"] = row.SigningSerial });
        return ToFetched(delivery.ToPair(desk.Cipher, id), receipt);
    }

    /// <summary>Marks the code used and, the first time, the pair accepted: from now on it may be published (6.2.4.2-a).</summary>
    /// <returns>The receipt token.</returns>
    [Clause("6.2.4.1-a")]
    [Clause("6.2.4.2-a")]
    public static string Take(RaDesk desk, Session session, ApplicationRow row)
    {
        var receipt = SecureRandom.NewId();
        session.Execute(
            "UPDATE ra_deliveries SET used_at = @Now, receipt = @Receipt, accepted_at = COALESCE(accepted_at, @Now) WHERE application = @Id", new { desk.Now, Receipt = AccessToken.Digest(receipt), row.Id });
        if (row.State == ApplicationState.Issued)
        {
            desk.Move(session, row, ApplicationState.Accepted, desk.Now);
            IReadOnlyList<string> serials = row.EncryptionSerial is null ? [row.SigningSerial!] : [row.SigningSerial!, row.EncryptionSerial];
            desk.Context.Post.Publish(session, new CertificateAccepted(row.Id, serials, row.Publish, desk.Context.Clock.GetUtcNow()));
            StepStore.Add(session, desk.Cipher, row.Id, "accepted", "holder", null, desk.Now);
            desk.Record(session, "holder", "ra.pair.accept", row.Id, LedgerOutcome.Done, new JsonObject { ["signing"] = row.SigningSerial, ["publish"] = row.Publish });
        }

        return receipt;
    }

    // 6.6.2.1-d: the chain without the root, as PKCS#7.
    [Clause("6.6.2.1-d")]
    internal static FetchedPair ToFetched(PairIssued pair, string receipt)
    {
        var chain = pair.Chain.Select(der => Certificate.Decode(der)).Where(certificate => !certificate.IsSelfIssued).ToList();
        var signing = Certificate.Decode(pair.SigningCertificate);
        var encryption = pair.EncryptionCertificate is null ? null : Certificate.Decode(pair.EncryptionCertificate);
        var enveloped = pair.EnvelopedKey is null ? null : Sm2EnvelopedKey.Decode(pair.EnvelopedKey);
        var response = CsrResponse.Create([signing, .. chain], enveloped, encryption is null ? [] : [encryption, .. chain]);
        return new FetchedPair(pair.SigningCertificate, pair.EncryptionCertificate, pair.EnvelopedKey, CertificateBag.Encode(chain, MessageSyntax.Cms), response.Encode(), receipt, pair.History);
    }
}
