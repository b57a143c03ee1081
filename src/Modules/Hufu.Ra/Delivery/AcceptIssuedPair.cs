using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>回执: the receipt that went out with the pair comes back, signed with the new key where the holder's software can. The download was the acceptance; this shows that it arrived whole.</summary>
internal sealed class AcceptIssuedPair(RaDesk desk)
{
    [Clause("6.2.4.1-a")]
    public Task<ApplicationStatus> RunAsync(string id, AcceptPair accept, CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            var row = ApplicationStore.Get(session, id);
            var delivery = DeliveryRow.Get(session, id);
            if (delivery.Receipt is null || accept.ReceiptToken.Length > 64
                || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(AccessToken.Digest(accept.ReceiptToken)), Encoding.ASCII.GetBytes(delivery.Receipt)))
            {
                throw new RefusedException(RefusalCode.CodeWrong, "The receipt token is not the one that went out with the pair.", "receiptToken");
            }

            ApplicationStore.MustBe(row, ApplicationState.Accepted);
            if (delivery.ConfirmedAt is not null)
            {
                throw new RefusedException(RefusalCode.StateWrong, "The receipt is here already.", "receiptToken");
            }

            if (accept.Signature is not null)
            {
                var key = Certificate.Decode(delivery.ToPair(desk.Cipher, id).SigningCertificate).PublicKey;
                HolderSignature.Demand(key, AcceptPair.TextToSign(id, row.SigningSerial!), accept.Signature, "The receipt is not signed with the new signing key.", "signature");
            }

            session.Execute("UPDATE ra_deliveries SET confirmed_at = @Now, signature = @Signature WHERE application = @Id", new { desk.Now, accept.Signature, Id = id });
            StepStore.Add(session, desk.Cipher, id, "confirmed", "holder", null, desk.Now);
            desk.Record(session, "holder", "ra.pair.confirm", id, LedgerOutcome.Done, new JsonObject { ["signing"] = row.SigningSerial, ["signed"] = accept.Signature is not null });
            return row.ToStatus();
        },
        ct);
}
