using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Fees;

/// <summary>Shows fees to those who record, refund and audit them: the list of a state, and one alone. Each look is a signed act, and each application that it shows is on record (6.4.2-a, 6.4.2-d).</summary>
internal sealed class ReadFees(RaDesk desk)
{
    [Clause("7.2.1-a")]
    public Task<FeePage> ListAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<FeeQuery, FeePage>(
        request,
        ActNames.RaFeesRead,
        static query =>
        {
            ListPage.MustBeWellAsked(query.Limit, query.Purpose, query.After);
            return new ExpectedAct(ActNames.RaFeesRead, $"fees/{Word(query.State)}");
        },
        (session, act, query) =>
        {
            var (rows, next) = FeeStore.Page(session, new FeeStore.Ask(query.State, RaDesk.OfficesOf(session, act.Person.PersonId), ListPlace.Parse(query.After), query.Newest, query.Limit));
            desk.RecordShown(session, act, ActNames.RaFeesRead, query.Purpose, [.. rows.Select(static row => row.Application)]);
            return new FeePage([.. rows.Select(row => ToRow(row, act.Person))], next);
        },
        ct);

    /// <summary>One fee, with why it is to be given back: what the business administrator decides on.</summary>
    [Clause("7.2.1-b")]
    public Task<FeeRow> OneAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        return desk.Context.Acts.RunAsync<ReadingPurpose, FeeRow>(
            request,
            ActNames.RaFeesRead,
            reading =>
            {
                ListPage.MustHavePurpose(reading.Purpose);
                return new ExpectedAct(ActNames.RaFeesRead, $"fee/{id}");
            },
            (session, act, reading) =>
            {
                RaDesk.MustBeInReach(session, ApplicationStore.Get(session, id), act.Person.PersonId);
                var row = FeeStore.Of(session, id) ?? throw new RefusedException(RefusalCode.UnknownObject, "No fee is due before submission.", "id");
                desk.RecordShown(session, act, ActNames.RaFeesRead, reading.Purpose, [id]);
                return ToRow(row, act.Person) with { RefundReason = row.RefundReason is null ? null : Encoding.UTF8.GetString(desk.Cipher.Open(row.RefundReason, FeeStore.RefundLabel(id))) };
            },
            ct);
    }

    private static FeeRow ToRow(FeeStore.Row row, StaffMember person) => new(
        row.Application, RaDesk.TitleFor(person, row.Title), row.Profile, row.ApplicationState, row.Office, row.Amount, row.State, Word(row.State), Time(row.MovedAt), row.PaidAt is { } paid ? Time(paid) : null, row.Means,
        row.Reference, row.RefundedAt is { } back ? Time(back) : null, row.Simulated != 0, row.OperatorsFault is { } fault ? fault != 0 : null);

    private static string Word(FeeState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
