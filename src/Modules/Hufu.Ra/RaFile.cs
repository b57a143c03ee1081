using System.Net;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Ra;

/// <summary>
/// What an operator of the registration authority sets, in <c>ra.json</c> of the room's folder; what is not there stays as the program has it. Mail stands in hufu.json. Read once at start; an unknown name or a
/// value that cannot be used stops the start and says which. Files and folders are relative to the room's folder.
/// </summary>
/// <param name="Agreement">The subscriber agreement in force.</param>
/// <param name="DutyAddress">As <see cref="RaOptions.DutyAddress"/>.</param>
/// <param name="Sources">As <see cref="RaOptions.Sources"/>.</param>
/// <param name="SimulateSources">As <see cref="RaOptions.SimulateSources"/>.</param>
/// <param name="DnsServer">Address and port of the resolver that is asked for domain control: <c>10.0.0.53:53</c>.</param>
/// <param name="SmsGateway">As <see cref="RaOptions.SmsGateway"/>.</param>
/// <param name="SmsFolder">As <see cref="RaOptions.SmsFolder"/>.</param>
/// <param name="Clamd">As <see cref="RaOptions.Clamd"/>.</param>
/// <param name="ChallengeTriesBackAfterMinutes">As <see cref="RaOptions.ChallengeTriesBackAfter"/>, 10 to 10,080.</param>
/// <param name="NoticeIntervalSeconds">As <see cref="RaOptions.NoticeInterval"/>, 1 to 3,600.</param>
/// <param name="RevocationWaitSeconds">As <see cref="RaOptions.RevocationWait"/>, 1 to 60.</param>
/// <param name="Payments">As <see cref="RaOptions.Payments"/>.</param>
/// <param name="SimulatePayments">As <see cref="RaOptions.SimulatePayments"/>.</param>
internal sealed record RaFile(
    AgreementFile? Agreement, string? DutyAddress, IReadOnlyDictionary<string, SourceAddress?>? Sources, bool? SimulateSources, string? DnsServer, string? SmsGateway, string? SmsFolder, string? Clamd,
    int? ChallengeTriesBackAfterMinutes, int? NoticeIntervalSeconds, int? RevocationWaitSeconds, SourceAddress? Payments = null, bool? SimulatePayments = null)
{
    /// <summary>Its name.</summary>
    public const string Name = "ra.json";

    private static readonly string[] KnownSources = ["business-register", "citizen-identity", "domain-registrar"];

    /// <summary>The options of a room: those of the program with those of its file over them.</summary>
    /// <exception cref="InvalidDataException">The file is not as it should be; the message says where.</exception>
    public static RaOptions Over(RaOptions options, string directory) => RoomFile.Read<RaFile>(Path.Combine(directory, Name))?.Set(options, directory) ?? options;

    private RaOptions Set(RaOptions options, string directory) => options with
    {
        AgreementVersion = Agreement is null ? options.AgreementVersion : Agreement.Version is { Length: > 0 and <= 32 } version ? version : throw Wrong("agreement.version", "1 to 32 characters"),
        AgreementFile = Agreement is null ? options.AgreementFile : Agreement.File is { Length: > 0 } file ? Path.GetFullPath(file, directory) : throw Wrong("agreement.file", "the text's file"),
        DutyAddress = DutyAddress is null ? options.DutyAddress : System.Net.Mail.MailAddress.TryCreate(DutyAddress, out _) ? DutyAddress : throw Wrong("dutyAddress", "an e-mail address"),
        Sources = Sources is null ? options.Sources : Sources.ToDictionary(source => source.Key, source => Source(source.Key, source.Value)),
        SimulateSources = SimulateSources ?? options.SimulateSources,
        Payments = Payments is null ? options.Payments : Signed("payments", Payments),
        SimulatePayments = SimulatePayments ?? options.SimulatePayments,
        DnsServer = DnsServer is null ? options.DnsServer : IPEndPoint.TryParse(DnsServer, out var server) && server.Port > 0 ? server : throw Wrong("dnsServer", "address and port, such as 10.0.0.53:53"),
        SmsGateway = SmsGateway is null ? options.SmsGateway : Web(SmsGateway, "smsGateway"),
        SmsFolder = SmsFolder is null ? options.SmsFolder : SmsGateway is null ? Path.GetFullPath(SmsFolder, directory) : throw Wrong("smsFolder", "left out where there is a gateway"),
        Clamd = Clamd is null ? options.Clamd : Clamd.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(Clamd.AsSpan(colon + 1), out _) ? Clamd : throw Wrong("clamd", "host and port, such as 127.0.0.1:3310"),
        ChallengeTriesBackAfter = Time(ChallengeTriesBackAfterMinutes, 10, 10_080, TimeSpan.FromMinutes(1), "challengeTriesBackAfterMinutes") ?? options.ChallengeTriesBackAfter,
        NoticeInterval = Time(NoticeIntervalSeconds, 1, 3_600, TimeSpan.FromSeconds(1), "noticeIntervalSeconds") ?? options.NoticeInterval,
        RevocationWait = Time(RevocationWaitSeconds, 1, 60, TimeSpan.FromSeconds(1), "revocationWaitSeconds") ?? options.RevocationWait,
    };

    private static TimeSpan? Time(int? value, int least, int most, TimeSpan unit, string name) =>
        value is not { } given ? null : given >= least && given <= most ? given * unit : throw Wrong(name, $"{least} to {most}");

    private static SourceAddress Source(string name, SourceAddress? source)
    {
        if (!KnownSources.Contains(name))
        {
            throw Wrong($"sources.{name}", $"one of {string.Join(", ", KnownSources)}");
        }

        return Signed($"sources.{name}", source);
    }

    private static SourceAddress Signed(string name, SourceAddress? source)
    {
        _ = Web(source?.Url?.OriginalString, $"{name}.url");
        try
        {
            return SubjectPublicKeyInfo.Decode(Convert.FromBase64String(source!.PublicKey ?? "")).Sm2 is not null ? source : throw Wrong($"{name}.publicKey", "an SM2 key");
        }
        catch (Exception fault) when (fault is FormatException or PkiException)
        {
            throw Wrong($"{name}.publicKey", "its SubjectPublicKeyInfo (SM2), DER in base64");
        }
    }

    private static Uri Web(string? text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 ? address : throw Wrong(name, "an http or https address without user name");

    private static InvalidDataException Wrong(string name, string what) => new($"{Name}: {name} must be {what}.");
}

/// <summary>The subscriber agreement in force.</summary>
/// <param name="Version">Its version; a new text has a new one.</param>
/// <param name="File">Its text, UTF-8, relative to the room's folder.</param>
internal sealed record AgreementFile(string? Version, string? File);
