using Hufu.Pki;
using Hufu.Pki.Linting;
using Xunit;
using static Hufu.Kernel.Tests.Pki.LintObjects;

namespace Hufu.Kernel.Tests.Pki;

public class LinterTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, LintFixture>> s_fixtures = new(() =>
        new[] { CertificateFixtures.All, ExtensionFixtures.All, ProfileFixtures.All, RequestAndListFixtures.All }.SelectMany(f => f).ToDictionary(f => f.Rule));

    public static TheoryData<string> Rules => [.. Linter.Rules.Select(r => r.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_passes_what_is_right_and_finds_what_is_wrong(string id)
    {
        Assert.True(s_fixtures.Value.TryGetValue(id, out LintFixture? fixture), $"{id} has no fixture.");
        IReadOnlyList<LintFinding> right = fixture.Right.Lint();
        Assert.DoesNotContain(right, f => f.RuleId == id || f.RuleId == Linter.UnreadableId);
        LintRule rule = Linter.Rules.Single(r => r.Id == id);
        Assert.NotEmpty(fixture.Wrong);
        foreach (LintCase wrong in fixture.Wrong)
        {
            LintFinding finding = wrong.Lint().FirstOrDefault(f => f.RuleId == id) ?? throw new Xunit.Sdk.XunitException($"{id} is silent; found: {string.Join(", ", wrong.Lint().Select(f => $"{f.RuleId} {f.Message}"))}");
            Assert.Equal((rule.Severity, rule.Clause, rule.Advice, rule.AdviceZh), (finding.Severity, finding.Clause, finding.Advice, finding.AdviceZh));
            Assert.NotEmpty(finding.Message);
        }
    }

    [Fact]
    public void Every_fixture_is_of_a_rule() => Assert.Empty(s_fixtures.Value.Keys.Except(Linter.Rules.Select(r => r.Id)));

    [Fact]
    public void Every_rule_is_in_the_list_once_under_the_name_of_its_class_and_says_what_it_is()
    {
        Type[] rules = [.. typeof(Linter).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(LintRule)) && !t.IsAbstract)];
        Assert.True(rules.Length >= 80);
        Assert.Equal(rules.Select(r => r.Name).Order(), Linter.Rules.Select(r => r.GetType().Name).Order());
        Assert.Equal(Linter.Rules.Count, Linter.Rules.DistinctBy(r => r.Id).Count());
        foreach (LintRule rule in Linter.Rules)
        {
            Assert.Matches("^hufu(_[a-z0-9]+)+$", rule.Id);
            Assert.Equal(rule.GetType().Name, string.Concat(rule.Id.Split('_')[1..].Select(w => char.ToUpperInvariant(w[0]) + w[1..])));
            Assert.True(rule.Clause.Length > 0 && rule.Title[^1] is '.' or ')' && rule.Advice.EndsWith('.') && rule.AdviceZh.EndsWith('。'), rule.Id);
        }
    }

    [Fact]
    public void What_the_platform_writes_passes()
    {
        Assert.Empty(Linter.LintTbs(Leaf().Encode(), CertificateKind.EndEntity, Ours.Ca));
        Assert.Empty(Linter.LintTbs(Authority().Encode(), CertificateKind.Authority, Ours.Root));
        Assert.Empty(Linter.LintCertificate(Ours.Root.RawData, CertificateKind.Root, null));
        Assert.Empty(Linter.LintTbs(Responder().Encode(), null, Ours.Ca));
        Assert.Empty(Linter.LintTbs(Stamper().Encode(), null, Ours.Ca));
        Assert.Empty(Linter.LintTbs(Leaf().Encode(), null, Ours.Ca, ProfileFixtures.Organisation));
        Assert.Empty(new ListObject().Case().Lint());
        Assert.Empty(new RequestObject().Case().Lint());
    }

    [Fact]
    public void The_kind_is_taken_from_the_content_and_a_self_signed_end_entity_is_no_root()
    {
        Assert.Equal(CertificateKind.Root, Linter.Lint(Ours.Root.RawData, null).Kind);
        Assert.Equal(CertificateKind.Authority, Linter.Lint(Ours.Ca.RawData, null).Kind);
        Assert.Equal(CertificateKind.EndEntity, Linter.Lint(Ours.Signing.RawData, null).Kind);
        Certificate alone = TestPki.Issue("C=CN, O=某单位, CN=自签名", Ours.SigningKey, null, null, new KeyUsageExtension(KeyUsages.Signing).ToExtension());
        LintResult result = Linter.Lint(alone.RawData, null);
        Assert.Equal(CertificateKind.EndEntity, result.Kind);
        Assert.False(result.HasErrors);
        Certificate lying = TestPki.Issue("C=CN, O=某单位, CN=自签名", Ours.SigningKey, null, null, new KeyUsageExtension(KeyUsages.Authority).ToExtension());
        Assert.Contains(Linter.Lint(lying.RawData, null).Findings, f => f.RuleId == "hufu_end_entity_is_authority");
    }

    [Fact]
    public void Certificates_lists_and_requests_are_told_apart_by_content()
    {
        Assert.Equal(LintTargets.Certificate, Linter.Recognise(Ours.Ca.RawData));
        Assert.Equal(LintTargets.Certificate, Linter.Recognise(Signed(Leaf() with { Version = 1, Extensions = [] }).Bytes));
        Assert.Equal(LintTargets.RevocationList, Linter.Recognise(new ListObject().Case().Bytes));
        Assert.Equal(LintTargets.RevocationList, Linter.Recognise(new ListObject { Version = null }.Case().Bytes));
        Assert.Equal(LintTargets.Request, Linter.Recognise(new RequestObject().Case().Bytes));
        Assert.Equal(LintTargets.Request, Linter.Recognise(new RequestObject { Attributes = null }.Case().Bytes));
        Assert.Equal(LintTargets.None, Linter.Recognise(new byte[] { 5, 0 }));
        Assert.False(Linter.Lint(new byte[] { 5, 0 }, null).IsReadable);
    }

    [Fact]
    public void R05_an_end_entity_with_CA_TRUE_is_an_error_whatever_else_is_right()
    {
        IReadOnlyList<LintFinding> findings = Linter.LintTbs(With(Leaf(), new BasicConstraints(true).ToExtension()).Encode(), CertificateKind.EndEntity, Ours.Ca);
        Assert.Contains(findings, f => f is { RuleId: "hufu_end_entity_is_authority", Severity: LintSeverity.Error });
    }

    [Fact]
    public void Bytes_that_are_no_certificate_are_a_finding_and_no_exception() =>
        Assert.Equal(Linter.UnreadableId, Assert.Single(Linter.LintTbs(new byte[] { 0x30, 0x80 }, CertificateKind.EndEntity, null)).RuleId);

    [Fact]
    public void One_rule_says_no_more_than_eight_things_of_one_object()
    {
        string[] hosts = [.. Enumerable.Range(0, 1000).Select(i => $"bad_{i}")];
        Assert.Equal(8, Cert(Leaf(Hosts(hosts))).Lint().Count(f => f.RuleId == "hufu_alternative_name_host"));
    }

    [Fact]
    public void Linting_before_signing_makes_few_objects()
    {
        byte[] tbs = Leaf().Encode();
        const int Rounds = 50;
        Linter.LintTbs(tbs, CertificateKind.EndEntity, Ours.Ca);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            Linter.LintTbs(tbs, CertificateKind.EndEntity, Ours.Ca);
        }

        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.True(allocated < 24 * 1024, $"{allocated} bytes");
    }
}
