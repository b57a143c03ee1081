using System.Xml.Linq;
using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>Files that can be read in one go, and public types that say what they are.</summary>
public sealed class ReadabilityTests
{
    private const int MostLines = 500;

    /// <summary>Files that are longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> Long = [];

    [Fact]
    public void Files_stay_under_500_lines()
    {
        string[] files = [.. new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, ".cs"))];
        Assert.NotEmpty(files);
        Violations.None(files.Where(file => !Long.ContainsKey(file)).Select(file => (File: file, Lines: Repository.Text(file).AsSpan().Count('\n')))
            .Where(file => file.Lines >= MostLines).Select(file => $"{file.File}: {file.Lines} lines"));
        Violations.None(Long.Keys.Where(file => !files.Contains(file) || Repository.Text(file).AsSpan().Count('\n') < MostLines).Select(file => $"{file} needs no exemption"));
    }

    public static TheoryData<string> Documented =>
        [.. Repository.Projects.Where(project => project.Path.StartsWith("src/Kernel/", StringComparison.Ordinal) || project.Path.StartsWith("src/Contracts/", StringComparison.Ordinal))
            .Select(project => project.Name)];

    [Theory, MemberData(nameof(Documented))]
    public void Public_types_carry_documentation(string name)
    {
        BuiltAssembly assembly = BuiltAssembly.Of(Repository.Find(name));
        Dictionary<string, string> summaries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Where(member => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .ToDictionary(member => member.Attribute("name")!.Value[2..].Split('`')[0], member => member.Element("summary")?.Value.Trim() ?? "");
        Violations.None(assembly.Types.Where(type => type.IsPublic && summaries.GetValueOrDefault($"{type.Namespace}.{type.Name}", "").Length < 10)
            .Select(type => $"{type.Namespace}.{type.Name}"));
        Violations.None(summaries.Where(summary => summary.Value.StartsWith("Initializes a new instance", StringComparison.Ordinal)).Select(summary => summary.Key));
    }
}
