using System.Security.Cryptography;
using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Status;

/// <summary>Status, lists and directories as clients see them that nobody here wrote.</summary>
public sealed partial class RelyingPartyTests(StatusStage stage) : IClassFixture<StatusStage>
{
    [Theory]
    [InlineData("verify")]
    [InlineData("reconcile")]
    [InlineData("archive")]
    [InlineData("repair")]
    public async Task Script(string name)
    {
        string text = await File.ReadAllTextAsync(Tree.At("tests", "Hufu.EndToEnd.Tests", "scripts", "live", name + ".txt"), TestContext.Current.CancellationToken);
        using Workplace work = new();
        await new ScriptRunner(work, ("AT", stage.Address.ToString()), ("OUT", stage.Out), ("DATA", stage.Data)).RunAsync(ScriptFile.Parse(text));
    }

    [Fact]
    public async Task Java_with_the_root_alone_follows_the_certificate_and_sees_revoked()
    {
        IReadOnlyDictionary<string, string> revoked = await BouncyCastle.FollowAsync(stage.File("root.cer"), stage.File("sign.cer"));
        Assert.StartsWith("revoked", revoked["crl"], StringComparison.Ordinal);
        Assert.StartsWith("revoked", revoked["ocsp"], StringComparison.Ordinal);
        Assert.Contains("keyCompromise", revoked["crl"], StringComparison.Ordinal);
        Assert.Contains("keyCompromise", revoked["ocsp"], StringComparison.Ordinal);
        Assert.Equal(new Dictionary<string, string> { ["crl"] = "good", ["ocsp"] = "good" }, await BouncyCastle.FollowAsync(stage.File("root.cer"), stage.File("renewed.cer")));
    }

    [Theory]
    [InlineData("-sm3")]
    [InlineData("-sha1")]
    [InlineData("-sha256")]
    public async Task OpenSSL_asks_by_itself(string hash)
    {
        using Workplace work = new();
        foreach ((string name, string status) in new[] { ("sign", "revoked"), ("renewed", "good") })
        {
            string issuer = await PemAsync(work, "ca"), certificate = await PemAsync(work, name);
            // It cannot verify an SM2 answer (shared/interop.md); BouncyCastle does, above.
            Outcome outcome = (await Command.RunAsync("openssl", ["ocsp", "-issuer", issuer, hash, "-cert", certificate, "-url", new Uri(stage.Address, "ocsp").ToString(), "-noverify"])).Succeeded();
            Assert.Contains($": {status}", outcome.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("WARNING: no nonce", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Curl_gets_lists_whole_in_ranges_packed_and_only_when_they_have_changed()
    {
        using Workplace work = new();
        string address = new Uri(stage.Address, "crl/operational.crl").ToString();
        Assert.Equal("200", await CurlAsync(work, address, "-D", "head", "-o", "whole"));
        byte[] whole = await File.ReadAllBytesAsync(work.At("whole"), TestContext.Current.CancellationToken);
        string tag = Header(work, "head", "ETag");
        Assert.Equal("304", await CurlAsync(work, address, "-o", "none", "-H", $"If-None-Match: {tag}"));
        Assert.Equal("206", await CurlAsync(work, address, "-o", "first", "-r", "0-99"));
        Assert.Equal("206", await CurlAsync(work, address, "-o", "rest", "-r", "100-", "-H", $"If-Range: {tag}"));
        byte[] joined = [.. await File.ReadAllBytesAsync(work.At("first"), TestContext.Current.CancellationToken), .. await File.ReadAllBytesAsync(work.At("rest"), TestContext.Current.CancellationToken)];
        Assert.Equal(whole, joined);
        Assert.Equal("200", await CurlAsync(work, address, "--compressed", "-D", "packed-head", "-o", "packed"));
        Assert.Equal("gzip", Header(work, "packed-head", "Content-Encoding"));
        Assert.NotEqual(tag, Header(work, "packed-head", "ETag"));
        Assert.Equal(whole, await File.ReadAllBytesAsync(work.At("packed"), TestContext.Current.CancellationToken));
        Assert.Equal(whole.Length, int.Parse(Header(work, "head", "Content-Length"), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_directory_that_somebody_has_been_at_is_found_and_mended()
    {
        string first = await CompareUntilAsync(0);
        Assert.Matches("city: [1-9][0-9]* values compared, 0 differences", first);
        string entries = await stage.Slapd.SearchAsync("(objectClass=pkiUser)", "dn");
        string dn = entries.Split('\n').First(line => line.StartsWith("dn: ", StringComparison.Ordinal))[4..].Trim();
        await stage.Slapd.ToolAsync("ldapdelete", "", dn);
        Assert.Contains("1 differences", await CompareUntilAsync(1), StringComparison.Ordinal);
        (await HufuAsync("directory", "resync", "city", "--data", stage.Data)).Succeeded();
        await CompareUntilAsync(0);
        Assert.Contains(dn, await stage.Slapd.SearchAsync("(objectClass=pkiUser)", "dn"), StringComparison.Ordinal);
        Outcome none = await HufuAsync("directory", "compare", "village", "--data", stage.Data);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("hufu directory: ", none.Error, StringComparison.Ordinal);
    }

    // The queue is worked off beside us: for at most a minute until nothing waits and the comparison ends as it should.
    private async Task<string> CompareUntilAsync(int code)
    {
        Outcome last = null!;
        for (int i = 0; i < 60; i++)
        {
            last = await HufuAsync("directory", "compare", "city", "--data", stage.Data);
            if (last.ExitCode == code && last.Output.Contains(" 0 waiting", StringComparison.Ordinal))
            {
                return last.Output;
            }

            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{code} was waited for: {last}");
        return "";
    }

    private static Task<Outcome> HufuAsync(params string[] arguments) => Command.RunAsync(Tree.At("hufu"), arguments);

    private static async Task<string> CurlAsync(Workplace work, string address, params string[] arguments) =>
        (await Command.RunAsync("curl", ["-s", "-S", "--max-time", "30", "-w", "%{http_code}", .. arguments, address], work.Folder)).Succeeded().Output;

    private static string Header(Workplace work, string file, string name) =>
        File.ReadAllLines(work.At(file)).Single(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..].Trim();

    private async Task<string> PemAsync(Workplace work, string name)
    {
        byte[] der = await File.ReadAllBytesAsync(stage.File(name + ".cer"), TestContext.Current.CancellationToken);
        return work.Write(name + ".pem", System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der)));
    }
}
