namespace Hufu.Contracts;

/// <summary>What must be on record of a person while a role is used (6.6.1.3).</summary>
public enum FitnessKind
{
    /// <summary>A background check, with the person's written consent.</summary>
    BackgroundCheck,

    /// <summary>Training on entry and at least once a year.</summary>
    Training,

    /// <summary>The term in office: begins with the appointment, begins anew with a confirmation; when it ends the person rotates.</summary>
    Term,
}

/// <summary>A check, a training or a confirmation: <c>POST /api/{room}/staff/{person}/fitness</c>, act <see cref="ActNames.StaffFitness"/>.</summary>
/// <param name="Kind">Which.</param>
/// <param name="On">When it was done; not in the future.</param>
/// <param name="Evidence">Where the paper is, such as a file number or its SM3: 1 to 200 characters, nothing private (6.6.1.3-b).</param>
public sealed record FitnessRecord(FitnessKind Kind, DateTimeOffset On, string Evidence);

/// <summary>Ends a role: <c>POST /api/{room}/staff/{person}/end</c>, act <see cref="ActNames.StaffEnd"/>.</summary>
/// <param name="Role">Which.</param>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record RoleEnd(string Role, string Reason);

/// <summary>Moves a person to another role: <c>POST /api/{room}/staff/{person}/change</c>, act <see cref="ActNames.StaffChange"/>.</summary>
/// <param name="From">The role that ends.</param>
/// <param name="To">The role that begins.</param>
/// <param name="Request">PKCS#10, DER, for the new role's certificate.</param>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record RoleChange(string From, string To, byte[] Request, string Reason);

/// <summary>A role has ended.</summary>
/// <param name="PersonId">Whose.</param>
/// <param name="Role">Which.</param>
/// <param name="Roles">Roles that are left.</param>
/// <param name="VoidSerials">Serials (hex) of certificates that are void in this room from now on; the CA revokes them by its own act.</param>
public sealed record RoleEnded(string PersonId, string Role, IReadOnlyList<string> Roles, IReadOnlyList<string> VoidSerials);

/// <summary>A member of staff as administrators and auditors see them: <c>GET /api/{room}/staff</c>, in a session.</summary>
/// <param name="PersonId">Their number.</param>
/// <param name="Name">Their name.</param>
/// <param name="Roles">Roles in force.</param>
/// <param name="SuspendedSince">Since when they are suspended, or null.</param>
/// <param name="Lapsed">What has lapsed or is missing, in words; empty when nothing.</param>
/// <param name="Fitness">What is on record.</param>
/// <param name="Certificates">Serials (hex) of certificates in force.</param>
/// <param name="UserName">Their user name, or null.</param>
/// <param name="Locked">Whether the account is locked.</param>
public sealed record StaffEntry(
    string PersonId, string Name, IReadOnlyList<SessionRole> Roles, DateTimeOffset? SuspendedSince, IReadOnlyList<string> Lapsed, IReadOnlyList<FitnessEntry> Fitness,
    IReadOnlyList<string> Certificates, string? UserName, bool Locked);

/// <summary>A check, training or term on record.</summary>
/// <param name="Kind">Which.</param>
/// <param name="On">When it was done.</param>
/// <param name="Until">Until when it is good.</param>
public sealed record FitnessEntry(FitnessKind Kind, DateTimeOffset On, DateTimeOffset Until);

/// <summary>An act that waits for its second person: <c>GET /api/{room}/proposals</c>, in a session.</summary>
/// <param name="Id">SM3 (hex) over the first statement's text.</param>
/// <param name="Act">The act.</param>
/// <param name="What">What it is, in Chinese.</param>
/// <param name="Object">What it is done to.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="At">When.</param>
/// <param name="Until">Until when it waits.</param>
/// <param name="Request">The request as it was sent, without the second.</param>
/// <param name="Who">Roles of which one has to second it.</param>
/// <param name="Mine">Whether the person who is signed in may.</param>
public sealed record ProposalEntry(
    string Id, string Act, string What, string Object, string By, DateTimeOffset At, DateTimeOffset Until, ActRequest Request, IReadOnlyList<SessionRole> Who, bool Mine);
