using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>The kernel is pure: bytes in, bytes out.</summary>
public sealed class KernelTests
{
    public static TheoryData<string> Kernel => [.. Repository.Projects.Where(project => project.Path.StartsWith("src/Kernel/", StringComparison.Ordinal)).Select(project => project.Name)];

    [Theory, MemberData(nameof(Kernel))]
    public void Kernel_stands_on_the_base_library_alone(string name)
    {
        Project project = Repository.Find(name);
        Assert.Empty(project.Packages);
        Violations.None(BuiltAssembly.Of(project).References.Where(reference =>
            !reference.StartsWith("Hufu.", StringComparison.Ordinal) && !reference.StartsWith("System.", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Kernel))]
    public void Kernel_has_no_clock_network_process_console_or_reflection(string name)
    {
        BuiltAssembly assembly = BuiltAssembly.Of(Repository.Find(name));
        Violations.None(assembly.ForeignTypes.Where(IsForbiddenType).Concat(assembly.ForeignMembers.Where(IsForbiddenMember)));
    }

    [Theory]
    [InlineData("System.TimeProvider", true)]
    [InlineData("System.Diagnostics.Stopwatch", true)]
    [InlineData("System.Net.Sockets.Socket", true)]
    [InlineData("System.Net.IPAddress", false)]
    [InlineData("System.Threading.Timer", true)]
    [InlineData("System.Reflection.MethodInfo", true)]
    [InlineData("System.Reflection.AssemblyProductAttribute", false)]
    [InlineData("System.DateTimeOffset", false)]
    [InlineData("System.Formats.Asn1.AsnWriter", false)]
    public void The_check_knows_what_is_forbidden(string type, bool forbidden) => Assert.Equal(forbidden, IsForbiddenType(type));

    private static bool IsForbiddenType(string type) =>
        type is "System.TimeProvider" or "System.Diagnostics.Stopwatch" or "System.Diagnostics.Process" or "System.Threading.Timer" or "System.Threading.PeriodicTimer"
            or "System.Console" or "System.Random" or "System.Activator"
        || (type.StartsWith("System.Net.", StringComparison.Ordinal) && type != "System.Net.IPAddress") // an address is a value in a name; it opens no socket
        || type.StartsWith("System.Timers.", StringComparison.Ordinal)
        || type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        || (type.StartsWith("System.Reflection.", StringComparison.Ordinal) && !type.EndsWith("Attribute", StringComparison.Ordinal));

    private static bool IsForbiddenMember(string member) =>
        member is "System.DateTime.get_Now" or "System.DateTime.get_UtcNow" or "System.DateTime.get_Today" or "System.DateTimeOffset.get_Now" or "System.DateTimeOffset.get_UtcNow"
            or "System.Environment.get_TickCount" or "System.Environment.get_TickCount64" or "System.Environment.GetEnvironmentVariable" or "System.Guid.NewGuid";
}
