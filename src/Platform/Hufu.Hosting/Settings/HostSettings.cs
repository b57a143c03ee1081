using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Hosting;

/// <summary>Settings of the host; read once at start, unknown keys refused.</summary>
public sealed record HostSettings
{
    /// <summary>The data directory; a folder per room. HUFU_DATA, or <c>./data</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The base of every public address: <c>http://127.0.0.1:8080/</c>. Stands in certificates.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Where the host listens; loopback unless told otherwise.</summary>
    public required Uri ListenUrl { get; init; }

    /// <summary>The policy folder.</summary>
    public required string PolicyDirectory { get; init; }

    /// <summary>How mail goes out.</summary>
    public required MailSettings Mail { get; init; }

    /// <summary>
    /// A PostgreSQL connection string for every room's tables, each in a schema of the room's name; <c>{room}</c> in it is replaced by the name, so that each can have a database
    /// and a user of its own. Null: a SQLite file in each room's folder.
    /// </summary>
    public string? Postgres { get; init; }

    /// <summary>Where the ledgers' lines go besides the data directory; null: nowhere.</summary>
    public LogServerSettings? LogServer { get; init; }

    /// <summary>The connection string of one room; null for SQLite.</summary>
    /// <param name="room">The room's name.</param>
    public string? PostgresFor(string room) => Postgres?.Replace("{room}", room, StringComparison.Ordinal);

    /// <summary>How often the doors that change something are open.</summary>
    public DoorLimits Limits { get; init; } = new();

    /// <summary>The operator's certificate policy, a dotted OID, for every certificate but the root's; null writes none.</summary>
    public string? CertificatePolicyOid { get; init; }

    /// <summary>Address of the practice statement beside <see cref="CertificatePolicyOid"/>; null writes none.</summary>
    public string? PracticeStatementAddress { get; init; }

    /// <summary>The policy under which time stamps are given, a dotted OID; null for the arc for examples.</summary>
    public string? TimeStampPolicyOid { get; init; }

    /// <summary>How the authority works.</summary>
    public AuthoritySettings Ca { get; init; } = new();

    /// <summary>How the status service answers.</summary>
    public OcspSettings Ocsp { get; init; } = new();

    /// <summary>How the time-stamping authority works.</summary>
    public TimeStampSettings TimeStamps { get; init; } = new();

    /// <summary>What the repository keeps and lets the public search.</summary>
    public RepositorySettings Repository { get; init; } = new();

    /// <summary>Where archive packages lie, a folder per room in it; null: <c>archive</c> in each room's folder.</summary>
    public string? ArchiveDirectory { get; init; }

    /// <summary>The time-stamping authority (RFC 3161 over HTTP) that stamps archive packages; null: the platform's own.</summary>
    public Uri? TimeStampServer { get; init; }

    /// <summary>Rooms whose device does not start by itself, by the room's name; the others have their PIN in a file.</summary>
    public IReadOnlyDictionary<string, DeviceSettings> Devices { get; init; } = new Dictionary<string, DeviceSettings>();

    /// <summary>The file in the data directory that <see cref="Load"/> reads.</summary>
    public const string FileName = "hufu.json";

    /// <summary>A public address: base and path.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string PublicAddress(string path) => PublicUrl.GetLeftPart(UriPartial.Authority) + PublicUrl.AbsolutePath.TrimEnd('/') + path;

    /// <summary>Everything in its usual place: mail into <c>mail</c> of the data directory, the policy beside the program, the public address where the host listens.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="listenUrl">Where the host listens.</param>
    public static HostSettings For(string dataDirectory, Uri listenUrl) => new()
    {
        DataDirectory = Path.GetFullPath(dataDirectory),
        PublicUrl = listenUrl,
        ListenUrl = listenUrl,
        PolicyDirectory = Path.Combine(AppContext.BaseDirectory, "policy"),
        Mail = new MailSettings { PickupDirectory = Path.Combine(Path.GetFullPath(dataDirectory), "mail") },
    };

    /// <summary>These settings with what <c>hufu.json</c> in the data directory says instead, if it is there; paths in it are relative to the data directory.</summary>
    /// <exception cref="SettingsException">Not readable, an unknown key, or a value that cannot be used.</exception>
    public HostSettings Load()
    {
        var path = Path.Combine(DataDirectory, FileName);
        if (!File.Exists(path))
        {
            return Check();
        }

        SettingsFile file;
        try
        {
            using var stream = File.OpenRead(path);
            file = stream.Length <= 65_536 ? JsonSerializer.Deserialize<SettingsFile>(stream, ContractJson.Options)! : throw new SettingsException($"{path}: larger than 64 KiB.");
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"{path}, line {(exception.LineNumber ?? 0) + 1}: {exception.Message}");
        }

