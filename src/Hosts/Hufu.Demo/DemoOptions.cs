namespace Hufu.Demo;

/// <summary>Where the story plays, and the few things that the host does for it.</summary>
/// <remarks>The story speaks to the platform over HTTP only; what is handed in here are addresses, folders and the command line's own ledger checker.</remarks>
public sealed record DemoOptions
{
    /// <summary>The platform's address, e.g. <c>http://127.0.0.1:8440/</c>.</summary>
    public required Uri Platform { get; init; }

    /// <summary>Where the story's files go.</summary>
    public required string OutDirectory { get; init; }

    /// <summary>Where the platform drops its mails (*.eml).</summary>
    public required string MailDirectory { get; init; }

    /// <summary>The rooms' one-time setup codes, as the platform printed them.</summary>
    public required IReadOnlyDictionary<string, string> SetupCodes { get; init; }

    /// <summary>A PKCS#10 request (DER) for the server's certificate; null asks the machine's openssl for one.</summary>
    public byte[]? ServerRequest { get; init; }

    /// <summary>A request made earlier by openssl, used where the machine has none.</summary>
    public required string FallbackServerRequest { get; init; }

    /// <summary>Stops the platform (its ledgers' last heads are signed) and copies each room's ledger files to <c>{directory}/{room}</c>.</summary>
    public required Func<string, CancellationToken, Task> CollectLedgers { get; init; }

    /// <summary>What <c>hufu audit verify DIRECTORY [--since HEAD]</c> does: exit status and report.</summary>
    public required Func<string, string?, (int ExitStatus, string Report)> VerifyLedger { get; init; }

    /// <summary>Where the story is told.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }
}
