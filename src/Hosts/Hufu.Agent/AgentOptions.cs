using Hufu.Agent.Pins;

namespace Hufu.Agent;

/// <summary>What the agent is started with.</summary>
internal sealed record AgentOptions
{
    /// <summary>The usual port.</summary>
    public const int UsualPort = 17880;

    /// <summary>The port on 127.0.0.1; 0 for any free one.</summary>
    public int Port { get; init; } = UsualPort;

    /// <summary>Origins whose pages may ask: scheme, host and port, as browsers write them.</summary>
    public required IReadOnlySet<string> Origins { get; init; }

    /// <summary>Folders that are tokens or hold tokens; new ones go into the first.</summary>
    public required IReadOnlyList<string> TokenFolders { get; init; }

    /// <summary>Makers' SKF libraries (GM/T 0016) whose tokens are served beside the soft ones.</summary>
    public IReadOnlyList<Devices.SkfOptions> SkfLibraries { get; init; } = [];

    /// <summary>Asks for PINs.</summary>
    public required IPinPrompt Prompt { get; init; }

    /// <summary>How long a token stays open after its PIN; zero: the PIN is asked for each time.</summary>
    public TimeSpan KeptOpen { get; init; }

    /// <summary>This machine's clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where faults are told.</summary>
    public TextWriter Log { get; init; } = TextWriter.Null;

    /// <summary>An origin as browsers write it, or null when it is none.</summary>
    public static string? OriginOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/" && address.UserInfo.Length == 0
            ? address.GetLeftPart(UriPartial.Authority)
            : null;
}
