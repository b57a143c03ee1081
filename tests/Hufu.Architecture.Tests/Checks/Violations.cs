namespace Hufu.Architecture.Tests.Checks;

/// <summary>Asserts that a check found nothing, and lists what it found.</summary>
internal static class Violations
{
    public static void None(IEnumerable<string> found)
    {
        string[] all = [.. found.Distinct().Order(StringComparer.Ordinal)];
        if (all.Length > 0)
        {
            Assert.Fail($"{all.Length} found:\n  " + string.Join("\n  ", all));
        }
    }
}
