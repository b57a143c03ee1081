using System.Globalization;

namespace Hufu.Agent;

/// <summary>The people of a demo: their tokens, the PINs that the demo gives everybody, and the address of its platform.</summary>
internal static class DemoPeople
{
    /// <summary>The folder of tokens below a demo's folder, or null when there is none.</summary>
    public static string? TokensOf(string directory) =>
        new[] { Path.Combine(directory, "tokens"), directory }.FirstOrDefault(folder => Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Any(Devices.SoftToken.Exists));

    /// <summary>The PIN of a token by its folder's name, as Hufu.Demo gives them: known to everybody, and for that reason nobody's.</summary>
    public static string? PinOf(string token) => token switch
    {
        "holder-organisation" => "holder-pin-1",
        "holder-person" => "holder-pin-2",
        _ when token.StartsWith("holder-", StringComparison.Ordinal) => null,
        _ => "pin-" + token,
    };

    /// <summary>The origins of the platform: the port that its data folder remembers, or the usual one.</summary>
    public static IEnumerable<string> Origins(string directory)
    {
        var port = new[] { Path.Combine(directory, "data", "port"), Path.Combine(directory, "port") }.Where(File.Exists)
            .Select(file => int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : 0).FirstOrDefault(kept => kept is > 0 and < 65536, 8440);
        return [$"http://127.0.0.1:{port}", $"http://localhost:{port}"];
    }
}
