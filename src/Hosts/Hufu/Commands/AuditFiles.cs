using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu audit prove</c> and <c>hufu audit search</c>, from a ledger's files alone.</summary>
internal static class AuditFiles
{
    private const int NotReadable = 2;

    public static Command Prove()
    {
        Argument<long> number = new("N") { Description = "The record's number." };
        Argument<string> directory = new("DIR") { Description = "The folder with records.jsonl and heads.jsonl." };
        Option<FileInfo?> into = new("--out") { Description = "Write it there instead of printing it.", HelpName = "FILE" };
        Command prove = new("prove", "Prove that a record stands in the tree of the newest head: a proof that can be handed on without the log (hufu audit check).") { number, directory, into };
        prove.SetAction(parsed =>
        {
            try
            {
                if (LedgerFolder.Prove(parsed.GetValue(directory)!, parsed.GetValue(number)) is not ({ } line, { } proof, { } head))
                {
                    parsed.InvocationConfiguration.Error.WriteLine("No signed head covers that record, or the records do not lead to the head's root: hufu audit verify says where.");
                    return 1;
                }

                byte[] written = ProofFile.Write(line, proof, head, LedgerFolder.Signer(parsed.GetValue(directory)!));
                if (parsed.GetValue(into) is { } file)
                {
                    File.WriteAllBytes(file.FullName, written);
                    return 0;
                }

                parsed.InvocationConfiguration.Output.Write(Encoding.UTF8.GetString(written));
                return 0;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                parsed.InvocationConfiguration.Error.WriteLine(fault.Message);
                return NotReadable;
            }
        });
        return prove;
    }

    public static Command Search()
    {
        Argument<string> directory = new("DIR") { Description = "The folder with records.jsonl." };
        Option<string?> actor = new("--actor"), act = new("--act"), what = new("--object"), from = new("--from") { HelpName = "TIME" }, until = new("--until") { HelpName = "TIME" };
        Option<LedgerOutcome?> outcome = new("--outcome");
        Option<int> limit = new("--limit") { DefaultValueFactory = _ => 100 };
        Command search = new("search", "Find records by actor, act, object, outcome and time in any combination; prints their lines.") { directory, actor, act, what, outcome, from, until, limit };
        search.SetAction(parsed =>
        {
            if (!TryTime(parsed.GetValue(from), out var since) || !TryTime(parsed.GetValue(until), out var before))
            {
                parsed.InvocationConfiguration.Error.WriteLine("A time is such as 2026-11-22T08:00:00Z or 2026-11-22T16:00:00+08:00.");
                return 64;
            }

            LedgerFilter filter = new()
            {
                Actor = parsed.GetValue(actor), Act = parsed.GetValue(act), Object = parsed.GetValue(what), Outcome = parsed.GetValue(outcome), From = since, Until = before,
                Limit = Math.Clamp(parsed.GetValue(limit), 1, int.MaxValue),
            };
            try
            {
                foreach (LedgerEntry entry in LedgerFolder.Search(parsed.GetValue(directory)!, filter))
                {
                    parsed.InvocationConfiguration.Output.WriteLine(entry.Line);
                }

                return 0;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                parsed.InvocationConfiguration.Error.WriteLine(fault.Message);
                return NotReadable;
            }
        });
        return search;
    }

    /// <summary>Reads the CA certificates that the auditor trusts; no files mean none are asked for.</summary>
    public static bool TryReadAuthorities(FileInfo[]? files, out IReadOnlyList<Certificate>? authorities, [NotNullWhen(false)] out string? wrong)
    {
        (authorities, wrong) = (null, null);
        if (files is null or [])
        {
            return true;
        }

        var read = new List<Certificate>();
        foreach (FileInfo file in files)
        {
            try
            {
                read.Add(file.Length <= PkiLimits.RequestSize ? Certificate.DecodePemOrDer(File.ReadAllBytes(file.FullName)) : throw new IOException("it is larger than a certificate"));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or PkiException)
            {
                wrong = $"{file.FullName} is no certificate that can be read: {fault.Message}";
                return false;
            }
        }

        authorities = read;
        return true;
    }

    private static bool TryTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        bool read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset value);
        time = read ? value : null;
        return read;
    }
}
