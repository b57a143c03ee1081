using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Fees;

/// <summary>Shows fees to those who record, refund and audit them: the list of a state, and one alone. Each look is a signed act, and each application that it shows is on record (6.4.2-a, 6.4.2-d).</summary>
internal sealed class ReadFees(RaDesk desk)
{
    private readonly SignedLook looks = new(desk, ActNames.RaFeesRead);

    [Clause("7.2.1-a")]
    public Task<FeePage> ListAsync(ActRequest request, CancellationToken ct) => looks.PageAsync<FeeQuery, FeePage>(
        request, static query => $"fees/{query.State.Word()}",
        static (look, query) =>
        {
            var (rows, next) = FeeStore.Page(look.Session, new FeeStore.Ask(query.State, look.Offices, ListPlace.Parse(query.After), query.Newest, query.Limit));
            look.Shown([.. rows.Select(static row => row.Application)]);
            return new FeePage([.. rows.Select(row => ToRow(row, look.Person))], next);
        },
        ct);

    /// <summary>One fee, with why it is to be given back: what the business administrator decides on.</summary>
    [Clause("7.2.1-b")]
    public Task<FeeRow> OneAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        return looks.OneAsync(
            request, $"fee/{id}",
            look =>
            {
                look.MustReach(ApplicationStore.Get(look.Session, id).Office);
                var row = FeeStore.Of(look.Session, id) ?? throw new RefusedException(RefusalCode.UnknownObject, "No fee is due before submission.", "id");
                look.Shown([id]);
                return ToRow(row, look.Person) with { RefundReason = row.RefundReason is null ? null : Encoding.UTF8.GetString(desk.Cipher.Open(row.RefundReason, FeeStore.RefundLabel(id))) };
            },
            ct);
    }

    private static FeeRow ToRow(FeeStore.Row row, StaffMember person) => new(
        row.Application, RaDesk.TitleFor(person, row.Title), row.Profile, row.ApplicationState, row.Office, row.Amount, row.State, row.State.Word(), row.MovedAt.Moment(), row.PaidAt.Moment(), row.Means, row.Reference,
        row.RefundedAt.Moment(), row.Simulated != 0, row.OperatorsFault is { } fault ? fault != 0 : null);
}
