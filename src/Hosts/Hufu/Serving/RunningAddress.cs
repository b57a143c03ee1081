namespace Hufu.Host.Serving;

/// <summary>
/// Where the server over a data directory listens while it runs: <c>server.lock</c>, written at start and taken away at the end. The port in <c>port</c> is the one that stands in certificates;
/// <c>hufu up --port</c> and hufu.json may say another for a while.
/// </summary>
internal static class RunningAddress
{
    /// <summary>Says where it listens.</summary>
    public static void Write(string dataDirectory, Uri address) => File.WriteAllText(In(dataDirectory), address.GetLeftPart(UriPartial.Authority) + "\n");

    /// <summary>Takes it back.</summary>
    public static void Remove(string dataDirectory) => File.Delete(In(dataDirectory));

    /// <summary>Where the server listens, or listened when it was killed; null when none runs.</summary>
    /// <exception cref="FormatException">The file holds no address.</exception>
    public static Uri? Read(string dataDirectory) =>
        !File.Exists(In(dataDirectory)) ? null
        : Uri.TryCreate(File.ReadAllText(In(dataDirectory)).Trim(), UriKind.Absolute, out var address) && address.IsLoopback && address.Scheme is "http" or "https" ? address
        : throw new FormatException($"{In(dataDirectory)} holds no address of this machine.");

    private static string In(string dataDirectory) => Path.Combine(dataDirectory, "server.lock");
}
