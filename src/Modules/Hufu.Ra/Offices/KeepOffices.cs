using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Statistics;
using Hufu.Records;

namespace Hufu.Ra.Offices;

/// <summary>Opens, staffs and closes offices by signed acts of the business administrator.</summary>
internal sealed class KeepOffices(RaDesk desk)
{
    private const int DeepestPath = 400;

    [Clause("3.9-a")]
    public Task<Office> OpenAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<NewOffice, Office>(request, ActNames.RaOfficeOpen, Opening, Open, ct);

    private ExpectedAct Opening(NewOffice asked)
    {
        if (asked.Id.Length is 0 or > 40 || !asked.Id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') || asked.Name.Trim().Length is 0 or > 100
            || asked.Address.Length > 300 || asked.Kind == OfficeKind.Centre)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "An id in kebab-case (at most 40), a name (1 to 100), an address (at most 300), a kind that is not the centre.", "id");
        }

        foreach (var profile in asked.Profiles)
        {
            desk.HolderProfile(profile);
        }

        return new ExpectedAct(ActNames.RaOfficeOpen, $"office/{asked.Id}");
    }

    private Office Open(Session session, AuthorisedAct act, NewOffice asked)
    {
        var parent = OfficeStore.Get(session, asked.Parent, "parent");
        var path = $"{parent.Path}{asked.Id}/";
        if (parent.Kind == OfficeKind.Counter || path.Length > DeepestPath)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A counter has no office below it.", "parent");
        }

        var made = session.Execute(
            "INSERT INTO ra_offices (id, parent, kind, name, address, path, profiles, opened_at) VALUES (@Id, @Parent, @Kind, @Name, @Address, @Path, @Profiles, @Now) ON CONFLICT (id) DO NOTHING",
            new { asked.Id, asked.Parent, asked.Kind, asked.Name, asked.Address, Path = path, Profiles = string.Join(' ', asked.Profiles), desk.Now });
        return made == 1 ? OfficeStore.Get(session, asked.Id, "id").ToOffice() : throw new RefusedException(RefusalCode.StateWrong, "There is, or was, an office of this id.", "id");
    }

    [Clause("3.9-a")]
    public Task<Office> StaffAsync(string id, ActRequest request, CancellationToken ct)
    {
        return desk.Context.Acts.RunAsync<OfficePlacement, Office>(
            request,
            ActNames.RaOfficeStaff,
            _ => new ExpectedAct(ActNames.RaOfficeStaff, $"office/{id[..Math.Min(id.Length, 64)]}"),
            (session, act, placement) =>
            {
                var office = OfficeStore.Get(session, id, "id");
                if (desk.Context.Staff.Find(session, placement.Person) is not { } person)
                {
                    throw new RefusedException(RefusalCode.PersonUnknown, "Nobody here has this number.", "person");
                }

                session.Execute(
                    "INSERT INTO ra_office_staff (person, office, since) VALUES (@Person, @Office, @Now) ON CONFLICT (person) DO UPDATE SET office = excluded.office, since = excluded.since",
                    new { Person = person.PersonId, Office = office.Id, desk.Now });
                act.Detail["person"] = person.ToString();
                return office.ToOffice();
            },
            ct);
    }

    [Clause("3.9-a")]
    public Task<Office> CloseAsync(string id, ActRequest request, CancellationToken ct)
    {
        return desk.Context.Acts.RunAsync<OfficeClosing, Office>(
            request,
            ActNames.RaOfficeClose,
            closing => closing.Reason.Trim().Length is 0 or > 500
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 500 characters.", "reason")
                : new ExpectedAct(ActNames.RaOfficeClose, $"office/{id[..Math.Min(id.Length, 64)]}"),
            (session, _, _) =>
            {
                var office = OfficeStore.Get(session, id, "id");
                if (office.Parent is null || session.Scalar<long>("SELECT COUNT(*) FROM ra_offices WHERE parent = @Id AND closed_at IS NULL", new { office.Id }) != 0)
                {
                    throw new RefusedException(RefusalCode.StateWrong, "The centre stays; an office with others below it is closed after them.", "id");
                }

                session.Execute("UPDATE ra_offices SET closed_at = @Now WHERE id = @Id", new { desk.Now, office.Id });
                session.Execute("UPDATE ra_applications SET office = @Parent WHERE office = @Id", new { office.Parent, office.Id });
                session.Execute("UPDATE ra_cases SET office = @Parent WHERE office = @Id", new { office.Parent, office.Id });
                session.Execute("UPDATE ra_fees SET office = @Parent WHERE office = @Id", new { office.Parent, office.Id });
                session.Execute("UPDATE ra_disclosures SET office = @Parent WHERE office = @Id", new { office.Parent, office.Id });
                StatisticsStore.Merge(session, office.Id, office.Parent);
                session.Execute("UPDATE ra_office_staff SET office = @Parent, since = @Now WHERE office = @Id", new { office.Parent, desk.Now, office.Id });
                return office.ToOffice();
            },
            ct);
    }
}