        return (this with
        {
            PublicUrl = file.PublicUrl ?? file.ListenUrl ?? PublicUrl,
            ListenUrl = file.ListenUrl ?? ListenUrl,
            Postgres = file.Postgres ?? Postgres,
            Limits = file.Limits ?? Limits,
            CertificatePolicyOid = file.CertificatePolicyOid ?? CertificatePolicyOid,
            PracticeStatementAddress = file.PracticeStatementAddress ?? PracticeStatementAddress,
            TimeStampPolicyOid = file.TimeStampPolicyOid ?? TimeStampPolicyOid,
            Ca = file.Ca ?? Ca,
            Ocsp = file.Ocsp ?? Ocsp,
            TimeStamps = file.TimeStamps ?? TimeStamps,
            Repository = file.Repository ?? Repository,
            ArchiveDirectory = file.ArchiveDirectory is null ? ArchiveDirectory : Path.GetFullPath(file.ArchiveDirectory, DataDirectory),
            TimeStampServer = file.TimeStampServer ?? TimeStampServer,
            LogServer = file.LogServer?.Below(DataDirectory) ?? LogServer,
            Devices = file.Devices?.ToDictionary(device => device.Key, device => device.Value.Below(DataDirectory, device.Key)) ?? Devices,
            PolicyDirectory = file.PolicyDirectory is null ? PolicyDirectory : Path.GetFullPath(file.PolicyDirectory, DataDirectory),
            Mail = file.Mail is null ? Mail : file.Mail with { PickupDirectory = file.Mail.PickupDirectory is null ? null : Path.GetFullPath(file.Mail.PickupDirectory, DataDirectory) },
        }).Check();
    }

    /// <summary>Whether the values can be used together.</summary>
    /// <returns>These settings.</returns>
    /// <exception cref="SettingsException">They cannot.</exception>
    public HostSettings Check()
    {
        foreach (var (name, url) in new[] { ("publicUrl", PublicUrl), ("listenUrl", ListenUrl) })
        {
            if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.Query.Length + url.Fragment.Length + url.UserInfo.Length > 0)
            {
                throw new SettingsException($"{name} must be an http or https address without query, such as http://127.0.0.1:8080/.");
            }
        }

        if (Mail.PickupDirectory is null == Mail.SmtpHost is null || Mail.SmtpPort is < 1 or > 65_535)
        {
            throw new SettingsException("mail has either pickupDirectory or smtpHost (and smtpPort, 1 to 65535).");
        }

        if (!Limits.CanBe)
        {
            throw new SettingsException("limits: every figure is a whole number from 1 to 1000000.");
        }

        foreach (var (name, oid) in new[] { ("certificatePolicyOid", CertificatePolicyOid), ("timeStampPolicyOid", TimeStampPolicyOid) })
        {
            if (oid is not null && !IsOid(oid))
            {
                throw new SettingsException($"{name} must be a dotted OID such as 1.2.156.10197.");
            }
        }

        if (TimeStampServer is not null && (!TimeStampServer.IsAbsoluteUri || TimeStampServer.Scheme is not ("http" or "https")))
        {
            throw new SettingsException("timeStampServer must be an http or https address.");
        }

        if (PracticeStatementAddress is not null && (CertificatePolicyOid is null || !Uri.TryCreate(PracticeStatementAddress, UriKind.Absolute, out var statement) || statement.Scheme is not ("http" or "https")))
        {
            throw new SettingsException("practiceStatementAddress must be an http or https address, and stands beside certificatePolicyOid.");
        }

        Ca.Check();
        Ocsp.Check();
        TimeStamps.Check();
        Repository.Check();
        LogServer?.Check();
        if (Devices.Keys.FirstOrDefault(room => !Rooms.IsName(room)) is { } stranger)
        {
            throw new SettingsException($"devices: there is no room called '{stranger}'.");
        }

        return System.Net.Mail.MailAddress.TryCreate(Mail.From, out _) ? this : throw new SettingsException("mail.from is no e-mail address.");
    }

    private static bool IsOid(string text) =>
        text.Length <= 128 && text.Split('.') is { Length: >= 2 } arcs && arcs.All(arc => arc.Length is >= 1 and <= 18 && arc.All(char.IsAsciiDigit) && (arc.Length == 1 || arc[0] != '0'))
        && (arcs[0] is "0" or "1" ? long.Parse(arcs[1], System.Globalization.CultureInfo.InvariantCulture) < 40 : arcs[0] == "2");

    private sealed record SettingsFile(Uri? ListenUrl = null, Uri? PublicUrl = null, string? PolicyDirectory = null, MailSettings? Mail = null, string? Postgres = null, DoorLimits? Limits = null, string? CertificatePolicyOid = null,
        string? PracticeStatementAddress = null, string? TimeStampPolicyOid = null, LogServerSettings? LogServer = null, AuthoritySettings? Ca = null, OcspSettings? Ocsp = null, TimeStampSettings? TimeStamps = null,
        string? ArchiveDirectory = null, Uri? TimeStampServer = null, Dictionary<string, DeviceSettings>? Devices = null, RepositorySettings? Repository = null);
}
