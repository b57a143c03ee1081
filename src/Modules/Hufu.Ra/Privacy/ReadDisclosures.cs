using Hufu.Contracts;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Privacy;

/// <summary>Shows demands for private data to those who enter, release and audit them; no data of the holder, and no record that would warn one of an inquiry: the act itself is in the ledger (6.4.2-c).</summary>
internal sealed class ReadDisclosures(RaDesk desk)
{
    private readonly SignedLook looks = new(desk, ActNames.RaDisclosuresRead);

    [Clause("6.4.2-c")]
    public Task<DisclosurePage> ListAsync(ActRequest request, CancellationToken ct) => looks.PageAsync<DisclosureQuery, DisclosurePage>(
        request, static query => $"disclosures/{query.State.Word()}",
        static (look, query) =>
        {
            var (rows, next) = DisclosureStore.Page(look.Session, new DisclosureStore.Ask(query.State, look.Offices, ListPlace.Parse(query.After), query.Newest, query.Limit));
            look.Found(rows.Count);
            return new DisclosurePage([.. rows.Select(static row => row.ToRow())], next);
        },
        ct);

    /// <summary>One demand with officers, papers and the names of the fields: what the business administrator decides on.</summary>
    [Clause("6.4.2-c")]
    public Task<DisclosureFile> OneAsync(string id, ActRequest request, CancellationToken ct) => looks.OneAsync(
        request, $"disclosure/{id[..Math.Min(id.Length, 64)]}",
        look =>
        {
            var row = DisclosureStore.Get(look.Session, id);
            look.MustReach(row.Office);
            var demand = row.Open(desk.Cipher);
            return new DisclosureFile(row.ToRow(), demand.To, demand.Papers, demand.Fields);
        },
        ct);
}
