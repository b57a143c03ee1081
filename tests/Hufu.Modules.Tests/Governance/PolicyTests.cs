using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

/// <summary>The repository's policy says what the practice statement says; a policy that is not whole, or breaks what no policy may break, does not load.</summary>
public sealed class PolicyTests
{
    private static PolicyValues Values => SourceTree.Policy.Values;

    [Fact]
    public void The_figures_are_those_of_the_practice_statement()
    {
        Assert.Equal("P30D", Values.RenewalOpensBefore.ToString());
        Assert.Equal("P30D", Values.RenewalClosesAfter.ToString());
        Assert.Equal(TimeSpan.FromHours(48), Values.AnswerWithin);
        Assert.Equal(TimeSpan.FromHours(24), Values.RefusalNoticeWithin);
        Assert.Equal(TimeSpan.FromHours(24), Values.HolderRevocationWithin);
        Assert.Equal(TimeSpan.FromHours(8), Values.AuthorityRevocationWithin);
        Assert.Equal(TimeSpan.FromHours(24), Values.CrlEvery);
        Assert.Equal(TimeOnly.MinValue, Values.CrlAt);
        Assert.Equal("P30Y P20Y P5Y3M", $"{Values.LongestRootLife} {Values.LongestCaLife} {Values.LongestHolderLife}");
        Assert.Equal((5, 3), (Values.KeyShares, Values.KeyShareThreshold));
        Assert.Equal("P10Y", Values.RecordsKeptAfterEnd.ToString());
        Assert.Equal(8, Values.PasswordLength);
        Assert.Equal("P3M", Values.PasswordLife.ToString());
        Assert.Equal("P30D P30D P60D P60D P30D P7D", string.Join(' ', Values.ByClause("6.2.6.1-a").Select(value => value.Text)));
        Assert.Matches("^[0-9a-f]{64}$", SourceTree.Policy.Digest);
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    public void The_regular_CRL_is_due_at_midnight_in_Shanghai()
    {
        var evening = new DateTimeOffset(2026, 11, 22, 15, 59, 59, TimeSpan.Zero);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero), Values.NextCrlAfter(evening));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), Values.NextCrlAfter(evening.AddSeconds(1)));
        Assert.Equal("2026-11-22 23:59", Values.LocalText(evening));
        var every6h = Values with { CrlEvery = TimeSpan.FromHours(6) };
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), every6h.NextCrlAfter(new DateTimeOffset(2026, 11, 22, 4, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Clauses_that_policy_names_exist()
    {
        var known = File.ReadAllLines(Path.Combine(SourceTree.PolicyDirectory, "clauses.csv")).Skip(1).Select(line => line.Split(',')[0]).ToHashSet();
        var named = Values.All.Select(value => value.Clause)
            .Concat(SourceTree.Policy.Acts.Values.SelectMany(act => act.Clauses))
            .Concat(SourceTree.Policy.Profiles.Values.SelectMany(profile => profile.Clauses.Concat(profile.Checks.Select(check => check.Clause))));
        Assert.Empty(named.Where(clause => !known.Contains(clause)).Distinct());
    }

    [Theory]
    [InlineData("values.yaml", "answer-within: {", "answer-withim: {", "'answer-within' must be a mapping")]
    [InlineData("values.yaml", "time-zone: {", "colour: { clause: 1, value: 2, zh: a, en: b }\ntime-zone: {", "'colour' is unknown")]
    [InlineData("values.yaml", "value: PT48H", "value: PT48H, unit: hours", "'unit' is unknown")]
    [InlineData("values.yaml", "value: PT48H", "value: 48", "ISO 8601")]
    [InlineData("values.yaml", "value: PT48H", "value: P2M", "days, hours")]
    [InlineData("values.yaml", "value: \"00:00\"", "value: \"24:00\"", "time of day")]
    [InlineData("values.yaml", "value: Asia/Shanghai", "value: Asia/Nowhere", "unknown on this machine")]
    [InlineData("values.yaml", "clause: 6.2.7.5-a, value: PT24H", "clause: 6.2.7.5-a, value: PT25H", "6.2.7.6-a")]
    [InlineData("values.yaml", "6.6.2.5-a, value: PT5M", "6.6.2.5-a, value: PT2H", "act-time-window")]
    [InlineData("values.yaml", "6.6.2.2-a, value: 3", "6.6.2.2-a, value: 6", "key-share-threshold")]
    [InlineData("values.yaml", "value: P20Y", "value: P31Y", "longest-ca-life")]
    [InlineData("values.yaml", "value: P20Y", "value: [P20Y]", "must be a text")]
    [InlineData("values.yaml", "time-zone: {", "time-zone: {{", "Not readable")]
    [InlineData("roles.yaml", "en: Operator\n", "en: Operator\n  colour: blue\n", "'colour' is unknown")]
    [InlineData("roles.yaml", "vetter:\n", "veter:\n", "'veter' is unknown")]
    [InlineData("roles.yaml", "incompatibleWith: [vetter]", "incompatibleWith: []", "'entry-clerk' and 'vetter' must be incompatible")]
    [InlineData("roles.yaml", "incompatibleWith: [auditor, share-holder]", "incompatibleWith: [share-holder]", "'operator' and 'auditor' must be incompatible")]
    [InlineData("roles.yaml", "incompatibleWith: [vetter]", "incompatibleWith: [vetter, entry-clerk]", "cannot be incompatible")]
    [InlineData("roles.yaml", "appointedBy: { ra: business-administrator }", "appointedBy: { ra: operator }", "which 'ra' does not have")]
    [InlineData("acts.csv", "ra,vetter,ra.application.enter,6.1.3.2-f 6.6.1.2-d,审核通过", "ra,vetter,,6.1.3.2-f 6.6.1.2-d,审核通过", "must differ from 'ra.application.enter'")]
    [InlineData("acts.csv", "ca.crl.issue,ca,operator,", "ca.crl.isue,ca,operator,", "'ca.crl.isue' is unknown")]
    [InlineData("acts.csv", "ca.crl.issue,ca,operator,", "ca.crl.issue,ra,operator,", "Nobody in 'ra' could do it")]
    [InlineData("acts.csv", "ca.crl.issue,ca,operator,", "ca.crl.issue,ca,nobody,", "must name roles")]
    [InlineData("acts.csv", "ca.crl.issue,ca,operator,,6.2.7.5-a,立即签发 CRL\n", "", "'ca.crl.issue' is missing")]
    public void A_policy_that_is_not_whole_does_not_load(string file, string text, string instead, string complaint)
    {
        using var folder = Copy();
        Change(folder, file, text, instead);
        var refused = Assert.Throws<PolicyException>(() => Policy.Load(folder.Path));
        Assert.Equal(file, refused.File);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = Copy();
        File.Delete(folder["roles.yaml"]);
        Assert.Equal("roles.yaml", Assert.Throws<PolicyException>(() => Policy.Load(folder.Path)).File);
    }

    [Fact]
    public void Another_policy_has_another_digest()
    {
        using var folder = Copy();
        Assert.Equal(SourceTree.Policy.Digest, Policy.Load(folder.Path).Digest);
        Change(folder, "values.yaml", "value: PT48H", "value: PT47H");
        Assert.NotEqual(SourceTree.Policy.Digest, Policy.Load(folder.Path).Digest);
    }

    internal static TempFolder Copy()
    {
        var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(SourceTree.PolicyDirectory, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[Path.GetRelativePath(SourceTree.PolicyDirectory, file)])!);
            File.Copy(file, folder[Path.GetRelativePath(SourceTree.PolicyDirectory, file)]);
        }

        return folder;
    }

    internal static void Change(TempFolder folder, string file, string text, string instead)
    {
        var content = File.ReadAllText(folder[file]);
        var at = content.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} does not contain: {text}");
        File.WriteAllText(folder[file], content[..at] + instead + content[(at + text.Length)..]);
    }
}
