using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Privacy;

/// <summary>Shows demands for private data to those who enter, release and audit them; no data of the holder, and no record that would warn one of an inquiry: the act itself is in the ledger (6.4.2-c).</summary>
internal sealed class ReadDisclosures(RaDesk desk)
{
    [Clause("6.4.2-c")]
    public Task<DisclosurePage> ListAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<DisclosureQuery, DisclosurePage>(
        request,
        ActNames.RaDisclosuresRead,
        static query =>
        {
            ListPage.MustBeWellAsked(query.Limit, query.Purpose, query.After);
            return new ExpectedAct(ActNames.RaDisclosuresRead, $"disclosures/{JsonNamingPolicy.KebabCaseLower.ConvertName(query.State.ToString())}");
        },
        (session, act, query) =>
        {
            var (rows, next) = DisclosureStore.Page(session, new DisclosureStore.Ask(query.State, RaDesk.OfficesOf(session, act.Person.PersonId), ListPlace.Parse(query.After), query.Newest, query.Limit));
            (act.Detail["purpose"], act.Detail["found"]) = (query.Purpose, rows.Count);
            return new DisclosurePage([.. rows.Select(static row => row.ToRow())], next);
        },
        ct);

    /// <summary>One demand with officers, papers and the names of the fields: what the business administrator decides on.</summary>
    [Clause("6.4.2-c")]
    public Task<DisclosureFile> OneAsync(string id, ActRequest request, CancellationToken ct)
    {
        return desk.Context.Acts.RunAsync<ReadingPurpose, DisclosureFile>(
            request,
            ActNames.RaDisclosuresRead,
            reading =>
            {
                ListPage.MustHavePurpose(reading.Purpose);
                return new ExpectedAct(ActNames.RaDisclosuresRead, $"disclosure/{id[..Math.Min(id.Length, 64)]}");
            },
            (session, act, reading) =>
            {
                var row = DisclosureStore.Get(session, id);
                RaDesk.MustReach(session, row.Office, act.Person.PersonId);
                act.Detail["purpose"] = reading.Purpose;
                var demand = row.Open(desk.Cipher);
                return new DisclosureFile(row.ToRow(), demand.To, demand.Papers, demand.Fields);
            },
            ct);
    }
}
