using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ra.Applications;

/// <summary>A clerk takes an application at the counter: the same checks as online, and who came and how they were identified is on record (6.2.1.2-a).</summary>
internal sealed class TakeAtCounter(RaDesk desk)
{
    [Clause("6.2.1.3-c")]
    public async Task<ApplicationCreated> RunAsync(ActRequest request, CancellationToken ct)
    {
        var creating = new CreateApplication(desk);
        return await desk.Context.Acts.RunAsync<CounterApplication, ApplicationCreated>(
            request,
            ActNames.RaApplicationTake,
            taken => taken.PresentedBy.Trim().Length is 0 or > 100 || taken.Identified.Trim().Length is 0 or > 500
                ? throw new RefusedException(RefusalCode.FieldInvalid, "Who came: 1 to 100 characters; how they were identified: 1 to 500.", "presentedBy")
                : new ExpectedAct(ActNames.RaApplicationTake, "application/new"),
            (session, act, taken) =>
            {
                var prepared = creating.Prepare(taken.Application, ApplicationChannel.Counter);
                prepared.Row.Office = RaDesk.OfficeOf(session, act.Person.PersonId);
                creating.Insert(session, prepared, act.Person.PersonId, $"{taken.PresentedBy}; {taken.Identified}");
                act.Detail["application"] = prepared.Row.Id;
                return prepared.Created;
            },
            ct);
    }
}
