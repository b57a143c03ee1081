using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>Nothing is called Core, Common, Shared, Base, Utils, Helper or Manager; no namespace hides the framework's.</summary>
public sealed class NameTests
{
    [Fact]
    public void No_type_has_an_empty_name()
    {
        Violations.None(Repository.Projects.SelectMany(project => BuiltAssembly.Of(project).Types
            .Where(type => ForbiddenNames.IsForbiddenType(type.Name)).Select(type => $"{project.Name}: {type.Name}")));
    }

    [Fact]
    public void No_namespace_has_an_empty_name_or_hides_the_framework()
    {
        Violations.None(Repository.Projects.SelectMany(project => BuiltAssembly.Of(project).Types
            .Where(type => type.Namespace.StartsWith("Hufu", StringComparison.Ordinal)
                && type.Namespace.Split('.').Any(part => ForbiddenNames.IsForbiddenPart(part) || ForbiddenNames.HidesFramework(part)))
            .Select(type => $"{project.Name}: {type.Namespace}")));
    }

    [Fact]
    public void No_folder_or_file_has_an_empty_name()
    {
        Violations.None(new[] { "src", "tests", "bench", "policy", "docs" }.SelectMany(folder => Repository.Files(folder, ""))
            .Where(file => Path.ChangeExtension(file, null)!.Split('/').Any(ForbiddenNames.IsForbiddenPart)));
    }

    [Theory]
    [InlineData("Base", true)]
    [InlineData("KeyManager", true)]
    [InlineData("PemHelpers", true)]
    [InlineData("SealedCore", true)]
    [InlineData("Base64Reader", false)]
    [InlineData("CommonName", false)]
    [InlineData("SharedSecret", false)]
    [InlineData("Database", false)]
    public void The_check_knows_the_names(string name, bool forbidden) => Assert.Equal(forbidden, ForbiddenNames.IsForbiddenType(name));
}
