using System.Net;
using Hufu.Hosting;

namespace Hufu.Ra;

/// <summary>What the operator sets for the registration authority.</summary>
public sealed record RaOptions
{
    /// <summary>Version of the subscriber agreement in force.</summary>
    public string AgreementVersion { get; init; } = "1.0";

    /// <summary>Its text, a file in UTF-8; null for the one that comes with the program.</summary>
    public string? AgreementFile { get; init; }

    /// <summary>Tries of the challenge phrase are back this long after the last one.</summary>
    public TimeSpan ChallengeTriesBackAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The mail address of whoever is on duty: told of what is due soon and what is overdue; null for nobody.</summary>
    public string? DutyAddress { get; init; }

    /// <summary>Third-party sources by name: business-register, citizen-identity, domain-registrar. One that is missing is Unavailable and checked by hand.</summary>
    public IReadOnlyDictionary<string, SourceAddress> Sources { get; init; } = new Dictionary<string, SourceAddress>();

    /// <summary>For demonstrations: sources that are not configured are played by the simulator, which says so in every answer.</summary>
    public bool SimulateSources { get; init; }

    /// <summary>The payment gateway, spoken to like the sources; null for none: payments are recorded by hand.</summary>
    public SourceAddress? Payments { get; init; }

    /// <summary>For demonstrations, when no gateway is set: payments are played by the simulator, which says so in every answer.</summary>
    public bool SimulatePayments { get; init; }

    /// <summary>The resolver that is asked for domain control; null for the system's.</summary>
    public IPEndPoint? DnsServer { get; init; }

    /// <summary>The port of the file that proves domain control.</summary>
    public int DomainCheckPort { get; init; } = 80;

    /// <summary>Where that file is fetched whatever the name resolves to, for tests; null for the name's public addresses.</summary>
    public IPAddress? DomainCheckAddress { get; init; }

    /// <summary>The gateway for short messages; null for none.</summary>
    public Uri? SmsGateway { get; init; }

    /// <summary>For demonstrations, when there is no gateway: short messages are written here, marked as simulated; null for none.</summary>
    public string? SmsFolder { get; init; }

    /// <summary>clamd as <c>host:port</c>: papers are shown to it before they are kept. Null: no scanner, and health says so.</summary>
    public string? Clamd { get; init; }

    /// <summary>How often due notices are looked for when nothing has been added.</summary>
    public TimeSpan NoticeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a holder's revocation waits for the CA's answer before it says that the order is on its way.</summary>
    public TimeSpan RevocationWait { get; init; } = TimeSpan.FromSeconds(10);
}
