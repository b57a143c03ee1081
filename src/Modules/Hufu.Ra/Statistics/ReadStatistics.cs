using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Notices;

namespace Hufu.Ra.Statistics;

/// <summary>Shows the figures of registration to its staff, bounded by their offices (6.4.2-a). A signed act, like every look.</summary>
internal sealed class ReadStatistics(RaDesk desk)
{
    private const int MostDays = 400;
    private const int MostMonths = 120;

    [Clause("6.4.2-a")]
    public Task<RegistrationStatistics> RunAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<StatisticsQuery, RegistrationStatistics>(
        request,
        ActNames.RaStatisticsRead,
        static _ => new ExpectedAct(ActNames.RaStatisticsRead, "statistics/registration"),
        (session, act, query) =>
        {
            Check(query);
            var offices = RaDesk.OfficesOf(session, act.Person.PersonId);
            (act.Detail["from"], act.Detail["until"]) = (query.From.ToString("O"), query.Until.ToString("O"));
            return new RegistrationStatistics(desk.Context.Clock.GetUtcNow(), StatisticsStore.Standing(session, offices, query.Profile), StatisticsStore.Moves(session, offices, query),
                RefusalsTold.Measure(session, StatisticsStore.Start(desk.Context.Policy.Values.TimeZone, query.From), StatisticsStore.Start(desk.Context.Policy.Values.TimeZone, query.Until.AddDays(1)), desk.Context.Policy.Values.RefusalNoticeWithin, desk.Now));
        },
        ct);

    private void Check(StatisticsQuery query)
    {
        var days = query.Until.DayNumber - query.From.DayNumber + 1;
        var months = ((query.Until.Year - query.From.Year) * 12) + query.Until.Month - query.From.Month + 1;
        if (days < 1 || !Enum.IsDefined(query.Step) || (query.Step == StatisticsStep.Day ? days > MostDays : months > MostMonths))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The last day does not lie before the first; at most {MostDays} days by day, {MostMonths} months by month.", "until");
        }

        if (query.Profile is not null)
        {
            desk.HolderProfile(query.Profile);
        }
    }
}
