namespace Hufu.Contracts;

/// <summary>A challenge is made: <c>POST /api/{room}/session/challenge</c>, which also sets the browser's cookie of this sign-in.</summary>
/// <param name="Challenge">The canonical text of a <see cref="SignInChallenge"/>.</param>
/// <param name="Until">When it ends.</param>
public sealed record ChallengeMade(string Challenge, DateTimeOffset Until);

/// <summary>Signs in: <c>POST /api/{room}/session</c> (6.6.2.5-a: user name, password and certificate); answers a <see cref="SessionInfo"/> and sets the session's cookie.</summary>
/// <param name="UserName">The user name.</param>
/// <param name="Password">The password.</param>
/// <param name="Challenge">The challenge's text.</param>
/// <param name="Signature">DER SM2Signature over it by the person's key.</param>
/// <param name="Certificate">SM3 over the person's certificate (DER), 64 lower-case hex digits.</param>
/// <param name="NewPassword">Changes the password with this sign-in; needed when it is too old.</param>
public sealed record SignIn(string UserName, string Password, string Challenge, byte[] Signature, string Certificate, string? NewPassword);

/// <summary>Opens one's own account: <c>POST /api/{room}/account</c>, act <see cref="ActNames.AccountOpen"/>.</summary>
/// <param name="UserName">3 to 32 of a–z, 0–9, '.', '-'; begins with a letter.</param>
/// <param name="Password">The password; as 6.6.2.4-a demands.</param>
/// <param name="Blind">128 random bits as 32 lower-case hex digits: keeps the payload's digest, which stands in the log, from telling the password to a guesser.</param>
public sealed record AccountOpening(string UserName, string Password, string Blind);

/// <summary>Why something is done to a member of staff, for the record.</summary>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record StaffReason(string Reason);

/// <summary>An account is open.</summary>
/// <param name="PersonId">The person's number in this room.</param>
/// <param name="UserName">The user name.</param>
/// <param name="PasswordChangeDue">When the password has to be changed.</param>
public sealed record AccountOpened(string PersonId, string UserName, DateTimeOffset PasswordChangeDue);

/// <summary>Who is signed in and what they may do: <c>GET /api/{room}/session</c>.</summary>
/// <param name="Room">The room.</param>
/// <param name="PersonId">The person's number in this room.</param>
/// <param name="Name">Their real name.</param>
/// <param name="UserName">Their user name.</param>
/// <param name="Roles">Roles in force.</param>
/// <param name="Certificate">SM3 (hex) of the certificate that they signed in with.</param>
/// <param name="CertificateNotAfter">When it ends.</param>
/// <param name="SignedInAt">Since when.</param>
/// <param name="IdleEnds">When the session ends if nothing is done.</param>
/// <param name="Ends">When it ends whatever is done.</param>
/// <param name="PasswordChangeDue">When the password has to be changed.</param>
/// <param name="Now">The room's clock.</param>
/// <param name="Acts">Every act of the room: whether this person may do it, and why not.</param>
public sealed record SessionInfo(
    string Room, string PersonId, string Name, string UserName, IReadOnlyList<SessionRole> Roles, string Certificate, DateTimeOffset CertificateNotAfter, DateTimeOffset SignedInAt,
    DateTimeOffset IdleEnds, DateTimeOffset Ends, DateTimeOffset PasswordChangeDue, DateTimeOffset Now, IReadOnlyList<ActRight> Acts);

/// <summary>A role with its titles.</summary>
/// <param name="Id">One of <see cref="Roles"/>.</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record SessionRole(string Id, string Zh, string En);

/// <summary>Whether a person may do an act; also the answer of <c>GET /api/{room}/session/acts?object=…</c>, which looks at who did what on that object.</summary>
/// <param name="Act">One of <see cref="ActNames"/>.</param>
/// <param name="What">What it is, in Chinese.</param>
/// <param name="Allowed">Whether they may.</param>
/// <param name="Code">The refusal's code in kebab-case, or null.</param>
/// <param name="Reason">Why not, in words, or null.</param>
/// <param name="States">States of the object in which it can be done; empty when it has none.</param>
/// <param name="Who">Roles that may.</param>
public sealed record ActRight(string Act, string What, bool Allowed, string? Code, string? Reason, IReadOnlyList<string> States, IReadOnlyList<SessionRole> Who);
