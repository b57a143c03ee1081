using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Ra.Lists;

/// <summary>
/// Looks at a list and at one thing of it: signed acts of one name, bounded by the reader's offices, their purpose in the ledger (6.4.2-a). What is asked is checked first; what the act must name, what is read and on whose
/// record of looks it goes is each list's own.
/// </summary>
internal sealed class SignedLook(RaDesk desk, string actName)
{
    /// <summary>A page of a list.</summary>
    /// <param name="request">The signed act.</param>
    /// <param name="list">What the act must name; refuses what the list does not take.</param>
    /// <param name="read">Reads it, in the act's transaction.</param>
    /// <param name="ct">Cancels while the act waits for the writer.</param>
    public Task<TPage> PageAsync<TQuery, TPage>(ActRequest request, Func<TQuery, string> list, Func<Look, TQuery, TPage> read, CancellationToken ct)
        where TQuery : class, IListQuery => desk.Context.Acts.RunAsync<TQuery, TPage>(
        request,
        actName,
        query =>
        {
            ListPage.MustBeWellAsked(query.Limit, query.Purpose, query.After);
            return new ExpectedAct(actName, list(query));
        },
        (session, act, query) => read(Begun(session, act, query.Purpose), query),
        ct);

    /// <summary>One thing.</summary>
    /// <param name="request">The signed act, its payload <see cref="ReadingPurpose"/>.</param>
    /// <param name="what">What the act must name.</param>
    /// <param name="read">Reads it, in the act's transaction.</param>
    /// <param name="ct">Cancels while the act waits for the writer.</param>
    public Task<T> OneAsync<T>(ActRequest request, string what, Func<Look, T> read, CancellationToken ct) => desk.Context.Acts.RunAsync<ReadingPurpose, T>(
        request,
        actName,
        reading =>
        {
            ListPage.MustHavePurpose(reading.Purpose);
            return new ExpectedAct(actName, what);
        },
        (session, act, reading) => read(Begun(session, act, reading.Purpose)),
        ct);

    private Look Begun(Session session, AuthorisedAct act, string purpose)
    {
        act.Detail["purpose"] = purpose;
        return new Look(session, act.Person, found => act.Detail["found"] = found, applications => desk.RecordShown(session, act, actName, purpose, applications));
    }
}

/// <summary>A look that was allowed, in its transaction.</summary>
/// <param name="Session">The transaction.</param>
/// <param name="Person">Who looks.</param>
/// <param name="Found">Puts into the ledger how much was shown.</param>
/// <param name="Shown">The same, and puts the look on the record of each application that was shown, so that its holder can be told.</param>
internal sealed record Look(Session Session, StaffMember Person, Action<int> Found, Action<IReadOnlyCollection<string>> Shown)
{
    /// <summary>The offices whose applications the person sees; null for all.</summary>
    public IReadOnlyList<string>? Offices => RaDesk.OfficesOf(Session, Person.PersonId);

    /// <summary>Refuses a person whose offices do not cover this one.</summary>
    /// <exception cref="RefusedException">RoleMissing.</exception>
    public void MustReach(string office) => RaDesk.MustReach(Session, office, Person.PersonId);
}
