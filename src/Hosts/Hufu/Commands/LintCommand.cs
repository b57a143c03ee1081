using System.CommandLine;
using System.Text;
using System.Text.Json;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Host.Commands;

/// <summary><c>hufu lint FILE</c>: looks over certificates, lists and requests. Exit code 0 nothing of severity error, 1 at least one, 2 not readable.</summary>
internal static class LintCommand
{
    private const int Clean = 0, Errors = 1, NotReadable = 2;
    private const int MostBlocks = 64;
    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] s_labels = [Pem.CertificateLabel, Pem.RevocationListLabel, Pem.RequestLabel];

    public static Command Create()
    {
        Argument<string?> file = new("FILE") { Description = "A certificate, a revocation list or a certification request, DER or PEM.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> profile = new("--profile") { Description = "Also hold certificates to this profile of policy/profiles.", HelpName = "NAME" };
        Option<bool> json = new("--json") { Description = "Findings as JSON." };
        Option<bool> page = new("--page") { Description = "Write the page of the rules (docs/lint.md) to standard output instead." };
        Command command = new("lint", "Look over a certificate, a list or a request: RFC 5280 and GM/T 0015, rule by rule.") { file, profile, json, page };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(file) is null && !parsed.GetValue(page))
            {
                parsed.AddError("Required argument missing: hufu lint FILE.");
            }
        });
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            if (parsed.GetValue(page))
            {
                output.Write(LintPage.Write());
                return Clean;
            }

            return Run(parsed.GetValue(file)!, parsed.GetValue(profile), parsed.GetValue(json), output, error);
        });
        return command;
    }

    private static int Run(string file, string? profileName, bool json, TextWriter output, TextWriter error)
    {
        if (!TryFindProfile(profileName, error, out LintProfile? profile))
        {
            return NotReadable;
        }

        ReadOnlyMemory<byte>[] objects;
        try
        {
            objects = Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PkiException or NotSupportedException or ArgumentException)
        {
            error.WriteLine($"{file}: {e.Message}");
            return NotReadable;
        }

        LintResult[] results = [.. objects.Select(der => Linter.Lint(der, profile))];
        if (json)
        {
            WriteJson(file, results, output);
        }
        else
        {
            WriteText(file, results, output, error);
        }

        return results.Any(r => !r.IsReadable) ? NotReadable : results.Any(r => r.HasErrors) ? Errors : Clean;
    }

    private static bool TryFindProfile(string? name, TextWriter error, out LintProfile? profile)
    {
        profile = null;
        if (name is null)
        {
            return true;
        }

        try
        {
            Policy policy = Policy.Load(Path.Combine(AppContext.BaseDirectory, "policy"));
            if (policy.Profiles.TryGetValue(name, out CertificateProfile? found))
            {
                profile = LintConstraints.Of(found);
                return true;
            }

            error.WriteLine($"There is no profile '{name}'. There are: {string.Join(", ", policy.Profiles.Keys.Order(StringComparer.Ordinal))}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PolicyException)
        {
            error.WriteLine($"The profiles cannot be read: {e.Message}");
        }

        return false;
    }

    /// <summary>The file's DER, or that of every known block of a PEM text in it.</summary>
    private static ReadOnlyMemory<byte>[] Read(string file)
    {
        if (new FileInfo(file).Length > PkiLimits.RevocationListSize)
        {
            throw new IOException("The file is larger than any list that is read.");
        }

        byte[] data = File.ReadAllBytes(file);
        if (data.AsSpan(0, Math.Min(data.Length, PkiLimits.PemSize)).IndexOf("-----BEGIN "u8) < 0 || Linter.Recognise(data) != LintTargets.None)
        {
            return [Pem.ToDer(data, Pem.CertificateLabel)];
        }

        string text = Encoding.Latin1.GetString(data);
        ReadOnlyMemory<byte>[] blocks = [.. s_labels.SelectMany(label => Pem.DecodeAll(text, label)).Select(b => (ReadOnlyMemory<byte>)b)];
        return blocks.Length is > 0 and <= MostBlocks
            ? blocks
            : throw new IOException($"The text holds {blocks.Length} PEM blocks of certificates, lists or requests; one to {MostBlocks} are linted.");
    }

    private static string Word(LintResult result) => result.Target switch
    {
        LintTargets.RevocationList => "revocation list",
        LintTargets.Request => "certification request",
        LintTargets.Certificate => result.Kind switch { CertificateKind.Root => "root certificate", CertificateKind.Authority => "CA certificate", _ => "end-entity certificate" },
        _ => "unknown",
    };

    private static void WriteText(string file, LintResult[] results, TextWriter output, TextWriter error)
    {
        for (int i = 0; i < results.Length; i++)
        {
            LintResult result = results[i];
            string name = results.Length == 1 ? file : $"{file}[{i + 1}]";
            if (!result.IsReadable)
            {
                error.WriteLine($"{name}: not readable: {result.Findings[0].Message} {result.Findings[0].Advice}");
                continue;
            }

            foreach (LintFinding finding in result.Findings)
            {
                output.WriteLine($"{name}: {LintPage.Word(finding.Severity)} {finding.RuleId} ({finding.Clause}): {finding.Message}");
                output.WriteLine($"    {finding.Advice}");
                output.WriteLine($"    {finding.AdviceZh}");
            }

            int Count(LintSeverity severity) => result.Findings.Count(f => f.Severity == severity);
            output.WriteLine($"{name}: {Word(result)}, {Count(LintSeverity.Error)} errors, {Count(LintSeverity.Warning)} warnings, {Count(LintSeverity.Notice)} notices");
        }
    }

    private static void WriteJson(string file, LintResult[] results, TextWriter output)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_json))
        {
            json.WriteStartArray();
            foreach (LintResult result in results)
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("object", Word(result));
                json.WriteBoolean("readable", result.IsReadable);
                json.WriteStartArray("findings");
                foreach (LintFinding finding in result.Findings)
                {
                    json.WriteStartObject();
                    json.WriteString("rule", finding.RuleId);
                    json.WriteString("severity", LintPage.Word(finding.Severity));
                    json.WriteString("clause", finding.Clause);
                    json.WriteString("message", finding.Message);
                    json.WriteString("advice", finding.Advice);
                    json.WriteString("adviceZh", finding.AdviceZh);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
