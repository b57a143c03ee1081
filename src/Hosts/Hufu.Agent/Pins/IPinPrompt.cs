namespace Hufu.Agent.Pins;

/// <summary>Asks the person at the machine for a token's PIN, in a window of the agent's own.</summary>
internal interface IPinPrompt
{
    /// <summary>How it asks, in one word for pages.</summary>
    string Kind { get; }

    /// <summary>Shows the words and asks.</summary>
    /// <returns>The PIN, which the caller wipes; null when the person declines.</returns>
    Task<char[]?> AskAsync(PinQuestion question, CancellationToken ct);

    /// <summary>Shows what is signed while the token is open.</summary>
    void Tell(IReadOnlyList<string> words);
}

/// <summary>What is shown, and for which token.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Label">What it is called.</param>
/// <param name="TriesLeft">PIN tries left.</param>
/// <param name="Words">Lines without control characters.</param>
/// <param name="NewPin">A new PIN is set, typed twice.</param>
internal sealed record PinQuestion(string Token, string Label, int TriesLeft, IReadOnlyList<string> Words, bool NewPin = false);
