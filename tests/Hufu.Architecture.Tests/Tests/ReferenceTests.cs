using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>Who references whom: a closed world.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Every_project_stands_in_the_table_and_every_row_exists()
    {
        Assert.Equal(ReferenceTable.Allowed.Keys.Order(StringComparer.Ordinal), Repository.Projects.Select(project => project.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_stands_in_the_solution()
    {
        string solution = Repository.Text("Hufu.slnx");
        Violations.None(Repository.Projects.Where(project => !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal)).Select(project => project.Path));
    }

    [Fact]
    public void Project_files_reference_what_the_table_allows()
    {
        Violations.None(Repository.Projects.SelectMany(project =>
            project.References.Except(ReferenceTable.Allowed.GetValueOrDefault(project.Path, [])).Select(reference => $"{project.Path} → {reference}")));
    }

    [Fact]
    public void Built_assemblies_reference_what_the_table_allows()
    {
        Violations.None(Repository.Projects.SelectMany(project =>
            BuiltAssembly.Of(project).References.Where(IsOurs).Except(ReferenceTable.Allowed.GetValueOrDefault(project.Path, []))
                .Select(reference => $"{project.Name} → {reference}")));
    }

    [Fact]
    public void No_module_references_a_module()
    {
        HashSet<string> modules = [.. Repository.Projects.Where(project => project.Path.StartsWith("src/Modules/", StringComparison.Ordinal)).Select(project => project.Name)];
        Assert.NotEmpty(modules);
        Violations.None(Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && project.Name != "Hufu")
            .SelectMany(project => project.References.Concat(BuiltAssembly.Of(project).References).Where(modules.Contains).Select(module => $"{project.Name} → {module}")));
    }

    [Fact]
    public void Devices_is_referenced_by_holders_of_keys_only()
    {
        string[] found = [.. Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal) && project.References.Contains("Hufu.Devices"))
            .Select(project => project.Name)];
        Violations.None(found.Except(ReferenceTable.HoldersOfKeys));
    }

    [Fact]
    public void The_demo_sees_no_room_from_inside()
    {
        Project demo = Repository.Find("Hufu.Demo");
        BuiltAssembly assembly = BuiltAssembly.Of(demo);
        Violations.None(demo.References.Concat(assembly.References.Where(IsOurs)).Except(["Hufu.Crypto", "Hufu.Pki", "Hufu.Devices", "Hufu.Contracts"]));
        // Its way to the platform is HTTP and files; a database driver would be another.
        Violations.None(assembly.References.Where(reference => reference.StartsWith("Microsoft.Data", StringComparison.Ordinal) || reference is "Dapper" or "System.Data.Common"));
        Assert.Empty(demo.Packages);
        Violations.None(Repository.Projects.Where(project => project.Friends.Contains(demo.Name)).Select(project => project.Name));
    }

    [Fact]
    public void Internal_members_are_shown_to_tests_and_the_bench_only()
    {
        Violations.None(Repository.Projects.SelectMany(project =>
            project.Friends.Where(friend => !(friend.EndsWith(".Tests", StringComparison.Ordinal) || friend == "bench")).Select(friend => $"{project.Name} shows its inside to {friend}")));
    }

    private static bool IsOurs(string assembly) => assembly == "Hufu" || assembly.StartsWith("Hufu.", StringComparison.Ordinal);
}
