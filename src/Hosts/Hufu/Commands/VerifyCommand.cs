using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Host.Commands;

/// <summary><c>hufu verify FILE</c>: verifies a certificate, a signed document or a time stamp. Exit code 0 valid, 1 not valid, 2 not readable.</summary>
internal static class VerifyCommand
{
    private const int Valid = 0, NotValid = 1, NotReadable = 2;
    private const long Largest = 64 * 1024 * 1024;

    private static readonly JsonSerializerOptions s_json = new(ContractJson.Options) { WriteIndented = true };

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A certificate, a signed document (GM/T 0010, CMS) or a time-stamp token or response; DER or PEM." };
        Option<string?> content = new("--content") { Description = "What was signed or stamped, when it is not inside.", HelpName = "FILE" };
        Option<string[]> trust = new("--trust") { Description = "A trusted root certificate; may be given several times.", HelpName = "FILE" };
        Option<string[]> chain = new("--chain") { Description = "A certificate between.", HelpName = "FILE" };
        Option<string[]> crl = new("--crl") { Description = "A revocation list.", HelpName = "FILE" };
        Option<string[]> ocsp = new("--ocsp") { Description = "An OCSP response.", HelpName = "FILE" };
        Option<string?> at = new("--at") { Description = "Take roots, lists and status from a platform at this address.", HelpName = "URL" };
        var tlsTrust = TlsTrust.Option();
        Option<DateTimeOffset?> time = new("--time") { Description = "The moment that counts; now unless a good time stamp says another." };
        Option<CertificatePurpose> purpose = new("--purpose") { Description = "What the certificate or the signer's is used for.", DefaultValueFactory = _ => CertificatePurpose.Signing };
        Option<bool> offline = new("--without-revocation") { Description = "Let revocation be unknown: only evidence that is there counts." };
        Option<bool> json = new("--json") { Description = "The report as JSON." };
        Command command = new("verify", "Verify a certificate, a signed document or a time stamp: path, purpose, revocation, time.") { file, content, trust, chain, crl, ocsp, at, tlsTrust, time, purpose, offline, json };
        command.SetAction(async (parsed, ct) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            try
            {
                var document = Read(parsed.GetValue(file)!);
                var evidence = new Evidence
                {
                    Anchors = [.. (parsed.GetValue(trust) ?? []).Select(path => Certificate.DecodePemOrDer(Read(path)))],
                    Between = [.. (parsed.GetValue(chain) ?? []).Select(path => Certificate.DecodePemOrDer(Read(path)))],
                    Lists = [.. (parsed.GetValue(crl) ?? []).Select(path => CertificateRevocationList.DecodePemOrDer(Read(path)))],
                    Answers = [.. (parsed.GetValue(ocsp) ?? []).Select(path => OcspResponse.Decode(Read(path)))],
                };
                if (parsed.GetValue(at) is { } text)
                {
                    evidence = await FetchAsync(evidence, ServerChoice.Address(text), parsed.GetValue(tlsTrust), DocumentVerification.CertificatesOf(document), ct);
                }

                if (evidence.Anchors.Count == 0)
                {
                    await error.WriteLineAsync("Nothing is trusted: give --trust FILE or --at URL.");
                    return NotReadable;
                }

                var verdict = DocumentVerification.Verify(document, parsed.GetValue(content) is { } path ? Read(path) : default, new PathRequest
                {
                    TrustAnchors = evidence.Anchors,
                    Intermediates = evidence.Between,
                    Time = parsed.GetValue(time) ?? TimeProvider.System.GetUtcNow(),
                    Purpose = parsed.GetValue(purpose),
                    Revocation = parsed.GetValue(offline) ? RevocationRequirement.IfAvailable : RevocationRequirement.Require,
                    RevocationLists = evidence.Lists,
                    OcspResponses = evidence.Answers,
                });
                Write(verdict, parsed.GetValue(json), output);
                return verdict.Kind == DocumentKind.NotReadable ? NotReadable : verdict.IsValid ? Valid : NotValid;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or PkiException or HttpRequestException or TaskCanceledException or ArgumentException or FormatException)
            {
                await error.WriteLineAsync($"hufu verify: {RunningServer.InWords(fault)}");
                return NotReadable;
            }
        });
        return command;
    }

    private static void Write(DocumentVerdict verdict, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    verdict.Kind,
                    Valid = verdict.IsValid,
                    verdict.Time,
                    Subject = verdict.Subject?.Subject.ToString(),
                    Serial = verdict.Subject?.SerialHex,
                    Path = verdict.Path.Select(certificate => certificate.Subject.ToString()),
                    Checks = verdict.Checks.Select(check => new { check.Name, check.Outcome, check.Reason, Certificate = check.Certificate?.SerialHex, check.Sentence }),
                    verdict.Explanation,
                },
                s_json));
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict.Kind}: {(verdict.IsValid ? "valid" : "NOT valid")} at {verdict.Time:yyyy-MM-dd'T'HH:mm:ss'Z'}. {verdict.Explanation}"));
        foreach (var check in verdict.Checks)
        {
            output.WriteLine($"  {(check.Outcome switch { CheckOutcome.Passed => "ok    ", CheckOutcome.Failed => "FAILED", _ => "-     " })} {check.Name}: {check.Sentence}");
        }
    }

    // What a platform publishes for everybody; nothing that a document names is followed.
    private static async Task<Evidence> FetchAsync(Evidence evidence, Uri platform, string? tlsTrust, IReadOnlyList<Certificate> asked, CancellationToken ct)
    {
        using var http = new HttpClient(TlsTrust.Handler(tlsTrust)) { BaseAddress = platform, Timeout = TimeSpan.FromSeconds(15), MaxResponseContentBufferSize = Largest };
        var root = Certificate.Decode(await http.GetByteArrayAsync(new Uri("ca/root.cer", UriKind.Relative), ct));
        var operational = Certificate.Decode(await http.GetByteArrayAsync(new Uri("ca/operational.cer", UriKind.Relative), ct));
        var lists = new List<CertificateRevocationList>();
        foreach (var name in new[] { "root", "operational" })
        {
            lists.Add(CertificateRevocationList.Decode(await http.GetByteArrayAsync(new Uri($"crl/{name}.crl", UriKind.Relative), ct)));
        }

        var answers = new List<OcspResponse>();
        foreach (var certificate in asked.Where(certificate => certificate.IsSignedBy(operational)).Take(8))
        {
            using var body = new ByteArrayContent(OcspRequest.Create([OcspCertId.Create(operational, certificate.SerialNumber, Oids.Sm3)], null).Encode());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var response = await http.PostAsync(new Uri("ocsp", UriKind.Relative), body, ct);
            if (OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(ct)) is { Status: OcspResponseStatus.Successful } answer)
            {
                answers.Add(answer);
            }
        }

        return evidence with { Anchors = [.. evidence.Anchors, root], Between = [.. evidence.Between, operational], Lists = [.. evidence.Lists, .. lists], Answers = [.. evidence.Answers, .. answers] };
    }

    private static byte[] Read(string path) => new FileInfo(path) is { Length: <= Largest } file
        ? File.ReadAllBytes(file.FullName)
        : throw new IOException($"{path} is larger than {Largest / 1024 / 1024} MiB.");

    private sealed record Evidence
    {
        public required IReadOnlyList<Certificate> Anchors { get; init; }

        public required IReadOnlyList<Certificate> Between { get; init; }

        public required IReadOnlyList<CertificateRevocationList> Lists { get; init; }

        public required IReadOnlyList<OcspResponse> Answers { get; init; }
    }
}
