using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Hufu.Pki.Linting;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>What OpenSSL's fuzzers found, through the linter: findings or "not readable", never an exception.</summary>
public class LintCorpusTests
{
    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside the source tree.");
    }

    [Theory]
    [InlineData("x509", LintTargets.Certificate)]
    [InlineData("crl", LintTargets.RevocationList)]
    [InlineData("acert", LintTargets.Certificate)]
    public void Nothing_in_the_corpus_makes_an_exception(string corpus, LintTargets target)
    {
        string[] places = [Path.Combine(Root(), "..", "shared"), "/work/shared"];
        string? archive = places.Select(p => Path.Combine(p, "data", "openssl-fuzz-corpora.tgz")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(archive is null, "../shared/data/openssl-fuzz-corpora.tgz is not there.");
        using TarReader tar = new(new GZipStream(File.OpenRead(archive!), CompressionMode.Decompress));
        int files = 0, readable = 0;
        Stopwatch watch = Stopwatch.StartNew();
        while (tar.GetNextEntry() is { } entry)
        {
            if (!entry.Name.StartsWith($"fuzz/corpora/{corpus}/", StringComparison.Ordinal) || entry.DataStream is null)
            {
                continue;
            }

            using MemoryStream data = new();
            entry.DataStream.CopyTo(data);
            byte[] bytes = data.ToArray();
            LintResult result = Linter.Lint(bytes, null);
            readable += result.IsReadable ? 1 : 0;
            Assert.NotEmpty(result.Findings); // none of these is one of ours
            Assert.NotEmpty(target == LintTargets.Certificate ? Linter.LintCertificate(bytes, null, null, ProfileFixtures.Organisation) : Linter.LintRevocationList(bytes, TestPki.Instance.Ca));
            Linter.LintRequest(bytes);
            Linter.LintTbs(bytes, null, null);
            files++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{corpus}: {files} files, {readable} readable, {watch.Elapsed.TotalSeconds:F1} s");
        Assert.True(files > 500);
    }

    [Fact]
    public void The_page_of_the_rules_is_fresh() =>
        Assert.True(File.ReadAllText(Path.Combine(Root(), "docs", "lint.md")) == LintPage.Write(), "docs/lint.md is stale: run ./hufu lint --page > docs/lint.md and commit it.");
}
