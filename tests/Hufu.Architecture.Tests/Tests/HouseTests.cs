using System.Xml.Linq;
using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>The house around the code: banned symbols, pinned packages, the scripts.</summary>
public sealed class HouseTests
{
    [Theory]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("T:System.Random")]
    [InlineData("M:System.Guid.NewGuid")]
    public void A_symbol_is_banned_with_its_reason(string symbol)
    {
        Assert.Contains(Repository.Text("BannedSymbols.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal) && line.Length > symbol.Length + 10);
    }

    [Fact]
    public void Banned_symbols_reach_every_project()
    {
        string settings = Repository.Text("Directory.Build.props");
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", settings, StringComparison.Ordinal);
        Assert.Contains("BannedSymbols.txt", settings, StringComparison.Ordinal);
        // A Directory.Build.props further down hides the root's unless it imports it.
        Violations.None(new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, "Directory.Build.props"))
            .Where(file => !Repository.Text(file).Contains("GetPathOfFileAbove", StringComparison.Ordinal)));
    }

    [Fact]
    public void Warnings_are_errors_and_no_project_says_otherwise()
    {
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", Repository.Text("Directory.Build.props"), StringComparison.Ordinal);
        Violations.None(Repository.Projects.Where(project => Repository.Text(project.Path).Contains("TreatWarningsAsErrors", StringComparison.Ordinal)).Select(project => project.Path));
    }

    [Fact]
    public void Every_package_has_a_line_in_the_page_of_dependencies()
    {
        string page = Repository.Text("docs/dependencies.md");
        string[] packages = [.. XDocument.Load(Repository.Tree.At("Directory.Packages.props")).Descendants("PackageVersion").Select(node => node.Attribute("Include")!.Value)];
        Assert.NotEmpty(packages);
        Violations.None(packages.Where(package => !page.Contains($"| {package} |", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("hufu")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    public void Scripts_can_be_run(string script)
    {
        Assert.True(OperatingSystem.IsWindows() /* keeps no executable bit */ || File.GetUnixFileMode(Repository.Tree.At(script)).HasFlag(UnixFileMode.UserExecute));
        Assert.StartsWith("#!/usr/bin/env bash\n", Repository.Text(script), StringComparison.Ordinal);
    }

    [Fact]
    public void Suppressions_have_a_reason_beside_them()
    {
        Violations.None(new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, ".cs"))
            .SelectMany(file => Repository.Text(file).Split('\n').Select((line, index) => (File: file, Line: line, Number: index + 1)))
            .Where(line => line.Line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal) && !line.Line.Contains("//", StringComparison.Ordinal))
            .Select(line => $"{line.File}:{line.Number}"));
    }
}
