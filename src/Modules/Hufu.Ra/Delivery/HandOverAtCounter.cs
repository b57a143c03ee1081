using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Delivery;

/// <summary>The holder takes the medium at the counter, which is acceptance (6.2.4.1-a): who took it, how they were identified, and the receipt are on record; the mailed code is void.</summary>
internal sealed class HandOverAtCounter(RaDesk desk)
{
    [Clause("6.2.4.1-a")]
    public Task<FetchedPair> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<HandOver, FetchedPair>(
            request,
            ActNames.RaPairHandOver,
            handed => handed.ReceivedBy.Trim().Length is 0 or > 100 || handed.Identified.Trim().Length is 0 or > 500 || handed.Medium?.Length > 64
                ? throw new RefusedException(RefusalCode.FieldInvalid, "Who took it: 1 to 100 characters; how they were identified: 1 to 500; the medium's number: at most 64.", "receivedBy")
                : new ExpectedAct(ActNames.RaPairHandOver, $"application/{id}", session => (row = ApplicationStore.Get(session, id)).DeliveryState()),
            (session, act, handed) =>
            {
                RestoreMark.Demand(desk.Context.DataDirectory);
                ApplicationStore.MustBe(row, ApplicationState.Issued);
                if (handed.Receipt is not null && !PaperStore.Of(session, id).Any(paper => paper.Digest == handed.Receipt))
                {
                    throw new RefusedException(RefusalCode.EvidenceMissing, "The receipt is none of the papers that were handed in.", "receipt");
                }

                var delivery = DeliveryRow.Get(session, id);
                var token = FetchIssuedPair.Take(desk, session, row);
                session.Execute(
                    "UPDATE ra_deliveries SET received_by = @By, medium = @Medium WHERE application = @Id",
                    new { By = desk.Cipher.Seal(Encoding.UTF8.GetBytes($"{handed.ReceivedBy}; {handed.Identified}"), Encoding.ASCII.GetBytes($"{id}/received-by")), handed.Medium, Id = id });
                act.Detail["signing"] = row.SigningSerial;
                act.Detail["medium"] = handed.Medium;
                act.Detail["receipt"] = handed.Receipt;
                StepStore.Add(session, desk.Cipher, id, "handed-over", act.Person.PersonId, null, desk.Now);
                return FetchIssuedPair.ToFetched(delivery.ToPair(desk.Cipher, id), token);
            },
            ct);
    }
}
