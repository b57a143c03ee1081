using System.CommandLine;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Host.Commands;

/// <summary><c>hufu audit check FILE</c>: checks a proof that somebody handed on, without the log. Exit code 0 whole, 1 broken, 2 not readable or not decidable.</summary>
internal static class AuditProof
{
    private const string PublicKeyLabel = "PUBLIC KEY";

    public static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "The proof: what hufu audit prove printed, or the auditor's page gave." };
        Option<FileInfo?> head = new("--head") { Description = "A head, or a copy of heads.jsonl, kept from elsewhere: the proof must lead to the one of its size there.", HelpName = "FILE" };
        Option<FileInfo?> signer = new("--signer") { Description = "The audit key as known from elsewhere: head-signer.cer, or head-signer.pub (PEM).", HelpName = "FILE" };
        Option<string?> key = new("--key") { Description = "SM3 of the audit key (64 hex digits), as known from elsewhere.", HelpName = "HEX" };
        Command check = new("check", "Check a proof of one record, without the log: record, path, head, signature.") { file, head, signer, key };
        check.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            if (!TryAnchors(parsed.GetValue(head), parsed.GetValue(signer), parsed.GetValue(key), error, out ProofAnchors? anchors) || Read(parsed.GetValue(file)!, error) is not { } content)
            {
                return (int)LedgerVerdict.NotReadable;
            }

            ProofReport report = ProofFile.Check(content, anchors);
            if (report.Verdict != LedgerVerdict.Whole)
            {
                error.WriteLine((report.Verdict == LedgerVerdict.Broken ? "BROKEN: " : "") + report.Message);
                return (int)report.Verdict;
            }

            output.WriteLine(report.Record);
            output.WriteLine($"head of {report.Head!.Origin}: size {report.Head.Size}, root {report.Head.Root}, signed {report.Head.Time:u}");
            output.WriteLine($"audit key {report.Head.Key}");
            output.WriteLine(report.Message + (report.Anchored ? "" : " Whether that head and key are the log's own, an earlier head (--head) or the audit key (--signer, --key) tells."));
            return 0;
        });
        return check;
    }

    private static bool TryAnchors(FileInfo? head, FileInfo? signer, string? key, TextWriter error, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ProofAnchors? anchors)
    {
        anchors = null;
        List<SignedHead> heads = [];
        SubjectPublicKeyInfo? known = null;
        try
        {
            if (head is not null)
            {
                foreach (string line in File.ReadLines(head.FullName))
                {
                    if (SignedHead.TryParse(line, out SignedHead? read))
                    {
                        heads.Add(read);
                    }
                }

                if (heads.Count == 0)
                {
                    error.WriteLine($"{head.FullName} holds no signed head: give a line of heads.jsonl, or a copy of the file.");
                    return false;
                }
            }

            if (signer is not null)
            {
                known = signer.Length <= PkiLimits.RequestSize ? KeyOf(File.ReadAllBytes(signer.FullName)) : throw new IOException($"{signer.FullName} is larger than a certificate.");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or PkiException)
        {
            error.WriteLine(fault.Message);
            return false;
        }

        if (key is not null && (key.Length != 64 || !key.All(char.IsAsciiHexDigit)))
        {
            error.WriteLine("--key takes 64 hex digits.");
            return false;
        }

        anchors = new ProofAnchors { Heads = heads, Signer = known, Key = key };
        return true;
    }

    private static SubjectPublicKeyInfo KeyOf(byte[] content)
    {
        string text = System.Text.Encoding.Latin1.GetString(content);
        return text.Contains($"-----BEGIN {PublicKeyLabel}-----", StringComparison.Ordinal) ? SubjectPublicKeyInfo.Decode(Pem.Decode(text, PublicKeyLabel)) : Certificate.DecodePemOrDer(content).PublicKey;
    }

    private static byte[]? Read(FileInfo file, TextWriter error)
    {
        try
        {
            if (file.Length <= ProofFile.Limit)
            {
                return File.ReadAllBytes(file.FullName);
            }

            error.WriteLine($"{file.FullName} is larger than any proof.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(fault.Message);
        }

        return null;
    }
}
