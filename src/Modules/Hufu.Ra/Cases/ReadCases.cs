using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Cases;

/// <summary>Shows cases to clerks, vetters and auditors, bounded by their offices: lists without reasons, and one alone with reason and proof, of which its holder is told (6.2.7.3-b, 6.4.2-d).</summary>
internal sealed class ReadCases(RaDesk desk)
{
    private readonly SignedLook looks = new(desk, ActNames.RaCasesRead);

    [Clause("6.2.7.3-b")]
    public Task<CertificateCasePage> PageAsync(ActRequest request, CancellationToken ct) => looks.PageAsync<CertificateCasePageQuery, CertificateCasePage>(
        request,
        static query => query.Overdue && (query.Order != CertificateCaseOrder.Due || query.State is not (CertificateCaseState.Entered or CertificateCaseState.Approved))
            ? throw new RefusedException(RefusalCode.FieldInvalid, "What is overdue waits, and is read by its deadline.", "overdue")
            : query.Serial?.Length is 0 or > 64 ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 64 hex digits.", "serial")
            : $"cases/{query.State.Word()}",
        (look, query) =>
        {
            var ask = new CaseStore.Ask(query.State, look.Offices, query.Kind, query.Order, query.Newest, query.Overdue ? desk.Now : null, ListPlace.Parse(query.After), query.Limit);
            var (rows, next) = query.Serial is { } serial ? CaseStore.PageOf(look.Session, serial.ToLowerInvariant(), ask) : CaseStore.Page(look.Session, ask);
            return new CertificateCasePage([.. rows.Select(row => row.ToRow(desk.Now))], next);
        },
        ct);

    public Task<CertificateCase> OneAsync(string id, ActRequest request, CancellationToken ct) => looks.OneAsync(
        request, $"case/{id[..Math.Min(id.Length, 64)]}",
        look =>
        {
            var row = CaseStore.Get(look.Session, id);
            look.MustReach(row.Office);
            look.Shown([row.Application]);
            return row.ToCase(desk.Cipher, desk.Now);
        },
        ct);

    /// <summary>As many as a limit, due first, with reasons: the list before there were pages.</summary>
    public Task<IReadOnlyList<CertificateCase>> ListAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<CertificateCaseQuery, IReadOnlyList<CertificateCase>>(
        request,
        ActNames.RaCasesRead,
        static query => query.Limit is < 1 or > 100
            ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 100.", "limit")
            : new ExpectedAct(ActNames.RaCasesRead, $"cases/{query.State.Word()}"),
        (session, act, query) =>
        {
            var ask = new CaseStore.Ask(query.State, RaDesk.OfficesOf(session, act.Person.PersonId), null, CertificateCaseOrder.Due, false, null, null, query.Limit);
            return [.. CaseStore.Page(session, ask).Rows.Select(row => row.ToCase(desk.Cipher, desk.Now))];
        },
        ct);
}
