using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>A room shows its module and its options, and nothing else.</summary>
public sealed class ModuleTests
{
    public static TheoryData<string> Modules => [.. Repository.Projects.Where(project => project.Path.StartsWith("src/Modules/", StringComparison.Ordinal)).Select(project => project.Name)];

    [Theory, MemberData(nameof(Modules))]
    public void A_module_shows_its_module_and_its_options_only(string name)
    {
        string room = name["Hufu.".Length..];
        // Razor makes every component public, and with it their base and the records that they are given as parameters: a .razor file, or a type beside one, of a room of pages.
        string folder = Repository.Tree.At(Repository.Find(name).Folder);
        IEnumerable<string> components = Directory.EnumerateFiles(folder, "*.razor", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file));
        string[] parameters = name == "Hufu.Portal" ? ["PortalComponent", "RoomPapers", "RoomPaper", "FoundCertificate", "CertificateLook", "CertificateState", "VerificationAnswer", "VerificationReport", "VerificationCheck"] : [];
        Violations.None(BuiltAssembly.Of(Repository.Find(name)).Types.Where(type => type.IsPublic).Select(type => type.Name).Except([room + "Module", room + "Options", .. components, .. parameters]));
    }

    [Theory, MemberData(nameof(Modules))]
    public void A_module_has_a_page_that_tells_its_duty(string name)
    {
        string page = Repository.Find(name).Folder + "/README.md";
        Assert.True(File.Exists(Repository.Tree.At(page)), $"{page} is missing: duty, clauses, messages in and out, tables, who may call, how it fails");
    }

    [Fact]
    public void Only_hosts_write_to_the_console()
    {
        Violations.None(Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && !project.Path.StartsWith("src/Hosts/", StringComparison.Ordinal))
            .Where(project => BuiltAssembly.Of(project).ForeignTypes.Contains("System.Console")).Select(project => project.Name));
    }

    [Fact]
    public void Only_the_platform_knows_the_database_driver()
    {
        Violations.None(Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && project.Name != "Hufu.Records")
            .SelectMany(project => BuiltAssembly.Of(project).References
                .Where(reference => reference is "Dapper" or "Npgsql" || reference.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal))
                .Select(reference => $"{project.Name} → {reference}")));
    }
}
