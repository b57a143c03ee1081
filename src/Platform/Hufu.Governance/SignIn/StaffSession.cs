namespace Hufu.Governance;

/// <summary>A session in force.</summary>
/// <param name="Person">Whose.</param>
/// <param name="Certificate">SM3 (hex) of the certificate that they signed in with.</param>
/// <param name="UserName">Their user name.</param>
/// <param name="SignedInAt">Since when.</param>
/// <param name="IdleEnds">When it ends if nothing is done.</param>
/// <param name="Ends">When it ends whatever is done.</param>
/// <param name="PasswordChangeDue">When the password has to be changed.</param>
/// <param name="CertificateNotAfter">When the certificate ends.</param>
public sealed record StaffSession(
    StaffMember Person, string Certificate, string UserName, DateTimeOffset SignedInAt, DateTimeOffset IdleEnds, DateTimeOffset Ends, DateTimeOffset PasswordChangeDue, DateTimeOffset CertificateNotAfter)
{
    private static readonly AsyncLocal<StaffSession?> Ambient = new();

    /// <summary>Instead of a session: the request brought the cookie of one that has ended.</summary>
    public static StaffSession Ended { get; } = new(new StaffMember("-", "-", []), "", "", default, default, default, default, default);

    /// <summary>The session in which the present request came, or null when it came in none. Set by the edge; looked at by <see cref="ActGate"/>: an act that comes in a session is signed by its person.</summary>
    public static StaffSession? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }
}
