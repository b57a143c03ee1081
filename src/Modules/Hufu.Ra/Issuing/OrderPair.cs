using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Ra.Delivery;
using Hufu.Ra.Notices;
using Hufu.Ra.Vetting;
using Hufu.Records;

namespace Hufu.Ra.Issuing;

/// <summary>
/// Sends the approved application to the CA as a sealed order (6.2.3.1-a). The order leaves through the outbox in the approval's own transaction; its id is the application's number and the
/// approval's digest: one approval is one order, and however often it is sent there is one pair (R03).
/// </summary>
internal sealed class OrderPair
{
    private const int MostHistory = 20;

    private readonly RaDesk desk;
    private readonly CodeNotice notice;

    public OrderPair(RaDesk desk, CodeNotice notice)
    {
        (this.desk, this.notice) = (desk, notice);
        Many = new OrderMany(desk, this);
    }

    /// <summary>What travels together.</summary>
    public OrderMany Many { get; }

    [Clause("6.2.3.1-a")]
    public void Enqueue(Session session, ApplicationRow row)
    {
        RestoreMark.Demand(desk.Context.DataDirectory);
        if (row.Batch is null)
        {
            Alone(session, row);
        }
        else
        {
            Many.Enqueue(session, row);
        }
    }

    /// <summary>Orders one application by itself.</summary>
    public void Alone(Session session, ApplicationRow row)
    {
        var order = Order(session, row);
        desk.Context.Post.Enqueue(session, Rooms.Ca, order, $"{row.Id}-{ActStatement.Digest(Encoding.UTF8.GetBytes(order.Approval.Statement))[..16]}");
    }

    /// <summary>The order for an application that was entered and approved.</summary>
    public IssuePair Order(Session session, ApplicationRow row)
    {
        var entry = StaffActRow.Find(session, row.Id, StaffActRow.Entry) ?? throw new RefusedException(RefusalCode.StateWrong, "The application was not entered.");
        var approval = StaffActRow.Find(session, row.Id, StaffActRow.Decision) ?? throw new RefusedException(RefusalCode.StateWrong, "The application was not approved.");
        var fields = SealedFields.Open(desk.Cipher, row);
        return new IssuePair(
            row.Id, row.Profile, fields, row.Request, HolderIdentifier.Of(desk.HolderProfile(row.Profile), fields), row.OrderedRenewalOf,
            entry.ToSignedAct(), entry.Certificate, approval.ToSignedAct(), approval.Certificate, PaperStore.Digests(session, row.Id));
    }

    /// <summary>The CA's final answer, in the transaction that takes it in.</summary>
    public void Answered(Session session, string id, PairIssued? pair, Refusal? refusal)
    {
        if (pair is not null)
        {
            Issued(session, id, pair);
        }
        else
        {
            Refused(session, id, refusal ?? new Refusal(RefusalCode.Fault, ""));
        }
    }

    /// <summary>The CA has issued: keep the pair, make the one-time code, tell the applicant. In the reply's own transaction.</summary>
    private void Issued(Session session, string id, PairIssued pair)
    {
        var row = ApplicationStore.Get(session, id);
        if (row.State != ApplicationState.Approved)
        {
            return;
        }

        var now = desk.Now;
        var signing = Certificate.Decode(pair.SigningCertificate);
        MustBeWhole(row, pair, signing);
        row.SigningSerial = signing.SerialHex;
        row.EncryptionSerial = pair.EncryptionCertificate is null ? null : Certificate.Decode(pair.EncryptionCertificate).SerialHex;
        session.Execute(
            "UPDATE ra_applications SET signing_serial = @SigningSerial, encryption_serial = @EncryptionSerial, not_after = @End WHERE id = @Id",
            new { row.SigningSerial, row.EncryptionSerial, End = signing.NotAfter.ToUnixTimeMilliseconds(), row.Id });
        var (code, until) = notice.Leave(session, row);
        session.Execute(
            """
            INSERT INTO ra_deliveries (application, pair, code_digest, expires_at, tries_left)
            VALUES (@Id, @Pair, @CodeDigest, @Until, @Tries)
            """,
            new
            {
                row.Id,
                Pair = DeliveryRow.Seal(desk.Cipher, id, pair),
                CodeDigest = code,
                Until = until,
                Tries = desk.Context.Policy.Values.OneTimeCodeTries,
            });
        // For whoever hands the medium over at a counter: printed, not sent.
        NoticeStore.Add(
            session, desk.Cipher, row.Id, "", desk.Notices.Fill(NoticeText.Receipt(id, row.Title, row.SigningSerial, row.EncryptionSerial, desk.Context.Policy.Values.LocalText(desk.Context.Clock.GetUtcNow()))), now,
            NoticeStore.Counter);
        desk.Move(session, row, ApplicationState.Issued, now);
        StepStore.Add(session, desk.Cipher, id, "issued", "ca", null, now);
        desk.Record(session, "ca", "ra.pair.receive", id, LedgerOutcome.Done, new JsonObject { ["signing"] = row.SigningSerial, ["encryption"] = row.EncryptionSerial });
    }

    // R23: no signing certificate without its twin, none for another key than the applicant's. Such an answer is not taken in: the order stays where health shows it, with these words.
    private void MustBeWhole(ApplicationRow row, PairIssued pair, Certificate signing)
    {
        var dual = desk.HolderProfile(row.Profile).Pairs == KeyPairs.Dual;
        if (dual != pair.EncryptionCertificate is not null || dual != pair.EnvelopedKey is not null
            || ActStatement.Digest(signing.PublicKey.Encode()) != row.KeyDigest || !IsHistory(pair.History))
        {
            throw new InvalidDataException($"The CA's answer to {row.Id} is not the pair that was ordered.");
        }
    }

    private static bool IsHistory(IReadOnlyList<RecoveredKey>? keys)
    {
        try
        {
            return keys is null || (keys.Count <= MostHistory && keys.All(key => key.UserCertNo.Length <= 64 && Sm2EnvelopedKey.Decode(key.EnvelopedKey) is not null));
        }
        catch (PkiException)
        {
            return false;
        }
    }

    /// <summary>The CA refused the order for good: back to entry with the reason, and the applicant is told.</summary>
    private void Refused(Session session, string id, Refusal refusal)
    {
        var row = ApplicationStore.Get(session, id);
        if (row.State != ApplicationState.Approved)
        {
            return;
        }

        var now = desk.Now;
        var reason = $"{RefusalCatalogue.Of(refusal.Code).Zh} {refusal.Evidence}".Trim();
        desk.Move(session, row, ApplicationState.Refused, now, reason);
        StepStore.Add(session, desk.Cipher, id, "refused", "ca", reason, now);
        desk.Notify(session, row, NoticeText.Refused(id, row.Title, reason));
        desk.Record(session, "ca", "ra.pair.receive", id, LedgerOutcome.Refused, new JsonObject { ["code"] = refusal.Code.ToString(), ["evidence"] = refusal.Evidence });
    }
}
