using System.Text.RegularExpressions;
using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>A rule that other authorities learned the hard way (R01 to R27) and that our code quotes has a test of its name: R08_….</summary>
public sealed partial class RuleTests
{
    [Fact]
    public void A_rule_that_the_code_quotes_has_a_test_of_its_name()
    {
        HashSet<string> tested = [.. TestNames().Select(name => name[..3])];
        Violations.None(Repository.Files("src", ".cs")
            .SelectMany(file => CSharpText.Read(Repository.Text(file)).Comments.SelectMany(comment => Rule().Matches(comment)).Select(match => (File: file, Rule: match.Value)))
            .Where(quote => !tested.Contains(quote.Rule)).Select(quote => $"{quote.File} quotes {quote.Rule}, and no test is called {quote.Rule}_…"));
    }

    [Fact]
    public void A_test_named_by_a_rule_names_one_that_exists()
    {
        string? rules = Repository.Shared("rules.md");
        Assert.SkipWhen(rules is null, "../shared/rules.md is not beside this clone");
        HashSet<string> known = [.. RuleRow().Matches(rules).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(known);
        Violations.None(TestNames().Where(name => !known.Contains(name[..3])));
    }

    private static IEnumerable<string> TestNames() =>
        Repository.Projects.Where(project => project.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(project => BuiltAssembly.Of(project).Types).SelectMany(type => type.Methods.Append(type.Name)).Where(name => RuleName().IsMatch(name));

    [GeneratedRegex(@"\bR(?:0[1-9]|1\d|2[0-7])\b")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^R\d\d_")]
    private static partial Regex RuleName();

    [GeneratedRegex(@"^\| (R\d\d) \|", RegexOptions.Multiline)]
    private static partial Regex RuleRow();
}
