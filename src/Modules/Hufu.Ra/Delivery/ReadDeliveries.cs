using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Delivery;

/// <summary>
/// Shows what was issued and waits for its holder, and hand-overs whose signed receipt has not come as a scan, to those who hand over, make codes anew and audit it. Each look is a signed act, and each application that it shows
/// is on record (6.4.2-d).
/// </summary>
internal sealed class ReadDeliveries(RaDesk desk)
{
    private readonly SignedLook looks = new(desk, ActNames.RaDeliveriesRead);

    [Clause("6.2.4.1-a")]
    public Task<DeliveryPage> ListAsync(ActRequest request, CancellationToken ct) => looks.PageAsync<DeliveryQuery, DeliveryPage>(
        request, static query => query.ReceiptMissing ? "deliveries/receipts" : "deliveries/issued",
        static (look, query) =>
        {
            var (rows, next) = DeliveryStore.Waiting(look.Session, new DeliveryStore.Ask(look.Offices, ListPlace.Parse(query.After), query.Newest, query.Limit, query.ReceiptMissing));
            look.Shown([.. rows.Select(static row => row.Id)]);
            return new DeliveryPage([.. rows.Select(row => ToWaiting(row, look.Person))], next);
        },
        ct);

    /// <summary>What is on record of one delivery (6.6.2.1-b).</summary>
    public Task<DeliveryRecord> OneAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        return looks.OneAsync(
            request, $"application/{id}",
            look =>
            {
                var row = ApplicationStore.Get(look.Session, id);
                look.MustReach(row.Office);
                look.Shown([id]);
                return DeliveryStore.Of(look.Session, desk.Cipher, row);
            },
            ct);
    }

    private static DeliveryWaiting ToWaiting(DeliveryStore.Row row, StaffMember person) => new(
        row.Id, RaDesk.TitleFor(person, row.Title), row.Profile, row.Office, row.Channel, row.WaitingSince.Moment(), row.SigningSerial ?? "-", ApplicationData.StateText(row.State, row.SigningSerial ?? "-"),
        row.NotAfter.Moment(), row.ExpiresAt.Moment(), row.TriesLeft, row.CodesMade, row.HandedBy, row.ReceiptScan);
}
