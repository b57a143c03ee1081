namespace Hufu.Contracts;

/// <summary>Kinds of offices of a registration authority (3.9-a).</summary>
public enum OfficeKind
{
    /// <summary>注册中心: the root of the tree.</summary>
    Centre,

    /// <summary>地区注册机构.</summary>
    Regional,

    /// <summary>受理点.</summary>
    Counter,
}

/// <summary>An office: <c>GET /api/ra/offices</c> lists those that are open, the tree in order.</summary>
/// <param name="Id">Its id, kebab-case.</param>
/// <param name="Parent">The office above, or null for the centre.</param>
/// <param name="Kind">Centre, regional RA or counter.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is and when it is open.</param>
/// <param name="Profiles">Types that are applied for there; empty for all.</param>
public sealed record Office(string Id, string? Parent, OfficeKind Kind, string Name, string Address, IReadOnlyList<string> Profiles);

/// <summary>Opens an office: <c>POST /api/ra/offices</c>, act <see cref="ActNames.RaOfficeOpen"/>, object <c>office/{id}</c>; answered with <see cref="Office"/>.</summary>
/// <param name="Id">Its id: kebab-case, at most 40 characters.</param>
/// <param name="Parent">The office above; a counter has none below it.</param>
/// <param name="Kind">Regional or counter.</param>
/// <param name="Name">Its name; 1 to 100 characters.</param>
/// <param name="Address">Where and when; at most 300 characters.</param>
/// <param name="Profiles">Types that are applied for there; empty for all.</param>
public sealed record NewOffice(string Id, string Parent, OfficeKind Kind, string Name, string Address, IReadOnlyList<string> Profiles);

/// <summary>
/// Places a member of staff: <c>POST /api/ra/offices/{id}/staff</c>, act <see cref="ActNames.RaOfficeStaff"/>, object <c>office/{id}</c>. From then on they see and act on the applications of that office
/// and those under it only. Whoever was never placed works at the centre.
/// </summary>
/// <param name="Person">The person's number in this room.</param>
public sealed record OfficePlacement(string Person);

/// <summary>Closes an office: <c>POST /api/ra/offices/{id}/closing</c>, act <see cref="ActNames.RaOfficeClose"/>, object <c>office/{id}</c>. What waits there and who works there goes to the office above.</summary>
/// <param name="Reason">Why; 1 to 500 characters.</param>
public sealed record OfficeClosing(string Reason);

/// <summary>
/// Reads who works where: <c>POST /api/ra/offices/people</c>, act <see cref="ActNames.RaOfficesRead"/>, object <c>offices/people</c>; answered with <see cref="OfficePeople"/>, by the person's number.
/// </summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="Office">Only this office, not those below it; null for all.</param>
/// <param name="After">Goes on after the page before: its <see cref="OfficePeople.Next"/>.</param>
public sealed record OfficePeopleQuery(int Limit, string? Office = null, string? After = null);

/// <summary>A page of those who work in offices.</summary>
/// <param name="Rows">By the person's number.</param>
/// <param name="Next">Asks for the next page, or null on the last.</param>
public sealed record OfficePeople(IReadOnlyList<OfficePerson> Rows, string? Next);

/// <summary>A member of staff and where they work.</summary>
/// <param name="Person">Their number in this room.</param>
/// <param name="Name">Their name.</param>
/// <param name="Roles">Their roles.</param>
/// <param name="Office">The office; <c>centre</c> for whoever was never placed.</param>
/// <param name="Since">Since when; null for whoever was never placed.</param>
public sealed record OfficePerson(string Person, string Name, IReadOnlyList<string> Roles, string Office, DateTimeOffset? Since);
