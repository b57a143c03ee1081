using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ra.Offices;

/// <summary>Shows who works in which office since when, to those who place people and those who audit it (3.9-a, 6.4.2-a).</summary>
internal sealed class ReadPeople(RaDesk desk)
{
    [Clause("3.9-a")]
    public Task<OfficePeople> RunAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<OfficePeopleQuery, OfficePeople>(
        request,
        ActNames.RaOfficesRead,
        static query => query.Limit is < 1 or > 100 || query.Office?.Length > 64 || query.After?.Length > 64
            ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 100 rows.", "limit")
            : new ExpectedAct(ActNames.RaOfficesRead, "offices/people"),
        (session, act, query) =>
        {
            if (query.Office is { } office)
            {
                OfficeStore.Get(session, office, "office");
                act.Detail["office"] = office;
            }

            // A room has at most a thousand people, and so many placements at most.
            var placed = OfficeStore.Placements(session);
            var all = desk.Context.Staff.List(session).Select(person => ToRow(person, placed)).Where(row => query.Office is null || row.Office == query.Office);
            var rows = (query.After is null ? all : all.SkipWhile(row => row.Person != query.After).Skip(1)).Take(query.Limit + 1).ToList();
            return rows.Count > query.Limit ? new OfficePeople(rows[..query.Limit], rows[query.Limit - 1].Person) : new OfficePeople(rows, null);
        },
        ct);

    private static OfficePerson ToRow(StaffMember person, IReadOnlyDictionary<string, OfficeStore.Placement> placed) => placed.TryGetValue(person.PersonId, out var at)
        ? new OfficePerson(person.PersonId, person.Name, person.Roles, at.Office, DateTimeOffset.FromUnixTimeMilliseconds(at.Since))
        : new OfficePerson(person.PersonId, person.Name, person.Roles, OfficeStore.Centre, null);
}
