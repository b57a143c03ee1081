using System.Text.Json;
using Hufu.Crypto;
using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Demo;

/// <summary>The main job, end to end: what <c>./hufu demo</c> leaves, judged by others' software.</summary>
[Collection(typeof(SharedDemoRun))]
public sealed class DemoTests(DemoRun demo)
{
    /// <summary>The files of issue 2 that are read one by one; folders and audit are looked at by tests of their own.</summary>
    public static TheoryData<string> Files =>
    [
        "root.cer", "ca.cer", "root.crl", "sign.cer", "enc.cer", "chain.p7b", "server.csr.pem", "server.cer", "renewed.cer", "crl-before.crl", "crl-after.crl", "ocsp-good.der",
        "ocsp-revoked.der", "tsa.cer", "document.txt", "document.p7s", "document.cms", "message.txt", "message.p7e", "message.cms", "timestamp.tsq", "timestamp.tsr", "ceremony.md", "story.json",
    ];

    public static TheoryData<string> OpenSslQuestions
    {
        get
        {
            using OpenSslChecks checks = new("");
            return [.. checks.All.Keys];
        }
    }

    public static TheoryData<string> BouncyCastleChecks =>
    [
        "path-sign-good-before", "path-enc-good-before", "path-sign-revoked-after", "path-enc-revoked-after", "path-server-good-after", "path-renewed-good-after", "path-tsa-good-after",
        "crl-revocation", "request-server", "chain", "ocsp-good", "ocsp-revoked", "timestamp", "document-gm", "document-cms", "message-gm", "message-cms",
    ];

    public static TheoryData<string> Asn1CryptoChecks =>
        ["certificates", "authorities", "end-entities", "pair", "purposes", "renewal", "crls", "answers", "document-gm", "document-cms", "time-stamp", "request"];

