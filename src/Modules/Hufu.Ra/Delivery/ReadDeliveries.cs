using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Delivery;

/// <summary>Shows what was issued and waits for its holder, to those who hand over, make codes anew and audit it. Each look is a signed act, and each application that it shows is on record (6.4.2-d).</summary>
internal sealed class ReadDeliveries(RaDesk desk)
{
    [Clause("6.2.4.1-a")]
    public Task<DeliveryPage> ListAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<DeliveryQuery, DeliveryPage>(
        request,
        ActNames.RaDeliveriesRead,
        static query =>
        {
            ListPage.MustBeWellAsked(query.Limit, query.Purpose, query.After);
            return new ExpectedAct(ActNames.RaDeliveriesRead, "deliveries/issued");
        },
        (session, act, query) =>
        {
            var (rows, next) = DeliveryStore.Waiting(session, new DeliveryStore.Ask(RaDesk.OfficesOf(session, act.Person.PersonId), ListPlace.Parse(query.After), query.Newest, query.Limit));
            desk.RecordShown(session, act, ActNames.RaDeliveriesRead, query.Purpose, [.. rows.Select(static row => row.Id)]);
            return new DeliveryPage([.. rows.Select(row => ToWaiting(row, act.Person))], next);
        },
        ct);

    /// <summary>What is on record of one delivery (6.6.2.1-b).</summary>
    public Task<DeliveryRecord> OneAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        return desk.Context.Acts.RunAsync<ReadingPurpose, DeliveryRecord>(
            request,
            ActNames.RaDeliveriesRead,
            reading =>
            {
                ListPage.MustHavePurpose(reading.Purpose);
                return new ExpectedAct(ActNames.RaDeliveriesRead, $"application/{id}");
            },
            (session, act, reading) =>
            {
                var row = ApplicationStore.Get(session, id);
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                desk.RecordShown(session, act, ActNames.RaDeliveriesRead, reading.Purpose, [id]);
                return DeliveryStore.Of(session, desk.Cipher, row);
            },
            ct);
    }

    private static DeliveryWaiting ToWaiting(DeliveryStore.Row row, StaffMember person) => new(
        row.Id, RaDesk.TitleFor(person, row.Title), row.Profile, row.Office, row.Channel, Time(row.WaitingSince), row.SigningSerial ?? "-", ApplicationData.StateText(row.State, row.SigningSerial ?? "-"),
        row.NotAfter is { } end ? Time(end) : null, Time(row.ExpiresAt), row.TriesLeft, row.CodesMade);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