    [Theory, MemberData(nameof(Files))]
    public void The_file_is_there(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(demo.Folder, file));
        Assert.NotEmpty(bytes);
        if (Path.GetExtension(file) is ".cer" or ".crl" or ".der" or ".p7b" or ".p7s" or ".p7e" or ".cms" or ".tsq" or ".tsr")
        {
            DerElement.Read(bytes);
        }
    }

    [Theory, MemberData(nameof(OpenSslQuestions))]
    public async Task OpenSSL_says_yes(string question)
    {
        using OpenSslChecks checks = new(demo.Folder);
        await checks.All[question]();
    }

    [Theory, MemberData(nameof(BouncyCastleChecks))]
    public void BouncyCastle_says_yes(string check) => Assert.Null(demo.BouncyCastle[check]);

    [Theory, MemberData(nameof(Asn1CryptoChecks))]
    public void Asn1crypto_says_yes(string check) => Assert.Null(demo.Asn1Crypto[check]);

    [Fact]
    public void The_story_names_each_step_s_clause_result_and_time()
    {
        string?[] known = [.. File.ReadLines(Tree.At("policy", "clauses.csv")).Skip(1).Select(line => line.Split(',')[0])];
        using JsonDocument story = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(demo.Folder, "story.json")));
        JsonElement[] steps = [.. story.RootElement.EnumerateArray()];
        Assert.True(steps.Length >= 9, $"{steps.Length} steps");
        Assert.All(steps, step =>
        {
            Assert.Contains(step.GetProperty("clause").GetString(), known);
            Assert.Equal("done", step.GetProperty("result").GetString());
            Assert.True(step.GetProperty("milliseconds").GetDouble() >= 0);
        });
    }

    [Fact]
    public void The_story_is_printed_step_by_step()
    {
        using JsonDocument story = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(demo.Folder, "story.json")));
        Assert.All(story.RootElement.EnumerateArray(), step => Assert.Contains(step.GetProperty("step").GetString()!, demo.Outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void The_ceremony_tells_of_the_shares()
    {
        string ceremony = File.ReadAllText(Path.Combine(demo.Folder, "ceremony.md"));
        Assert.Contains("KMC", ceremony, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"\b5\b", ceremony);
        Assert.Matches(@"\b3\b", ceremony);
    }

    [Fact]
    public void Rooms_keep_separate_databases_and_ledgers()
    {
        string[] rooms = ["kmc", "ca", "ra"];
        Assert.All(rooms, room => Assert.True(File.Exists(Path.Combine(demo.Folder, "audit", room, "records.jsonl")), room));
        string[] keys = [.. rooms.Select(room => FirstHead(Path.Combine(demo.Folder, "audit", room)).GetProperty("key").GetString()!)];
        Assert.Equal(keys.Length, keys.Distinct().Count()); // each room's ledger has a key of its own
    }

    [Fact]
    public async Task The_ledgers_verify_from_files_alone()
    {
        Outcome outcome = (await demo.RunAsync("audit", "verify", Path.Combine(demo.Folder, "audit"))).Succeeded();
        Assert.Contains("Whole", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a byte changed")]
    [InlineData("the end cut off")]
    [InlineData("two records swapped")]
    public async Task A_ledger_that_was_touched_is_found(string how)
    {
        using Workplace work = new();
        string copy = CopyLedger("ca", work.At("audit"));
        string file = Path.Combine(copy, "records.jsonl");
        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        int middle = lines.Length / 2;
        switch (how)
        {
            case "a byte changed":
                int digit = lines[middle].IndexOfAny([.. "0123456789"], 10);
                lines[middle] = lines[middle].Remove(digit, 1).Insert(digit, lines[middle][digit] == '7' ? "8" : "7");
                break;
            case "the end cut off":
                lines = lines[..^2];
                break;
            default:
                (lines[middle], lines[middle - 1]) = (lines[middle - 1], lines[middle]);
                break;
        }

        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n", TestContext.Current.CancellationToken);
        Outcome outcome = await demo.RunAsync("audit", "verify", work.At("audit"));
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        Assert.Contains("BROKEN", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_head_of_the_same_ledger_holds_and_another_s_does_not()
    {
        using Workplace work = new();
        string copy = CopyLedger("ca", work.At("audit"));
        string first = (await File.ReadAllLinesAsync(Path.Combine(copy, "heads.jsonl"), TestContext.Current.CancellationToken))[0];
        string kept = work.Write("kept.jsonl", System.Text.Encoding.UTF8.GetBytes(first + "\n"));
        (await demo.RunAsync("audit", "verify", copy, "--since", kept)).Succeeded();

        // A head that the key never signed over this tree: the log is not what it was.
        using JsonDocument head = JsonDocument.Parse(first);
        string root = head.RootElement.GetProperty("root").GetString()!;
        string other = work.Write("other.jsonl", System.Text.Encoding.UTF8.GetBytes(first.Replace(root, Convert.ToHexStringLower(Sm3.HashData("another tree"u8)), StringComparison.Ordinal) + "\n"));
        Outcome outcome = await demo.RunAsync("audit", "verify", copy, "--since", other);
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
    }

    [Fact]
    public async Task A_server_s_request_of_the_user_s_own_is_used_and_the_demo_runs_again()
    {
        using Workplace work = new();
        using OpenSsl openssl = new();
        (string key, byte[] point) = await openssl.GenerateKeyAsync();
        (await openssl.RunAsync("req", "-new", "-key", key, "-sm3", "-sigopt", "distid:1234567812345678", "-subj", "/C=CN/O=某单位/CN=www.example.cn", "-utf8", "-out", work.At("server.csr"))).Succeeded();
        (await demo.RunAsync("demo", "--out", work.At("out"), "--csr", work.At("server.csr"))).Succeeded();
        byte[] server = await File.ReadAllBytesAsync(work.At("out/server.cer"), TestContext.Current.CancellationToken);
        Assert.Equal(point, DerElement.Read(server)[0][6][1].Bits);
        using OpenSslChecks checks = new(work.At("out"));
        await checks.All["hop-server"]();
    }

    [Fact]
    public async Task A_request_that_is_not_there_or_broken_is_refused_in_words()
    {
        using Workplace work = new();
        Outcome missing = await demo.RunAsync("demo", "--out", work.At("out"), "--csr", work.At("nothing.pem"));
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("nothing.pem", missing.Output + missing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", missing.Output + missing.Error, StringComparison.Ordinal); // no stack trace
    }

    [Fact]
    public void No_private_key_lies_in_the_open()
    {
        // What a key file of others would look like; the tokens hold theirs sealed.
        Assert.All(Directory.EnumerateFiles(demo.Folder, "*", SearchOption.AllDirectories), file =>
            Assert.DoesNotContain("PRIVATE KEY", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private static JsonElement FirstHead(string folder)
    {
        using JsonDocument head = JsonDocument.Parse(File.ReadLines(Path.Combine(folder, "heads.jsonl")).First());
        return head.RootElement.Clone();
    }

    private string CopyLedger(string room, string to)
    {
        string target = Path.Combine(to, room);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(demo.Folder, "audit", room)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }
}
